"""The DICOM change feed: every creation and deletion of an instance, without gaps, in commit order.

Who sees some studies only is told of those: of what became of the others the numbers between are all that is
left. A study is judged as it is now, or as it was when its last picture went.
"""

from dataclasses import dataclass
from typing import Any

from graph.records import Change
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row
from graph.visibility import seen_across

# The state is derived: an entry is Current while the instance is the one that it created.
_STUDY = """(s:ImagingStudy {dicomKey: change.feed + '|' + change.partition + '|'
  + change.StudyInstanceUID})"""
_COLUMNS = f"""
OPTIONAL MATCH (i:Instance {{key: change.instance}})
OPTIONAL MATCH {_STUDY}
RETURN change.sequence AS sequence, change.partition AS partition, change.StudyInstanceUID AS study_uid,
  change.SeriesInstanceUID AS series_uid, change.SOPInstanceUID AS sop_uid, change.action AS action,
  CASE WHEN i IS NULL THEN 'Deleted' WHEN i.sequence = change.sequence THEN 'Current'
    ELSE 'Replaced' END AS state,
  change.timestamp AS timestamp, CASE WHEN $metadata THEN i.metadata END AS metadata,
  coalesce(s.compartment + s.key, []) AS whose
"""
_WINDOW = """
MATCH (change:Change)
WHERE change.feed = $feed AND change.sequence > $after
  AND ($start IS NULL OR change.timestamp >= $start) AND ($end IS NULL OR change.timestamp < $end)
"""
_OF_SEEN = f"MATCH {_STUDY} WHERE {seen_across('s')}"
_CUT = f"""
WITH change ORDER BY change.sequence SKIP $skip LIMIT $limit
{_COLUMNS} ORDER BY sequence
"""
_PAGE, _PAGE_SEEN = f"{_WINDOW}{_CUT}", f"{_WINDOW}{_OF_SEEN}{_CUT}"
_LATEST = f"""
MATCH (c:Counter {{key: $feed}}) MATCH (change:Change {{feed: $feed, sequence: c.sequence}})
{_COLUMNS}
"""
_LATEST_SEEN = f"""
MATCH (change:Change) WHERE change.feed = $feed AND change.sequence > 0
{_OF_SEEN}
WITH change ORDER BY change.sequence DESC LIMIT 1
{_COLUMNS}
"""


@dataclass(frozen=True, slots=True)
class FeedWindow:
    """Which entries: after number `after`, in [start, end) microseconds, from `skip` on, at most `limit`."""

    limit: int
    skip: int = 0
    after: int = 0
    start: int | None = None
    end: int | None = None


@scoped
class ChangeStore:
    """The feed of one graph; a feed belongs to a tenant and crosses its partitions."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def page(self, scope: AccessScope, window: FeedWindow, *, metadata: bool) -> list[Change]:
        """Entries in the order of their numbers, with the instance's current metadata where asked."""
        scope.require("feed.read")
        rows = self._read(
            scope,
            _PAGE,
            _PAGE_SEEN,
            feed=scope.tenant,
            limit=window.limit,
            skip=window.skip,
            after=window.after,
            start=window.start,
            end=window.end,
            metadata=metadata,
        )
        return [_change(row) for row in rows]

    def latest(self, scope: AccessScope, *, metadata: bool) -> Change | None:
        """The last entry; None where nothing was ever stored."""
        scope.require("feed.read")
        rows = self._read(scope, _LATEST, _LATEST_SEEN, feed=scope.tenant, metadata=metadata)
        return _change(rows[0]) if rows else None

    def _read(self, scope: AccessScope, of_all: str, of_seen: str, **parameters: Any) -> list[Row]:
        """The rows of the one statement for who sees every study, of the other for everybody else."""
        if scope.right.picture_parts:
            return self._graph.read_seen(scope, of_seen, **parameters)
        return self._graph.read(of_all, **parameters)


def _change(row: Row) -> Change:
    return Change(**{**row, "whose": tuple(row["whose"])})
