"""The use case that sums a patient up (HL7 International Patient Summary 1.1, Patient/$summary).

Everything in it is read under the caller's rights at that moment; nothing of it is stored.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from uuid import uuid4

import orjson

from app.records.documents.documents import MOST_REFERRED, ClinicalDocument
from app.records.documents.narrative import narrative
from app.records.documents.sections import LOINC, PLAN, SECTIONS, SectionSource, SummarySection
from app.records.glance.chart import PatientChart, chart_item
from app.records.glance.followups import FollowUp, follow_ups
from app.records.glance.moments import day_of
from app.records.glance.reports import advising_reports, filed_reports
from app.records.read import RecordReader
from app.records.search import RecordSearch, TypeSearch, sorts_of
from app.site import Sites
from graph.clock import instant
from graph.keys import resource_of
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

MOST_OF_A_SECTION = 100  # resources of a source, the newest
_PROFILE = "http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips"
_EMPTY = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
_BESIDE = ("Medication", "Practitioner", "PractitionerRole", "Organization", "Location", "Device", "Specimen")


@dataclass(frozen=True, slots=True)
class _Filled:
    """A section with what belongs into it."""

    section: SummarySection
    versions: tuple[ResourceVersion, ...]


class PatientSummaries:
    """Makes summaries."""

    def __init__(
        self, resources: ResourceStore, reader: RecordReader, search: RecordSearch, sites: Sites
    ) -> None:
        self._resources = resources
        self._reader = reader
        self._search = search
        self._sites = sites

    def of_patient(self, scope: AccessScope, patient_id: str, now: int) -> ClinicalDocument:
        """The summary of a patient (`now` in µs since the epoch); raises `NotFound` and `Gone`."""
        scope.require("fhir.read")
        patient = self._reader.current(scope, "Patient", patient_id)
        filled = [_Filled(each, self._found(scope, patient_id, each)) for each in SECTIONS]
        entries = {version.key: version for each in filled for version in each.versions}
        beside = self._beside(scope, [patient.key, *entries])
        author = f"urn:uuid:{uuid4()}"
        composition = self._composition(scope, patient, filled, author, now)
        device = {"resourceType": "Device", "deviceName": [{"name": "Hilum", "type": "user-friendly-name"}]}
        made = ((f"urn:uuid:{uuid4()}", composition), (author, device))
        versions = {patient.key: patient, **entries, **{each.key: each for each in beside}}
        return ClinicalDocument(
            tuple((url, orjson.dumps(text)) for url, text in made),
            tuple(versions.values()),
        )

    def _found(
        self, scope: AccessScope, patient_id: str, section: SummarySection
    ) -> tuple[ResourceVersion, ...]:
        found = [each for source in section.sources for each in self._of(scope, patient_id, source)]
        return tuple({each.key: each for each in found}.values())

    def _of(self, scope: AccessScope, patient_id: str, source: SectionSource) -> Iterable[ResourceVersion]:
        pairs = [("patient", patient_id)]
        pairs += [
            (name, text) for name, text in (("category", source.category), ("code", source.code)) if text
        ]
        asked = TypeSearch(
            resource_type=source.kind,
            where=self._search.understood(scope, source.kind, pairs).where,
            count=MOST_OF_A_SECTION,
            sort=sorts_of(source.kind, f"-{source.date}"),
        )
        page = self._search.page(scope, asked, None)
        return [each for each in page.matches if source.fits(orjson.loads(each.body))]

    def _beside(self, scope: AccessScope, keys: list[str]) -> list[ResourceVersion]:
        """What is meant by references from the summary to who and what takes part in care."""
        found = self._resources.referred(scope, keys, None, _BESIDE, MOST_REFERRED)
        versions = self._resources.bodies(scope, [each.key for each in found if each.version is None])
        there = [each for each in versions if not each.deleted]
        scope.concerns(key for each in there for key in each.whose)
        return there

    def _composition(
        self, scope: AccessScope, patient: ResourceVersion, filled: list[_Filled], author: str, now: int
    ) -> Mapping[str, Any]:
        site = self._sites.of(scope)
        base, asked = site.fhir_base, _asked_for(patient, filled, now, site.zone)
        sections = (_section(each, base, asked if each.section.code == PLAN else ()) for each in filled)
        return {
            "resourceType": "Composition",
            "meta": {"profile": [_PROFILE]},
            "status": "final",
            "type": {"coding": [{"system": LOINC, "code": "60591-5", "display": "Patient summary Document"}]},
            "subject": {"reference": _address(base, patient)},
            "date": instant(now),
            "author": [{"reference": author}],
            "title": "Patient Summary",
            "section": [each for each in sections if each],
        }


def _asked_for(
    patient: ResourceVersion, filled: Sequence[_Filled], now: int, zone: tzinfo
) -> list[tuple[str, str, str]]:
    """What the reports of a summary asked for and nobody did, each with what became of it and its day."""
    items = {
        each.key: chart_item(resource_of(each.key), each.version_id, each.last_updated, each.body, zone)
        for section in filled
        for each in section.versions
    }
    chart = PatientChart(orjson.loads(patient.body), tuple(items.values()), day_of(now, zone), zone)
    found = follow_ups(chart, advising_reports(chart, filed_reports(chart)))
    return [
        (each["text"], each["state"], each.get("due", ""))
        for each in found
        if each["state"] is not FollowUp.DONE
    ]


def _section(filled: _Filled, base: str, lines: Sequence[tuple[str, str, str]]) -> Mapping[str, Any] | None:
    """A section with its resources and what is told beside them; None where nothing has to be said."""
    section = filled.section
    if not (filled.versions or lines or section.required):
        return None
    resources = [json.loads(each.body, parse_float=str) for each in filled.versions]  # 1.10 stays 1.10
    told: dict[str, Any] = {
        "title": section.title,
        "code": {"coding": [{"system": LOINC, "code": section.code, "display": section.display}]},
        "text": narrative(resources, lines),
    }
    if filled.versions:
        return {**told, "entry": [{"reference": _address(base, each)} for each in filled.versions]}
    if lines:
        return told
    reason = {"system": _EMPTY, "code": "unavailable", "display": "Unavailable"}
    return {**told, "emptyReason": {"coding": [reason]}}


def _address(base: str, version: ResourceVersion) -> str:
    return f"{base}/{version.resource_type}/{version.resource_id}"
