MATCH (v2:Term)-[:OF]->(t1:Resource)
USING INDEX v2:Term(key, serial)
WHERE v2.key IN $p1
  AND v2.serial IS NOT NULL
  AND t1.kind = $kind1 AND t1.deleted = false AND coalesce(t1.kept, '') IN $readers
  AND EXISTS { MATCH (t1)<-[:OF]-(v) WHERE v.key = $p2 AND ($never OR (v.low >= $p3)) }
WITH DISTINCT t1
MATCH (r:Resource)
USING INDEX r:Resource(key)
WHERE r.key IN t1.compartment
  AND r.kind = $kind2 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
  AND EXISTS { MATCH (v4:Term)-[:OF]->(t3:Resource) USING INDEX v4:Term(key, serial) WHERE v4.key = $p4 + r.id AND v4.serial IS NOT NULL AND t3.kind = $kind3 AND t3.deleted = false AND (t3.partition IS NULL OR t3.partition = $partition) AND coalesce(t3.kept, '') IN $readers AND EXISTS { MATCH (t3)-[:HAS_SERIES]->(t5:Series) WHERE t5.partition = $partition AND coalesce(any(each IN [] + t5.Modality WHERE each IN $p5), false) } }
WITH DISTINCT r
WITH r, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY serial LIMIT $p6
