MATCH (v1:Term)-[:OF]->(r:Resource)
USING INDEX v1:Term(key, serial)
WHERE v1.key = $p1
  AND v1.serial > $p2
  AND r.kind = $kind1 AND r.deleted = false AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  AND EXISTS { MATCH (v3:Term)-[:OF]->(t2:Resource) USING INDEX v3:Term(key, serial) WHERE v3.key = $p3 + r.id AND v3.serial IS NOT NULL AND t2.kind = $kind2 AND t2.deleted = false AND (t2.compartment IS NULL OR t2.key IN $studies OR any(each IN t2.compartment WHERE each IN $granted)) AND coalesce(t2.kept, '') IN $readers AND EXISTS { MATCH (v:Term) USING INDEX v:Term(key, serial) WHERE v.key IN $p4 AND v.serial = t2.serial } AND EXISTS { MATCH (t2)<-[:OF]-(v) WHERE v.key = $p5 AND ($never OR (v.low >= $p6)) } }
  AND EXISTS { MATCH (v5:Term)-[:OF]->(t4:Resource) USING INDEX v5:Term(key, serial) WHERE v5.key = $p7 + r.id AND v5.serial IS NOT NULL AND t4.kind = $kind3 AND t4.deleted = false AND (t4.partition IS NULL OR t4.partition = $partition) AND (t4.compartment IS NULL OR t4.key IN $studies OR any(each IN t4.compartment WHERE each IN $granted)) AND coalesce(t4.kept, '') IN $readers AND EXISTS { MATCH (t4)-[:HAS_SERIES]->(t6:Series) WHERE t6.partition = $partition AND EXISTS { MATCH (t6)<-[:HAS_SERIES]-(t7:ImagingStudy) WHERE t7.kind = $kind3 AND t7.deleted = false AND (t7.partition IS NULL OR t7.partition = $partition) AND (t7.compartment IS NULL OR t7.key IN $studies OR any(each IN t7.compartment WHERE each IN $granted)) AND coalesce(t7.kept, '') IN $readers } AND coalesce(any(each IN [] + t6.Modality WHERE each IN $p8), false) } }
WITH DISTINCT r, v1.key AS within, v1.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY within, serial LIMIT $p9
