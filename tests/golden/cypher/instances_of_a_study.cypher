MATCH (t1:ImagingStudy)
USING INDEX t1:ImagingStudy(dicomKey)
WHERE t1.dicomKey IN $p1
  AND t1.kind = $kind1 AND t1.deleted = false AND (t1.partition IS NULL OR t1.partition = $partition) AND coalesce(t1.kept, '') IN $readers
WITH DISTINCT t1
MATCH (t1)-[:HAS_SERIES]->(:Series)-[:HAS_INSTANCE]->(r:Instance)
WHERE r.partition = $partition
WITH DISTINCT r
WITH r, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY serial LIMIT $p2
