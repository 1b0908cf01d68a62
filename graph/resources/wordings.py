"""Brings the words of resources into the full-text index, many at a time, so that no commit waits for it.

A commit makes `(:NewWording)-[:OF]->(resource)`; here it becomes a `Wording`, which the index holds. A worker
does that behind the commits, and a search by words does what is left before it looks, so it finds what was
written before. One row at a time would cost a commit a third of its time. The commit that ends a version
takes its row from the resource, and so out of every answer; as a `GoneWording` it leaves the index here.
"""

from graph.errors import Unavailable
from graph.scope import AccessScope, scoped
from graph.session import Graph

AT_ONCE = 2_000  # rows of one transaction, some hundred milliseconds
_MOST_IN_A_SEARCH = 20_000
_INDEX = """
MATCH (w:NewWording) WITH w LIMIT $limit
SET w:Wording REMOVE w:NewWording
RETURN count(w) AS count
"""
_REMOVE = "MATCH (w:GoneWording) WITH w LIMIT $limit DETACH DELETE w RETURN count(w) AS count"
_IS_BEHIND = "MATCH (w:NewWording) RETURN true AS behind LIMIT 1"
_RETRY_AFTER = 5


@scoped
class WordingStore:
    """The full-text index of one graph; what it does concerns all tenants alike and shows nothing of any."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def index(self, scope: AccessScope) -> int:
        """Bring the next rows into the index; return how many, fewer than `AT_ONCE` where none is left."""
        if not self._graph.read(_IS_BEHIND):
            return 0
        return self._graph.write_aside(lambda tx: int(tx.run(_INDEX, limit=AT_ONCE)[0]["count"]))

    def remove(self, scope: AccessScope) -> int:
        """Take rows of what is gone out of the index; return how many, fewer than `AT_ONCE` at the end."""
        return self._graph.write_aside(lambda tx: int(tx.run(_REMOVE, limit=AT_ONCE)[0]["count"]))

    def catch_up(self, scope: AccessScope) -> None:
        """Bring in whatever is left.

        Raises `Unavailable` where that is more than one search should wait for.
        """
        for _ in range(_MOST_IN_A_SEARCH // AT_ONCE):
            if self.index(scope) < AT_ONCE:
                return
        raise Unavailable("the words of what was written lately are being indexed", retry_after=_RETRY_AFTER)
