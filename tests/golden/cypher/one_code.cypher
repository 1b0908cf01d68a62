MATCH (v1:Term)-[:OF]->(r:Resource)
USING INDEX v1:Term(key, serial)
WHERE v1.key = $p1
  AND v1.serial > $p2
  AND v1.system = $p3
  AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
WITH DISTINCT r, v1.key AS within, v1.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY within, serial LIMIT $p4
