"""Followers of the change feed: `(:Follower {key: "t|-|follower|name", position, fence, leaseUntil})`.

The position is the number of the last change that was handled. It moves after the handling and never back, so
a follower that was killed hands its last batch to the next one again, and leaves none out.
"""

from dataclasses import dataclass
from typing import Any

from graph.jobs.jobs import NOW, WORK
from graph.jobs.records import SECOND, Superseded
from graph.keys import follower_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction

_BEHIND = """
MATCH (c:Counter {key: $feed}) OPTIONAL MATCH (f:Follower {key: $key})
RETURN coalesce(c.sequence, 0) > coalesce(f.position, 0) AS behind
"""
_POSITION = "MATCH (f:Follower {key: $key}) RETURN f.position AS position"
_REACH = f"""
MERGE (f:Follower {{key: $key}})
ON CREATE SET f.tenant = $tenant, f.name = $name, f.position = 0, f.fence = 0, f.leaseUntil = 0
SET f.changedAt = {NOW}
"""
_CLAIM = f"""
MATCH (f:Follower {{key: $key}}) WHERE f.leaseUntil <= {NOW}
SET f.fence = f.fence + 1, f.claimedBy = $worker, f.leaseUntil = {NOW} + $lease
RETURN f.position AS position, f.fence AS fence
"""
_HELD = f"""
MATCH (f:Follower {{key: $key}}) SET f.changedAt = {NOW}
WITH f WHERE f.fence = $fence
"""
_ADVANCE = f"{_HELD} SET f.position = $position, f.leaseUntil = {NOW} + $lease RETURN f.position AS position"
_RELEASE = f"{_HELD} SET f.leaseUntil = 0 RETURN f.position AS position"


@dataclass(frozen=True, slots=True)
class Hold:
    """A worker's hold of a follower: its name, the last change that was handled, the fencing number."""

    name: str
    position: int
    fence: int


@scoped
class FollowerStore:
    """The cursors of the followers of a tenant's feed; a lease is in seconds."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def is_behind(self, scope: AccessScope, name: str) -> bool:
        """Whether the feed has changes that the follower has not handled."""
        rows = self._graph.read(_BEHIND, feed=scope.tenant, key=follower_key(scope.tenant, name))
        return bool(rows and rows[0]["behind"])

    def position(self, scope: AccessScope, name: str) -> int:
        """How far a follower has come; 0 for one that has not begun."""
        rows = self._graph.read(_POSITION, key=follower_key(scope.tenant, name))
        return int(rows[0]["position"]) if rows else 0

    def claim(self, scope: AccessScope, name: str, worker: str, lease: float) -> Hold | None:
        """Claim the follower for `lease` seconds, from the first change on where it is new; None where
        another has it."""
        scope.require(WORK)
        key = follower_key(scope.tenant, name)

        def work(transaction: Transaction) -> Hold | None:
            transaction.run(_REACH, key=key, tenant=scope.tenant, name=name)
            rows = transaction.run(_CLAIM, key=key, worker=worker, lease=int(lease * SECOND))
            return Hold(name, rows[0]["position"], rows[0]["fence"]) if rows else None

        return self._graph.write_aside(work)

    def advance(self, scope: AccessScope, hold: Hold, position: int, lease: float) -> Hold:
        """Move on to a change that was handled, and keep the lease; raises `Superseded`."""
        self._write(scope, hold, _ADVANCE, position=position, lease=int(lease * SECOND))
        return Hold(hold.name, position, hold.fence)

    def release(self, scope: AccessScope, hold: Hold) -> None:
        """Let the next worker have it at once; raises `Superseded`."""
        self._write(scope, hold, _RELEASE)

    def _write(self, scope: AccessScope, hold: Hold, text: str, **values: Any) -> None:
        scope.require(WORK)
        key = follower_key(scope.tenant, hold.name)

        def work(transaction: Transaction) -> None:
            if not transaction.run(text, key=key, fence=hold.fence, **values):
                raise Superseded("another worker follows the feed since")

        self._graph.write_aside(work)
