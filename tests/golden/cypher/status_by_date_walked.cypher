CALL () {
  MATCH (v1:Span)-[:OF]->(r:Resource)
  USING INDEX v1:Span(key, low)
  WHERE v1.key = $p2
    AND v1.low >= $p3
    AND (v1.low > $p3 OR v1.serial > $p4)
    AND v1.serial IS NOT NULL
    AND NOT EXISTS { MATCH (r)<-[:OF]-(v2) WHERE v2.key = $p2 AND v2.low < v1.low }
    AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
    AND EXISTS { MATCH (v:Term) USING INDEX v:Term(key, serial) WHERE v.key = $p5 AND v.serial = v1.serial }
  WITH DISTINCT r, v1.key AS within, v1.low AS s0, v1.serial AS serial
  RETURN r, serial, s0 ORDER BY within, s0, serial LIMIT $p1
}
WITH collect([r, serial, s0]) AS first
CALL (first) {
  UNWIND first AS kept
  RETURN kept[0] AS r, kept[1] AS serial, kept[2] AS s0
  UNION ALL
  UNWIND CASE WHEN size(first) < $p1 THEN [1] ELSE [] END AS wanted
  MATCH (r:Resource)
  USING INDEX r:Resource(kind, serial)
  WHERE r.kind = $kind1
    AND r.serial IS NOT NULL
    AND r.serial > $p6
    AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
    AND EXISTS { MATCH (v:Term) USING INDEX v:Term(key, serial) WHERE v.key = $p8 AND v.serial = r.serial }
    AND NOT EXISTS { MATCH (r)<-[:OF]-(v) WHERE v.key = $p7 AND v.low IS NOT NULL }
  WITH r, r.kind AS within, r.serial AS serial, null AS s0
  RETURN r, serial, s0 ORDER BY within, serial LIMIT $p1
}
RETURN r.key AS key, serial, [s0] AS sort
ORDER BY s0 IS NULL, s0, serial LIMIT $p9
