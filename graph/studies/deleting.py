"""How instances leave the graph: unlinked and remembered by a tombstone in one commit; the bytes go later.

The tombstone keeps the blob id, which a worker removes by that id only (it is never used again), and what an
older version of the ImagingStudy still shows.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import orjson

from graph.commit import (
    ChangeWrite,
    InstanceRemoval,
    Reads,
    ResourceState,
    ResourceWrite,
    SeriesWrite,
    State,
    Unit,
    ValueRows,
    Writes,
)
from graph.commit.attributes import cleared
from graph.errors import NotFound
from graph.keys import study_key
from graph.query.attributes import STUDY, of_level
from graph.scope import AccessScope
from graph.site import Settings
from graph.studies.study_values import study_values

_DOOMED = """
MATCH (:ImagingStudy {dicomKey: $study})-[:HAS_SERIES]->(x:Series)-[:HAS_INSTANCE]->(i:Instance)
WHERE ($series IS NULL OR x.SeriesInstanceUID = $series) AND ($sop IS NULL OR i.SOPInstanceUID = $sop)
RETURN x.key AS seriesKey, x.SeriesInstanceUID AS seriesUid,
       i {.key, .SOPInstanceUID, .SOPClassUID, .InstanceNumber, .blobId, .digest, .sequence} AS instance
ORDER BY i.sequence
"""
_SERIES_OF = """
MATCH (:ImagingStudy {dicomKey: $study})-[:HAS_SERIES]->(x:Series)
RETURN properties(x) AS series
"""


def delete_unit(
    scope: AccessScope, settings: Settings, study: str, series: str | None, sop: str | None
) -> Unit[int]:
    """The unit of work that removes what these UIDs name; its answer is the number of instances."""
    key = study_key(scope.tenant, scope.partition, study)
    return Unit(
        scope=scope,
        decide=lambda state, writes: _Deleting(state, writes, scope, settings, key, study).delete(
            series, sop
        ),
        reads=Reads(studies=(key,)),
        weight=64,
    )


@dataclass(slots=True)
class _Deleting:
    state: State
    writes: Writes
    scope: AccessScope
    settings: Settings
    study_key: str
    study_uid: str

    def delete(self, series: str | None, sop: str | None) -> int:
        study = self.state.study(self.study_key)
        if study is None or study.deleted or not self.scope.sees(study.key, study.compartment):
            raise NotFound("no such study, series or instance")
        doomed = self.state.run(_DOOMED, study=self.study_key, series=series, sop=sop)
        if not doomed:
            raise NotFound("no such study, series or instance")
        for row in doomed:
            self._remove(row)
        self._study(study, len(doomed), self._shrink_series(doomed))
        return len(doomed)

    def _remove(self, row: dict[str, Any]) -> None:
        instance = row["instance"]
        tombstone = {
            **{name: value for name, value in instance.items() if name not in ("key", "blobId")},
            "key": instance["blobId"],
            "feed": self.state.tenant,
            "instance": instance["key"],
            "series": row["seriesKey"],
            "deletedAt": self.state.now,
        }
        self.writes.removals.append(InstanceRemoval(instance["key"], tombstone))
        self.writes.changes.append(
            ChangeWrite(
                self.study_uid,
                row["seriesUid"],
                instance["SOPInstanceUID"],
                self.scope.partition,
                "Delete",
                instance=instance["key"],
            )
        )

    def _shrink_series(self, doomed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Lower the counts and drop what is empty; return the series that stay."""
        gone = Counter(row["seriesKey"] for row in doomed)
        left: list[dict[str, Any]] = []
        for row in self.state.run(_SERIES_OF, study=self.study_key):
            series = row["series"]
            count = series["NumberOfSeriesRelatedInstances"] - gone[series["key"]]
            if count == 0:
                self.writes.empty_series.append(series["key"])
                continue
            left.append(series)
            if series["key"] in gone:
                shrunk = {"NumberOfSeriesRelatedInstances": count}
                self.writes.series.append(SeriesWrite(series["key"], self.study_key, shrunk))
        return left

    def _study(self, study: ResourceState, removed: int, series: list[dict[str, Any]]) -> None:
        """The next version of the ImagingStudy, or its end with the last picture."""
        before = study.properties
        counts = {
            "ModalitiesInStudy": sorted({each["Modality"] for each in series if each.get("Modality")}),
            "NumberOfStudyRelatedSeries": len(series),
            "NumberOfStudyRelatedInstances": before["NumberOfStudyRelatedInstances"] - removed,
        }
        ended = not series
        facts = {each.keyword: before[each.keyword] for each in of_level(STUDY) if each.keyword in before}
        facts |= counts
        overlay = orjson.loads(bytes(before["overlay"])) if before.get("overlay") else None
        patient_key = (study.compartment or ("",))[0]
        resource_id = study.key.rpartition("|")[2]
        values = study_values(
            self.state.tenant,
            facts,
            series,
            resource_id=resource_id,
            patient_key=patient_key,
            endpoint_id=self.settings.endpoint_id(self.scope.partition),
            overlay=overlay,
            zone=self.settings.zone,
        )
        snapshot = {"study": facts, "patient": patient_key, "overlay": overlay}
        self.writes.resources.append(
            ResourceWrite(
                key=study.key,
                resource_type="ImagingStudy",
                resource_id=resource_id,
                version_id=self.state.next_snapshot(study, study.key) if not ended else study.version_id + 1,
                method="DELETE" if ended else "PUT",
                body=b"" if ended else orjson.dumps(snapshot),
                values=ValueRows() if ended else values,
                compartment=study.compartment,
                properties={**cleared(STUDY), "overlay": None} if ended else counts,
                snapshot=not ended,
            )
        )
