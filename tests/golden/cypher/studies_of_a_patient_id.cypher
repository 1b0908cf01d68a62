MATCH (r:ImagingStudy)
USING INDEX r:ImagingStudy(partition, PatientID_folded)
WHERE r.PatientID_folded = $p1
  AND r.partition = $partition
  AND r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND coalesce(r.kept, '') IN $readers
WITH DISTINCT r
WITH r, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY serial SKIP $p2 LIMIT $p3
