"""Literal references as they stand in the graph: from which resource, at which element, to which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.keys import kind_key
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import seen

_EDGES = f"""
UNWIND $keys AS key
MATCH (r:Resource {{key: key}})-[edge]->(t:Resource)
WHERE edge.path IN $paths AND t.kind IN $kinds AND t.deleted = false AND r.deleted = false
  AND {seen("r")} AND {seen("t")}
RETURN key AS source, edge.path AS path, t.key AS target
ORDER BY source, path, t.serial
"""


@dataclass(frozen=True, slots=True)
class Edge:
    """One reference: the keys at its ends, and the element path (`context.related`)."""

    source: str
    path: str
    target: str


@scoped
class ReferenceStore:
    """The references of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def edges(
        self, scope: AccessScope, keys: Iterable[str], paths: Sequence[str], targets: Sequence[str]
    ) -> list[Edge]:
        """The references at `paths` of these resources to living resources of the types `targets`."""
        rows = self._graph.read_seen(
            scope,
            _EDGES,
            keys=list(keys),
            paths=list(paths),
            kinds=[kind_key(scope.tenant, each) for each in targets],
        )
        return [Edge(**row) for row in rows]
