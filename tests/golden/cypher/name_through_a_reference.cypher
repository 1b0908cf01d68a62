MATCH (r:Resource)
USING INDEX r:Resource(kind, serial)
WHERE r.kind = $kind1
  AND r.serial IS NOT NULL
  AND r.serial > $p1
  AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
  AND EXISTS { MATCH (r)-[e2:SUBJECT]->(t1:Resource) WHERE e2.path IN $p2 AND t1.kind = $kind2 AND t1.deleted = false AND coalesce(t1.kept, '') IN $readers AND EXISTS { MATCH (t1)<-[:OF]-(v) WHERE v.key = $p3 AND v.value STARTS WITH $p4 AND v.value =~ $p5 } }
WITH r, r.kind AS within, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY within, serial LIMIT $p6
