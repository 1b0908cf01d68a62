"""How instances leave the graph: unlinked and remembered by a tombstone in one commit; the bytes go later.

The tombstone keeps the blob id, which a worker removes by that id only (it is never used again), and what an
older version of the ImagingStudy still shows.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from graph.commit import Draft, Keys, Unit, View
from graph.errors import NotFound
from graph.keys import study_key
from graph.query.attribute_forms import cleared
from graph.query.attributes import STUDY
from graph.resources.states import STUDIES, ResourceState
from graph.resources.writing import VERSIONS, ResourceWrite, ended, next_snapshot
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.particulars import PARTICULARS
from graph.studies.rows import (
    EMPTY_SERIES,
    LEAVING,
    REMOVALS,
    SERIES,
    SERIES_OF,
    InstanceChange,
    Removal,
    SeriesRemoval,
    SeriesWrite,
    tombstone_of,
)
from graph.studies.transcripts import TRANSCRIPT, Transcripts
from graph.studies.version import ORDER, StudyVersion, of_known, version_write

_DOOMED = f"""
MATCH (:ImagingStudy {{dicomKey: $study}})-[:HAS_SERIES]->(x:Series)-[:HAS_INSTANCE]->(i:Instance)
WHERE ($series IS NULL OR x.SeriesInstanceUID = $series) AND ($sop IS NULL OR i.SOPInstanceUID = $sop)
RETURN x.key AS seriesKey, x.SeriesInstanceUID AS seriesUid,
       i {LEAVING} AS instance
ORDER BY i.sequence
"""
_COUNT = "NumberOfSeriesRelatedInstances"
_WITHOUT_PICTURES = {**cleared(STUDY), PARTICULARS: None, ORDER: None, "overlay": None, "managed": None}


@dataclass(frozen=True, slots=True)
class RemovedInstances:
    """How many instances left, and the keys of the patient and of the study that they were of."""

    instances: int
    whose: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeleteInstances(Unit[RemovedInstances]):
    """Removes what these UIDs name. Raises `NotFound`."""

    scope: AccessScope
    site: Site
    study: str
    series: str | None
    sop: str | None

    @property
    def weight(self) -> int:
        """How many instances it is about is not known before."""
        return 64

    def looks_at(self) -> Keys:
        """The study with its series."""
        return {STUDIES: (self._key,), SERIES_OF: (self._key,)}

    def decide(self, view: View, draft: Draft) -> RemovedInstances:
        """Remove the instances, the series that become empty, and the study with its last picture.

        Raises `NotFound` where there are none to see.
        """
        known = view.get(STUDIES, self._key)
        if known is None or not known.managed or not known.is_seen_by(self.scope):
            raise NotFound("no such study, series or instance")
        doomed = view.read(_DOOMED, study=self._key, series=self.series, sop=self.sop)
        if not doomed:
            raise NotFound("no such study, series or instance")
        for row in doomed:
            draft.add(REMOVALS, self._removal(row))
        told = [key for row in doomed for key in row["instance"][TRANSCRIPT] or ()]
        Transcripts(view, draft, self.site).leave(told)
        before = of_known(known, view.get(SERIES_OF, self._key))
        after = before.leaving(Counter(row["seriesKey"] for row in doomed))
        self._draft_series(draft, before, after)
        draft.add(
            VERSIONS,
            self._version(known, after, view.now) if after.series else ended(known, _WITHOUT_PICTURES),
        )
        return RemovedInstances(len(doomed), (*(known.compartment or ()), known.key))

    @property
    def _key(self) -> str:
        return study_key(self.scope.tenant, self.scope.partition, self.study)

    def _removal(self, row: dict[str, Any]) -> Removal:
        instance = row["instance"]
        uids = (self.study, row["seriesUid"], instance["SOPInstanceUID"])
        change = InstanceChange(*uids, self.scope.partition, instance["key"])
        return Removal(tombstone_of(instance, row["seriesKey"]), change)

    def _draft_series(self, draft: Draft, before: StudyVersion, after: StudyVersion) -> None:
        """Lower the counts, and drop what is empty."""
        for key, series in before.series.items():
            left = after.series.get(key)
            if left is None:
                draft.add(EMPTY_SERIES, SeriesRemoval(key, self._key))
            elif left[_COUNT] != series[_COUNT]:
                shrunk = {_COUNT: left[_COUNT]}
                draft.add(SERIES, SeriesWrite(key, self._key, before.partition, series["serial"], shrunk))

    def _version(self, known: ResourceState, after: StudyVersion, now: int) -> ResourceWrite:
        version_id = next_snapshot(known, now)
        return version_write(self.site, known, after, version_id=version_id, dicom_key=self._key)
