"""Which reports have DICOM objects that are still to be made of them: a mark that their own commit sets.

Whoever makes the objects takes the mark away, unless the report was written again meanwhile. So whatever ends
a process between the two, the object is made by the next one that looks.
"""

from graph.scope import AccessScope, scoped
from graph.session import Graph

DOCUMENT_DUE = "documentDue"  # of a report: its tenant, for as long as an object of it is to be made
AT_ONCE = 50
_DUE = """
MATCH (r:Resource {documentDue: $tenant})
RETURN r.id AS id, r.versionId AS version ORDER BY r.lastUpdated LIMIT $limit
"""
_DONE = """
MATCH (r:Resource {key: $key}) WHERE r.versionId = $version REMOVE r.documentDue
"""


@scoped
class ReportFilingStore:
    """Reports of one graph whose objects are due."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def due(self, scope: AccessScope, limit: int = AT_ONCE) -> list[tuple[str, int]]:
        """The ids and versions of reports of which objects are to be made, those that wait longest first."""
        rows = self._graph.read(_DUE, tenant=scope.tenant, limit=limit)
        return [(row["id"], row["version"]) for row in rows]

    def done(self, scope: AccessScope, key: str, version: int) -> None:
        """Note that the objects of a report (its key) are there, as of that version of it."""
        self._graph.write_aside(lambda tx: tx.run(_DONE, key=key, version=version))
