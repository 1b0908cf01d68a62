MATCH (v1:Term)-[:OF]->(r:Resource)
USING INDEX v1:Term(key, serial)
WHERE v1.key = $p1
  AND coalesce(v1.system, '') = $p2
  AND v1.serial IS NOT NULL
  AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
WITH DISTINCT r
CALL (r) { MATCH (r)<-[:OF]-(v) WHERE v.key = $p3 RETURN max(v.low) AS s0 }
WITH r, r.serial AS serial, s0
RETURN r.key AS key, serial, [s0] AS sort
ORDER BY s0 IS NULL, s0 DESC, serial LIMIT $p4
