"""Tombstones of deleted instances, and the bytes that they still have on disk."""

from collections.abc import Iterator, Sequence

from graph.keys import partition_key
from graph.scope import AccessScope, scoped
from graph.session import Graph

_DUE = """
MATCH (t:Tombstone) WHERE t.feed = $feed AND t.removedAt IS NULL AND t.deletedAt < $before
RETURN t.key AS blob LIMIT $limit
"""
_DONE = "UNWIND $blobs AS key MATCH (t:Tombstone {key: key}) SET t.removedAt = $now"
_OWNED = """
MATCH (i:Instance) WHERE i.partition STARTS WITH $tenant AND i.blobId > $after
RETURN i.blobId AS blob, i.digest AS digest, i.size AS size ORDER BY blob LIMIT $limit
"""


@scoped
class RemovalStore:
    """Which blobs the graph no longer owns, and which it does."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def due(self, scope: AccessScope, *, before: int, limit: int) -> list[str]:
        """Blob ids of instances deleted before a moment, whose bytes are not removed yet."""
        rows = self._graph.read(_DUE, feed=scope.tenant, before=before, limit=limit)
        return [row["blob"] for row in rows]

    def done(self, scope: AccessScope, blob_ids: Sequence[str], now: int) -> None:
        """Note that the bytes are gone; the tombstone stays, for older versions of the study."""
        if blob_ids:
            self._graph.write(lambda transaction: transaction.run(_DONE, blobs=list(blob_ids), now=now))

    def entombed(self, scope: AccessScope) -> list[str]:
        """Blob ids of all deleted instances."""
        rows = self._graph.read(
            "MATCH (t:Tombstone) WHERE t.feed = $feed RETURN t.key AS blob", feed=scope.tenant
        )
        return [row["blob"] for row in rows]

    def owned(self, scope: AccessScope, *, batch: int = 5_000) -> Iterator[tuple[str, str, int]]:
        """(blob id, digest, size) of every instance of the tenant."""
        after = ""
        prefix = partition_key(scope.tenant, "")
        while rows := self._graph.read(_OWNED, tenant=prefix, after=after, limit=batch):
            yield from ((row["blob"], row["digest"], row["size"]) for row in rows)
            after = rows[-1]["blob"]
