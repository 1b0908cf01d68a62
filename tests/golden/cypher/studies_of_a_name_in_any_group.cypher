CALL () {
  MATCH (r:ImagingStudy)
  USING INDEX r:ImagingStudy(partition, PatientName_folded)
  WHERE r.PatientName_folded = $p2
    AND r.partition = $partition
    AND r.PatientName_folded =~ $p1
    AND r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  RETURN r
  UNION ALL
  MATCH (r:ImagingStudy)
  USING INDEX r:ImagingStudy(partition, PatientName_ideographic)
  WHERE r.PatientName_ideographic = $p2
    AND r.partition = $partition
    AND r.PatientName_folded =~ $p1
    AND r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  RETURN r
  UNION ALL
  MATCH (r:ImagingStudy)
  USING INDEX r:ImagingStudy(partition, PatientName_phonetic)
  WHERE r.PatientName_phonetic = $p2
    AND r.partition = $partition
    AND r.PatientName_folded =~ $p1
    AND r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  RETURN r
  UNION ALL
  MATCH (r:ImagingStudy)
  USING INDEX r:ImagingStudy(partition, PatientName_folded)
  WHERE r.PatientName_folded STARTS WITH $p3
    AND r.partition = $partition
    AND r.PatientName_folded =~ $p1
    AND r.kind = $kind1 AND r.deleted = false AND (r.partition IS NULL OR r.partition = $partition) AND (r.compartment IS NULL OR r.key IN $studies OR any(each IN r.compartment WHERE each IN $granted)) AND coalesce(r.kept, '') IN $readers
  RETURN r
}
WITH DISTINCT r
WITH r, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY serial LIMIT $p4
