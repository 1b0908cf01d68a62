"""Makes the DICOM objects of signed reports: one for each signature, in a series of the study that it is of.

A report says itself which objects it has, by their UIDs, so this may be done as often as one likes: what is
there already stays. A report whose study has no pictures any more brings none back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from app.imaging.reports import ReportObject, report_file
from app.imaging.search import ImagingSearch, SearchRequest
from app.imaging.store import Ingest
from app.imaging.store.failure_reasons import FailureReason
from app.records.glance.words import references_in, study_uid
from app.records.people.names import is_hangul
from app.records.reporting.documents import REPORT, object_uid
from app.records.reporting.written import WrittenReport, written
from app.site import Sites
from fhir_profiles.mapping.person_names import person_name
from graph.errors import Gone, NotFound, Unavailable
from graph.keys import resource_key
from graph.query.attributes import STUDY
from graph.records import StoredInstance
from graph.resources.filings import ReportFilingStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore

_SCHEMES: Mapping[str, str] = {
    "http://snomed.info/sct": "SCT",
    "http://hl7.org/fhir/sid/icd-10": "I10",
    "http://loinc.org": "LN",
    "http://radlex.org": "RADLEX",
}
"""Coding Scheme Designators (PS3.16 chapter 8) of code systems."""
_PRIVATE = "99HILUM"
_PRACTITIONER = "Practitioner"


@dataclass(frozen=True, slots=True)
class _Filed:
    """The report as it was at one signature: the UID of that object and its number, from 1."""

    uid: str
    number: int
    report: WrittenReport


class ReportFiling:
    """Files reports in their studies; `organization` stands behind what is signed."""

    def __init__(
        self,
        due: ReportFilingStore,
        resources: ResourceStore,
        imaging: ImagingStore,
        *,
        search: ImagingSearch,
        ingest: Ingest,
        sites: Sites,
        organization: str,
    ) -> None:
        self._due, self._resources, self._imaging = due, resources, imaging
        self._search, self._ingest, self._sites = search, ingest, sites
        self._organization = organization

    def due(self, scope: AccessScope) -> list[tuple[str, int]]:
        """The ids and versions of the reports that are to be filed, some of them where they are many."""
        return self._due.due(scope)

    def file(self, scope: AccessScope, report_id: str) -> int:
        """Make the objects of a report that are not there; return how many were made.

        Raises `Unavailable`, `StorageFull` and what else keeps an instance from being stored.
        """
        report = self._current(scope, report_id)
        if report is None:
            return 0
        made = 0
        study = self._study(scope, report)
        if study is not None:
            for each in self._lacking(scope, report, study["StudyInstanceUID"]):
                self._store(scope, each, study)
                made += 1
        self._due.done(scope, resource_key(scope.tenant, REPORT, report_id), report.version_id)
        return made

    def _current(self, scope: AccessScope, report_id: str) -> WrittenReport | None:
        try:
            return written(self._resources.read(scope, REPORT, report_id))
        except (NotFound, Gone):
            return None

    def _study(self, scope: AccessScope, report: WrittenReport) -> Mapping[str, str] | None:
        """The attributes of the study of a report; None where it has no pictures."""
        name = next(iter(report.studies), "").partition("/")[2]
        try:
            document = orjson.loads(self._resources.read(scope, STUDY, name).body)
        except (NotFound, Gone):
            return None
        uid = study_uid(document)
        if uid is None:
            return None
        found = self._search.search(scope, SearchRequest(level=STUDY, study=uid, limit=1)).matches
        return {name: _one(value) for name, value in found[0].study.items()} if found else None

    def _lacking(self, scope: AccessScope, report: WrittenReport, study: str) -> list[_Filed]:
        """The signatures whose objects are not there, each with the report as it was signed."""
        series = object_uid(scope.tenant, report.report_id, "series")
        there = {each.sop_uid for each in self._instances(scope, study, series)}
        wanted = {number: uid for number, uid in enumerate(report.objects, 1) if uid not in there}
        signed: dict[int, WrittenReport] = {}
        for each in self._versions(scope, report) if wanted else ():
            if len(each.objects) < min(wanted):
                break
            signed[len(each.objects)] = each  # going back, so that the first version of a number stays
        return [_Filed(uid, number, signed[number]) for number, uid in wanted.items()]

    def _versions(self, scope: AccessScope, report: WrittenReport) -> Iterator[WrittenReport]:
        """The versions of a report, the newest first."""
        yield report
        for number in range(report.version_id - 1, 0, -1):
            yield written(self._resources.version(scope, REPORT, report.report_id, number))

    def _instances(
        self, scope: AccessScope, study: str, series: str | None = None
    ) -> Sequence[StoredInstance]:
        try:
            return self._imaging.instances(scope, study, series)
        except NotFound:
            return ()

    def _store(self, scope: AccessScope, filed: _Filed, study: Mapping[str, str]) -> None:
        """Store the object of a signature; raises `Unavailable` where that failed."""
        file = report_file(self._object(scope, filed, study))
        (outcome,) = self._ingest.store(scope, [[file]], study_uid=study["StudyInstanceUID"]).outcomes
        if not outcome.stored and outcome.failure_reason != FailureReason.EXISTS:
            raise Unavailable("the DICOM object of a report could not be stored")

    def _object(self, scope: AccessScope, filed: _Filed, study: Mapping[str, str]) -> ReportObject:
        report, site = filed.report, self._sites.of(scope)
        series = object_uid(scope.tenant, report.report_id, "series")
        evidence = self._instances(scope, study["StudyInstanceUID"])
        moment = datetime.fromisoformat(report.issued or "1970-01-01T00:00:00+00:00")
        content = report.content
        sections = [("addendum", f"{each.author}: {each.text}") for each in report.addenda]
        sections += [("critical", content.critical)] if content.critical else []
        return ReportObject(
            sop_uid=filed.uid,
            series_uid=series,
            number=filed.number,
            study=study,
            sections=[*sections, *content.sections()],
            codes=[(code, _SCHEMES.get(system, _PRIVATE), words) for system, code, words in content.codes],
            language=str(report.document.get("language") or "en"),
            signers=self._signers(scope, report),
            signed=moment.astimezone(site.zone if moment.tzinfo else UTC),
            organization=self._organization,
            predecessors=report.objects[: filed.number - 1],
            evidence=[each for each in evidence if each.series_uid != series],
        )

    def _signers(self, scope: AccessScope, report: WrittenReport) -> list[str]:
        """The names of who signed, as DICOM writes them, in the order of signing."""
        references = report.document.get("resultsInterpreter") or ()
        found = []
        for each, shown in zip(references, report.signers, strict=False):
            named = next(iter(references_in(each)), "")
            found.append(self._name(scope, named) or _plain(shown))
        return found or [_plain(self._organization)]

    def _name(self, scope: AccessScope, reference: str) -> str:
        """The name of a Practitioner as DICOM writes it; empty where there is none."""
        kind, _, name = reference.partition("/")
        try:
            document = orjson.loads(self._resources.read(scope, kind, name).body) if name else {}
        except (NotFound, Gone):
            return ""
        return dicom_name(document)


def dicom_name(document: Mapping[str, Any]) -> str:
    """The name of a person as a PN: the Latin one first, that in Hangul as its sounds (PS3.5 annex I)."""
    written_as = [person_name(each) for each in document.get("name") or ()]
    names = [_plain(each) for each in written_as if each]
    hangul = [each for each in names if is_hangul(each.replace("^", "").replace(" ", ""))]
    latin = [each for each in names if each not in hangul]
    if latin and hangul:
        return f"{latin[0]}=={hangul[0]}"
    return next(iter((*latin, *hangul)), "")


_LONGEST_GROUP = 64


def _plain(name: str) -> str:
    """A component group without what separates groups and values."""
    return name.replace("=", " ").replace("\\", " ")[:_LONGEST_GROUP].strip()


def _one(value: Any) -> str:
    values = value if isinstance(value, list | tuple) else [value]
    return str(values[0]) if values and values[0] is not None else ""
