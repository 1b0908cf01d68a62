MATCH (v1:Term)-[:OF]->(r:Resource)
USING INDEX v1:Term(key, serial)
WHERE v1.key = $p1
  AND v1.serial IS NOT NULL
  AND r.kind = $kind1 AND r.deleted = false AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  AND EXISTS { MATCH (v:Term) USING INDEX v:Term(key, serial) WHERE v.key = $p2 AND v.serial = v1.serial AND coalesce(v.system, '') = $p3 }
RETURN count(DISTINCT r) AS total
