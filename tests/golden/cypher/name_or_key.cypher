CALL () {
  MATCH (v1:Text)-[:OF]->(r:Resource)
  USING INDEX v1:Text(key, value)
  WHERE v1.key = $p1
    AND v1.value STARTS WITH $p2
    AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
  RETURN r
  UNION
  MATCH (r:Resource)
  USING INDEX r:Resource(key)
  WHERE r.key IN $p3
    AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
  RETURN r
}
WITH r WHERE r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
WITH DISTINCT r
WITH r, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY serial LIMIT $p4
