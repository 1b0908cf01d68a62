"""Announces what somebody opens on the pages of Hilum to their other applications."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

import orjson

from app.records.casts.hub import CastHub
from app.records.casts.messages import CLOSE, KEYS, OPEN, CastJson, CastMessage
from app.records.read import RecordReader
from app.records.studies import StudyDesk
from graph.clock import instant
from graph.errors import HilumError
from graph.scope import AccessScope

_RECORD = "fhir.read"
_TOLD: Mapping[str, tuple[str, ...]] = {
    "Patient": ("identifier", "name", "gender", "birthDate"),
    "ImagingStudy": ("identifier", "status", "started", "description", "subject", "basedOn"),
    "DiagnosticReport": ("identifier", "status", "code", "subject", "imagingStudy", "basedOn"),
}
"""What a context tells of a resource (FHIRcast 3.0.0, its profiles for open events)."""


class CastAnnouncer:
    """Sends the events of who is at a page; `clock` tells the moment in µs.

    Nothing is announced of what the caller may not read as FHIR, and where it cannot be announced now,
    nothing fails: the page is what they asked for.
    """

    def __init__(
        self, hub: CastHub, reader: RecordReader, studies: StudyDesk, clock: Callable[[], int]
    ) -> None:
        self._hub = hub
        self._reader = reader
        self._studies = studies
        self._clock = clock

    def study_opened(self, scope: AccessScope, study: str) -> None:
        """Announce that the caller opened the study of a UID."""
        self._of_study(scope, study, OPEN)

    def study_closed(self, scope: AccessScope, study: str) -> None:
        """Announce that the caller is done with the study of a UID, where it is what is open."""
        self._of_study(scope, study, CLOSE)

    def report_opened(self, scope: AccessScope, report: Mapping[str, Any]) -> None:
        """Announce that the caller opened a report, a DiagnosticReport with an id, stored or not yet."""
        self._of_report(scope, report, OPEN)

    def report_closed(self, scope: AccessScope, report: Mapping[str, Any]) -> None:
        """Announce that the caller is done with a report, where it is what is open."""
        self._of_report(scope, report, CLOSE)

    def _of_study(self, scope: AccessScope, study: str, deed: str) -> None:
        if _RECORD not in scope.permissions:
            return
        with suppress(HilumError):
            line = self._studies.one(scope, study)
            context = self._members(scope, (line.reference, f"Patient/{line.patient_id}"))
            self._announce(scope, "ImagingStudy", deed, context)

    def _of_report(self, scope: AccessScope, report: Mapping[str, Any], deed: str) -> None:
        if _RECORD not in scope.permissions:
            return
        studies = [str(each.get("reference", "")) for each in report.get("imagingStudy") or ()]
        subject = str((report.get("subject") or {}).get("reference", ""))
        with suppress(HilumError):
            own = {"key": "report", "resource": _elements(report)}
            context = [own, *self._members(scope, (*studies, subject))]
            self._announce(scope, "DiagnosticReport", deed, context)

    def _announce(self, scope: AccessScope, kind: str, deed: str, context: list[CastJson]) -> None:
        if any(each["key"] == KEYS[kind] for each in context):
            moment = instant(self._clock())
            self._hub.publish(scope, CastMessage(uuid4().hex, moment, f"{kind}-{deed}", tuple(context)))

    def _members(self, scope: AccessScope, references: tuple[str, ...]) -> list[CastJson]:
        """The members of a context for those of these that the caller sees."""
        parted = (each.partition("/") for each in references)
        names = [(kind, found) for kind, _, found in parted if kind in KEYS and found]
        known = self._reader.named(scope, names)
        return [
            {"key": KEYS[kind], "resource": _elements(orjson.loads(known[kind, found].body))}
            for kind, found in names
            if (kind, found) in known
        ]


def _elements(resource: Mapping[str, Any]) -> CastJson:
    """A resource, as far as a context tells of it."""
    kind = str(resource["resourceType"])
    told = {name: resource[name] for name in _TOLD[kind] if name in resource}
    return {"resourceType": kind, "id": resource["id"], **told}
