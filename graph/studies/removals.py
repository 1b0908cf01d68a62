"""Who owns a blob: an instance, the tombstone of a deleted one, or nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.keys import part, partition_key, study_key
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import seen

# Only tombstones whose bytes are still there have `waiting`, so its index holds what there is to do.
_DUE = """
MATCH (t:Tombstone) USING INDEX t:Tombstone(waiting, deletedAt)
WHERE t.waiting = $feed AND t.deletedAt < $before
RETURN t.key AS blob LIMIT $limit
"""
_DONE = """
UNWIND $blobs AS key
MATCH (t:Tombstone {key: key}) SET t.removedAt = $now REMOVE t.waiting
"""
_RESTORABLE = f"""
MATCH (s:ImagingStudy {{dicomKey: $study}}) WHERE {seen("s")}
MATCH (t:Tombstone) USING INDEX t:Tombstone(instance)
WHERE t.instance STARTS WITH $prefix AND t.waiting = $feed AND t.deletedAt >= $since
  AND (NOT $exact OR t.instance = $prefix)
WITH t ORDER BY t.deletedSequence
WITH t.instance AS instance, collect(t) AS deleted
WITH deleted[-1] AS t ORDER BY t.sequence
RETURN t.key AS blob, t.digest AS digest
"""
_DELETED = """
MATCH (t:Tombstone) USING INDEX t:Tombstone(waiting, deletedAt)
WHERE t.waiting = $feed AND t.deletedAt >= $since
WITH split(t.instance, '|')[2] AS study, count(*) AS instances, max(t.deletedAt) AS deletedAt
RETURN study, instances, deletedAt ORDER BY deletedAt DESC LIMIT $limit
"""
_OWNED = """
MATCH (i:Instance) WHERE i.partition STARTS WITH $tenant AND i.blobId > $after
RETURN i.blobId AS blob, i.digest AS digest ORDER BY blob LIMIT $limit
"""
# Of whatever tenant: blobs of all tenants lie in the same folders.
_UNOWNED = """
UNWIND $blobs AS blob
WITH blob WHERE NOT EXISTS { (:Instance {blobId: blob}) } AND NOT EXISTS { (:Tombstone {key: blob}) }
RETURN blob
"""
_NEWEST = """
MATCH (c:Counter {key: $feed}) MATCH (change:Change {feed: $feed, sequence: c.sequence})
RETURN change.sequence AS sequence, change.timestamp AS timestamp
"""
_HAPPENED = """
MATCH (change:Change {feed: $feed, sequence: $sequence}) WHERE change.timestamp = $timestamp
RETURN change.sequence AS sequence
"""


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a tenant's feed, which no other history of the graph has: its number, its time in µs."""

    sequence: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class DeletedBlob:
    """The bytes of a deleted instance that are still there, and their digest."""

    blob_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class DeletedStudy:
    """What was deleted of a study and is still there: how many instances, and when the last of them (µs)."""

    study_uid: str
    instances: int
    deleted_at: int


@scoped
class RemovalStore:
    """Which blobs the graph no longer owns, and which it does."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def due(self, scope: AccessScope, *, before: int, limit: int) -> list[str]:
        """Blob ids of instances deleted before a moment, whose bytes are not removed yet."""
        rows = self._graph.read(_DUE, feed=scope.tenant, before=before, limit=limit)
        return [row["blob"] for row in rows]

    def restorable(
        self, scope: AccessScope, study: str, series: str | None, sop: str | None, *, since: int
    ) -> list[DeletedBlob]:
        """What was deleted since a moment of what these UIDs name: of each instance as it was last."""
        whole = study_key(scope.tenant, scope.partition, study)
        prefix = "|".join([whole, *(part(uid) for uid in (series, sop) if uid)])
        rows = self._graph.read_seen(
            scope,
            _RESTORABLE,
            study=whole,
            prefix=prefix if sop else f"{prefix}|",
            exact=sop is not None,
            feed=scope.tenant,
            since=since,
        )
        return [DeletedBlob(row["blob"], row["digest"]) for row in rows]

    def deleted(self, scope: AccessScope, *, since: int, limit: int) -> list[DeletedStudy]:
        """The studies of which something was deleted since a moment and is still there, the last first."""
        scope.require("imaging.delete")
        rows = self._graph.read(_DELETED, feed=scope.tenant, since=since, limit=limit)
        return [DeletedStudy(row["study"], row["instances"], row["deletedAt"]) for row in rows]

    def done(self, scope: AccessScope, blob_ids: Sequence[str], now: int) -> None:
        """Note that the bytes are gone; the tombstone stays, for older versions of the study."""
        if blob_ids:
            self._graph.write_aside(lambda transaction: transaction.run(_DONE, blobs=list(blob_ids), now=now))

    def owned(self, scope: AccessScope, *, batch: int = 5_000) -> Iterator[tuple[str, str]]:
        """Yield the blob id and the digest of every instance of the tenant."""
        after = ""
        prefix = partition_key(scope.tenant, "")
        while rows := self._graph.read(_OWNED, tenant=prefix, after=after, limit=batch):
            yield from ((row["blob"], row["digest"]) for row in rows)
            after = rows[-1]["blob"]

    def unowned(self, scope: AccessScope, blob_ids: Sequence[str]) -> list[str]:
        """Those of the blobs that neither an instance nor a tombstone names, in any tenant."""
        scope.require("administration.manage")
        return [row["blob"] for row in self._graph.read(_UNOWNED, blobs=list(blob_ids))]

    def newest(self, scope: AccessScope) -> Moment | None:
        """The newest entry of the tenant's feed."""
        rows = self._graph.read(_NEWEST, feed=scope.tenant)
        return Moment(rows[0]["sequence"], rows[0]["timestamp"]) if rows else None

    def happened(self, scope: AccessScope, moment: Moment) -> bool:
        """Whether this graph remembers the entry: one that was restored from before it does not."""
        found = {"sequence": moment.sequence, "timestamp": moment.timestamp}
        return bool(self._graph.read(_HAPPENED, feed=scope.tenant, **found))
