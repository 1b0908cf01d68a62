"""The heads of audit archives in the graph: `(:AuditHead {key: "-|-|audit-head|roll", owner, place, line})`.

Each is the last seal of the archive of one home folder, signed by who made it: what is missing there is told
by what stands here. A head only goes forward.
"""

from dataclasses import dataclass

from graph.audit.entries import READ
from graph.keys import ABSENT, join
from graph.scope import AccessScope, scoped
from graph.session import Graph

_ADVANCE = """
MERGE (h:AuditHead {key: $key})
WITH h WHERE coalesce(h.place, 0) < $place
SET h.roll = $roll, h.owner = $owner, h.place = $place, h.line = $line
RETURN h.place AS place
"""
_OF_OWNER = """
MATCH (h:AuditHead) WHERE h.owner = $owner
RETURN h.roll AS roll, h.owner AS owner, h.place AS place, h.line AS line ORDER BY roll
"""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The last seal of a roll: its place in it, and its signed line; `owner` names the key."""

    roll: str
    owner: str
    place: int
    line: bytes


@scoped
class AuditHeadStore:
    """The heads of the archives that write into one graph; they are of home folders, not of tenants."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def advance(self, scope: AccessScope, head: AuditHead) -> None:
        """Keep a head, unless one of a later place is known of its roll."""
        scope.require(READ)
        key = join(ABSENT, ABSENT, "audit-head", head.roll)
        values = {"roll": head.roll, "owner": head.owner, "place": head.place, "line": head.line}
        self._graph.write_aside(lambda transaction: transaction.run(_ADVANCE, key=key, **values))

    def of_owner(self, scope: AccessScope, owner: str) -> list[AuditHead]:
        """The heads of every roll that one key has signed."""
        scope.require(READ)
        rows = self._graph.read(_OF_OWNER, owner=owner)
        return [AuditHead(**{**row, "line": bytes(row["line"])}) for row in rows]
