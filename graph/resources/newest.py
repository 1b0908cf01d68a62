"""What was written of some types of resources since a place in the order of commits, and whom it is about."""

from collections.abc import Collection
from typing import NamedTuple

from graph.keys import kind_key, resource_key
from graph.scope import AccessScope, scoped
from graph.session import Graph

_AFTER = """
UNWIND $kinds AS kind
CALL (kind) {
  MATCH (v:Version) USING INDEX v:Version(kind, sequence)
  WHERE v.kind = kind AND v.sequence > $after
  WITH v ORDER BY v.kind, v.sequence LIMIT $limit
  MATCH (r:Resource)-[:HAS_VERSION]->(v)
  RETURN r, v
}
RETURN kind, r.key AS key, v.sequence AS sequence,
  [key IN r.compartment WHERE key STARTS WITH $patients] AS patients
ORDER BY sequence
"""


class WrittenVersion(NamedTuple):
    """A version that was written: of which resource, and the keys of the patients whom that is about."""

    key: str
    sequence: int
    patients: tuple[str, ...]


@scoped
class NewestStore:
    """Reads what was written of some types, for those who follow it, whoever may see it."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def after(
        self, scope: AccessScope, kinds: Collection[str], after: int, limit: int
    ) -> tuple[WrittenVersion, ...]:
        """The versions of these types after a sequence number, in their order, and none left out between.

        Up to `limit` of each type; where one has more, nothing later than the last of those is told yet.
        """
        names = [kind_key(scope.tenant, each) for each in kinds]
        whose = resource_key(scope.tenant, "Patient", "")
        rows = self._graph.read(_AFTER, kinds=names, after=after, limit=limit, patients=whose)
        by_kind = {name: [row["sequence"] for row in rows if row["kind"] == name] for name in names}
        full = [each[-1] for each in by_kind.values() if len(each) >= limit]
        until = min(full) if full else None
        return tuple(
            WrittenVersion(row["key"], row["sequence"], tuple(row["patients"] or ()))
            for row in rows
            if until is None or row["sequence"] <= until
        )
