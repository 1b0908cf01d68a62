CALL () {
  MATCH (v1:Term)-[:OF]->(r:Resource)
  USING INDEX v1:Term(key, serial)
  WHERE v1.key = $p1
    AND v1.serial IS NOT NULL
    AND r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  RETURN r
  UNION
  MATCH (r:Resource)
  USING INDEX r:Resource(key)
  WHERE r.key IN $p2
    AND r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  RETURN r
}
WITH r WHERE r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  AND EXISTS { MATCH (r)<-[e3:IMAGING_STUDY]-(t2:Resource) WHERE e3.path IN $p3 AND t2.kind = $kind2 AND t2.deleted = false AND (t2.compartment IS NULL OR t2.key IN $studies OR any(each IN t2.compartment WHERE each IN $granted)) AND coalesce(t2.kept, '') IN $readers }
WITH DISTINCT r
WITH r, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY serial LIMIT $p4
