"""The workitem that asked for a report: who claimed it at the worklist is done with it by their signature.

A claim that was made elsewhere, under a key of the client, is ended by that client.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pydicom.datadict import tag_for_keyword
from pydicom.uid import BasicTextSRStorage

from app.imaging.worklist.holding import HeldWorkitems
from app.records.reading_room import ReadingHolder, ReadingRoom
from app.records.reporting.documents import object_uid
from app.records.reporting.written import WrittenReport
from app.site import Sites
from graph.errors import Conflict, Invalid, NotFound
from graph.scope import AccessScope

_WORK = frozenset({"workitem.read", "workitem.write"})


class ClaimedReadings:
    """Completes what somebody claimed at the worklist."""

    def __init__(self, room: ReadingRoom, held: HeldWorkitems, sites: Sites) -> None:
        self._room, self._held, self._sites = room, held, sites

    def complete(self, scope: AccessScope, study_uid: str, report: WrittenReport) -> tuple[str, ...]:
        """Complete the workitems of a study that the caller has begun, with the object of a report as output.

        Returns their UIDs. The report stands whatever becomes of them: who ended one meanwhile ended it.
        """
        if not scope.permissions >= _WORK:
            return ()
        done = []
        for line in self._room.of_study(scope, study_uid):
            if line.is_open and line.holder is ReadingHolder.BEGUN:
                with suppress(Conflict, Invalid, NotFound):
                    self._held.complete(scope, line.uid, self._output(scope, study_uid, report))
                    done.append(line.uid)
        return tuple(done)

    def _output(self, scope: AccessScope, study_uid: str, report: WrittenReport) -> Mapping[str, Any]:
        """The newest object of a report, and where it is retrieved (PS3.3 table 10-3b)."""
        series, instance = object_uid(scope.tenant, report.report_id, "series"), report.objects[-1]
        address = self._sites.of(scope).address(scope.partition)
        retrieved = _item(
            RetrieveURL=("UR", f"{address}/studies/{study_uid}/series/{series}/instances/{instance}")
        )
        named = _item(
            ReferencedSOPClassUID=("UI", str(BasicTextSRStorage)), ReferencedSOPInstanceUID=("UI", instance)
        )
        return _item(
            TypeOfInstances=("CS", "DICOM"),
            StudyInstanceUID=("UI", study_uid),
            SeriesInstanceUID=("UI", series),
            ReferencedSOPSequence=("SQ", named),
            WADORSRetrievalSequence=("SQ", retrieved),
        )


def _item(**elements: tuple[str, Any]) -> dict[str, Any]:
    """An item in the JSON model, of a VR and a value for each keyword, in the order of its tags."""
    told = {
        f"{tag_for_keyword(keyword):08X}": {"vr": vr, "Value": [value]}
        for keyword, (vr, value) in elements.items()
    }
    return dict(sorted(told.items()))
