"""How deleted instances come back: as they were stored, into the study that they were of, in one commit.

The rows are read anew from the bytes, which the tombstone still owns. The tombstone stays for the versions of
the study that it is of, under a key of its own, and waits for nothing any more.
"""

from dataclasses import dataclass
from typing import Any

from graph.commit import Draft, Keys, Numbers, Part, Unit, View
from graph.errors import NotFound
from graph.records import InstanceRow
from graph.resources.states import STUDIES
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.arriving import brought
from graph.studies.places import placed
from graph.studies.rows import INSTANCES, SERIES_OF

_WAITING = """
UNWIND $blobs AS blob
MATCH (t:Tombstone {key: blob}) WHERE t.waiting = $tenant AND t.deletedAt >= $since
RETURN blob
"""


@dataclass(frozen=True, slots=True)
class Return:
    """A tombstone whose instance comes back: the blob of both."""

    blob_id: str


def _return_row(each: Return, numbers: Numbers, _: object) -> dict[str, Any]:
    return {"key": each.blob_id, "now": numbers.now}


RETURNS: Part[Return] = Part(
    name="returns",
    statement="""
MATCH (t:Tombstone {key: row.key})
SET t.key = row.key + '|' + toString(t.deletedSequence), t.restoredAt = row.now
REMOVE t.waiting
""",
    key=lambda each: each.blob_id,
    row=_return_row,
)


@dataclass(frozen=True, slots=True)
class RestoredInstances:
    """How many instances came back, how many found their place taken, and whose record they are of."""

    restored: int
    taken: int
    whose: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestoreInstances(Unit[RestoredInstances]):
    """Brings back those of the rows, all of one study, that were deleted at most `grace` microseconds ago."""

    scope: AccessScope
    rows: tuple[InstanceRow, ...]
    site: Site
    grace: int

    @property
    def weight(self) -> int:
        """A row is a row."""
        return len(self.rows)

    def looks_at(self) -> Keys:
        """The places of the instances, and their study with its series."""
        places = [placed(self.scope, row).place for row in self.rows]
        studies = dict.fromkeys(place.study for place in places)
        return {INSTANCES: [place.instance for place in places], STUDIES: studies, SERIES_OF: studies}

    def decide(self, view: View, draft: Draft) -> RestoredInstances:
        """Bring back each instance whose place is free; what came there meanwhile stays.

        Raises `NotFound` where the study is not the caller's, or there never was one.
        """
        arriving = [placed(self.scope, row) for row in self.rows]
        for key in {each.place.study for each in arriving}:
            known = view.get(STUDIES, key)
            if known is None or not known.is_seen_by(self.scope):
                raise NotFound("no such study, series or instance")
        waiting = self._waiting(view)
        free = [each for each in arriving if view.get(INSTANCES, each.place.instance) is None]
        back = [each for each in free if each.row.blob_id in waiting]
        told = brought(view, draft, self.site, self.scope.partition, back, returning=True)
        for each in back:
            draft.add(RETURNS, Return(each.row.blob_id))
        whose = dict.fromkeys(key for each in told.values() for key in each.whose)
        return RestoredInstances(len(back), len(arriving) - len(free), tuple(whose))

    def _waiting(self, view: View) -> frozenset[str]:
        """The blobs whose tombstones wait, and may come back by the clock of this commit."""
        blobs = [row.blob_id for row in self.rows]
        since = view.now - self.grace
        rows = view.read(_WAITING, blobs=blobs, tenant=view.tenant, since=since)
        return frozenset(row["blob"] for row in rows)
