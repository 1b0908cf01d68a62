"""What is kept for readers, found by what it refers to."""

from collections.abc import Collection

from graph.keys import kind_key
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.visibility import seen

_REFERRING = f"""
UNWIND $keys AS key
MATCH (:Resource {{key: key}})<-[edge]-(r:Resource)
WHERE edge.path IS NOT NULL AND r.kept IS NOT NULL AND r.kind = $kind AND r.deleted = false AND {seen("r")}
RETURN DISTINCT r.key AS key ORDER BY key
"""


@scoped
class KeptStore:
    """Finds what is kept for readers in one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def referring(self, scope: AccessScope, kind: str, keys: Collection[str]) -> list[str]:
        """The keys of those of a type that refer to one of these, are kept, and the caller's to see."""
        asked = {"keys": list(keys), "kind": kind_key(scope.tenant, kind)}
        return [row["key"] for row in self._graph.read_seen(scope, _REFERRING, **asked)]
