UNWIND $p4 AS code
CALL (code) {
  MATCH (v1:Term)-[:OF]->(r:Resource)
  USING INDEX v1:Term(key, serial)
  WHERE v1.key = code
    AND v1.serial > $p2
    AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
    AND NOT EXISTS { MATCH (r)<-[:OF]-(v) WHERE v.key = $p3 AND v.low IS NOT NULL }
  WITH DISTINCT r, v1.key AS within, v1.serial AS serial
  RETURN r, serial ORDER BY within, serial LIMIT $p1
}
WITH DISTINCT r, 0 AS within, serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY within, serial LIMIT $p5
