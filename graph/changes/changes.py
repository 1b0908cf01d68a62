"""The DICOM change feed: every creation and deletion of an instance, without gaps, in commit order."""

from dataclasses import dataclass

from graph.records import Change
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row

# The state is derived: an entry is Current while the instance is the one that it created.
_COLUMNS = """
OPTIONAL MATCH (i:Instance {key: change.instance})
OPTIONAL MATCH (s:ImagingStudy {dicomKey: change.feed + '|' + change.partition + '|'
  + change.StudyInstanceUID})
RETURN change.sequence AS sequence, change.partition AS partition, change.StudyInstanceUID AS study_uid,
  change.SeriesInstanceUID AS series_uid, change.SOPInstanceUID AS sop_uid, change.action AS action,
  CASE WHEN i IS NULL THEN 'Deleted' WHEN i.sequence = change.sequence THEN 'Current'
    ELSE 'Replaced' END AS state,
  change.timestamp AS timestamp, CASE WHEN $metadata THEN i.metadata END AS metadata,
  coalesce(s.compartment + s.key, []) AS whose
"""
_PAGE = f"""
MATCH (change:Change)
WHERE change.feed = $feed AND change.sequence > $after
  AND ($start IS NULL OR change.timestamp >= $start) AND ($end IS NULL OR change.timestamp < $end)
WITH change ORDER BY change.sequence SKIP $skip LIMIT $limit
{_COLUMNS} ORDER BY sequence
"""
_LATEST = f"""
MATCH (c:Counter {{key: $feed}}) MATCH (change:Change {{feed: $feed, sequence: c.sequence}})
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
        rows = self._graph.read(
            _PAGE,
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
        rows = self._graph.read(_LATEST, feed=scope.tenant, metadata=metadata)
        return _change(rows[0]) if rows else None


def _change(row: Row) -> Change:
    return Change(**{**row, "whose": tuple(row["whose"])})
