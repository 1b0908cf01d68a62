MATCH (r:Series)
USING INDEX r:Series(partition, serial)
WHERE r.partition = $partition
  AND r.serial IS NOT NULL
  AND r.serial > $p1
  AND r.partition = $partition
  AND coalesce(any(each IN [] + r.Modality WHERE each IN $p2), false)
WITH r, r.partition AS within, r.serial AS serial
RETURN r.key AS key, serial, [] AS sort
ORDER BY within, serial LIMIT $p3
