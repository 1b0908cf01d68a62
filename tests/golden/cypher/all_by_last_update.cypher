MATCH (r:Resource)
USING INDEX r:Resource(kind, lastUpdated)
WHERE r.kind = $kind1
  AND r.lastUpdated IS NOT NULL
  AND r.serial IS NOT NULL
  AND r.kind = $kind1 AND r.deleted = false AND coalesce(r.kept, '') IN $readers
WITH r, r.kind AS within, r.lastUpdated AS s0, r.serial AS serial
RETURN r.key AS key, serial, [s0] AS sort
ORDER BY within DESC, s0 DESC, serial LIMIT $p1
