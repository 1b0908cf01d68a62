"""A study that waits for its report: its patient, who ordered it and why, an earlier study, and who reads."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import orjson

from app.records.reporting.content import ReportContent
from app.records.reporting.filing import ReportFiling
from app.records.reporting.reporting import Reporting
from app.records.reporting.results import CriticalResults
from app.records.reporting.states import ReportStep
from app.records.reporting.written import WrittenReport
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.reporting import critical_results, report_filing, reporting
from graph.query.expression import Page, Question
from graph.scope import AccessScope
from tests.factories.dicom import ct_instance, uid
from tests.factories.fhir import Resource, encode, reference, service_request
from tests.factories.scopes import scope_of

READER, ORDERER = "Practitioner/reader", "Practitioner/orderer"
KOREAN = "우상엽에 6 mm 결절.\n3개월 후 흉부 CT 추적 권고."
PEOPLE: tuple[Resource, ...] = (
    {
        "resourceType": "Practitioner",
        "id": "reader",
        "name": [
            {"use": "official", "family": "Han", "given": ["Jiwoo"]},
            {"text": "한지우", "family": "한", "given": ["지우"]},
        ],
    },
    {"resourceType": "Practitioner", "id": "second", "name": [{"family": "Park", "given": ["Minseo"]}]},
    {"resourceType": "Practitioner", "id": "orderer", "name": [{"family": "Lee", "given": ["Dohyun"]}]},
)


@dataclass(frozen=True)
class ToReport:
    """A study to be reported: its UID, and the ids of its ImagingStudy, patient, order and earlier study."""

    uid: str
    study: str
    patient: str
    order: str
    prior: str
    accession: str


@dataclass
class Department:
    """A gateway with people, and the use cases of reports."""

    wiring: Wiring

    def __post_init__(self) -> None:
        self.tenant = self.wiring.sites.own.tenant
        self.system = system_scope(self.tenant)
        self.reporting: Reporting = reporting(self.wiring)
        self.results: CriticalResults = critical_results(self.wiring)
        self.filing: ReportFiling = report_filing(self.wiring)
        self.put(*PEOPLE)
        self.reader = self.clinician("reader")
        self.second = self.clinician("second")
        self.orderer = self.clinician("orderer")

    def clinician(self, name: str, role: str = "clinician") -> AccessScope:
        """Somebody who is the Practitioner of that name."""
        scope = scope_of(role, tenant=self.tenant, subject=name)
        return replace(scope, actors=frozenset({f"Practitioner/{name}"}))

    def put(self, *resources: Resource) -> None:
        """Write resources under their ids."""
        for each in resources:
            self.wiring.records.update(self.system, each["resourceType"], each["id"], encode(each))

    def document(self, name: str) -> Any:
        """The resource `Type/id` as it is."""
        kind, _, resource_id = name.partition("/")
        return orjson.loads(self.wiring.reader.current(self.system, kind, resource_id).body)

    def found(self, kind: str, *criteria: tuple[str, str]) -> list[Any]:
        """The resources of a type that match."""
        known = self.wiring.record_search.understood(self.system, kind, criteria)
        page = self.wiring.resources.search(self.system, _all(kind, known.where))
        return [self.document(f"{kind}/{key.rpartition('|')[2]}") for key in page.keys]

    def store(self, *files: bytes) -> None:
        """Store instances."""
        report = self.wiring.ingest.store(self.system, [[each] for each in files])
        assert all(each.stored for each in report.outcomes), report

    def waiting(self) -> ToReport:
        """A new patient with an order, a study of it and an earlier one."""
        mark = uuid4().hex[:10]
        study, before, accession = uid("study", mark), uid("study", mark, "before"), f"A{mark}"
        named = {"PatientName": f"Kim^{mark}", "PatientID": mark}
        self.store(
            ct_instance(study_uid=before, StudyDate="20250301", StudyDescription="CT chest", **_named(named)),
        )
        patient = self._study(before)["subject"]["reference"]
        order = f"order-{mark}"
        asked = service_request(
            patient,
            accession,
            id=order,
            requester=reference(ORDERER),
            reasonCode=[{"text": "Cough for six weeks"}],
        )
        self.put(asked)
        self.store(
            ct_instance(
                study_uid=study,
                AccessionNumber=accession,
                StudyDate="20260102",
                StudyTime="101500",
                StudyDescription="CT chest",
                SeriesDescription="Axial 1.0 mm",
                **_named(named),
            )
        )
        found = self._study(study)
        return ToReport(
            study,
            found["id"],
            patient.removeprefix("Patient/"),
            order,
            f"ImagingStudy/{self._study(before)['id']}",
            accession,
        )

    def signed(self, waiting: ToReport, who: AccessScope | None = None, **content: str) -> WrittenReport:
        """A report of a study that somebody signed."""
        said = ReportContent(**{"findings": "결절.", "impression": KOREAN, **content})
        return self.reporting.write(who or self.reader, waiting.uid, said, ReportStep.SIGN, None)

    @property
    def sign(self) -> ReportStep:
        """The step of a signature."""
        return ReportStep.SIGN

    def content(self, impression: str) -> ReportContent:
        """A report that says no more than what it concludes."""
        return ReportContent(impression=impression)

    def file(self, report: WrittenReport) -> int:
        """Make the DICOM objects of a report."""
        return self.filing.file(self.system, report.report_id)

    def objects(self, waiting: ToReport) -> list[str]:
        """The UIDs of the SR objects of a study, in the order of storing."""
        found = self.wiring.imaging.instances(self.system, waiting.uid)
        return [
            each.sop_uid for each in found if each.sop_class_uid.startswith("1.2.840.10008.5.1.4.1.1.88.")
        ]

    def bytes_of(self, waiting: ToReport, sop_uid: str) -> bytes:
        """The file of an instance of a study."""
        for each in self.wiring.imaging.instances(self.system, waiting.uid):
            if each.sop_uid == sop_uid:
                with self.wiring.blobs.open(each.blob_id) as file:
                    return file.read()
        raise AssertionError(sop_uid)

    def reports(self, waiting: ToReport) -> list[Any]:
        """All DiagnosticReports of a study."""
        return self.found("DiagnosticReport", ("imagingStudy", f"ImagingStudy/{waiting.study}"))

    def _study(self, study_uid: str) -> Any:
        (found,) = self.found("ImagingStudy", ("identifier", f"urn:oid:{study_uid}"))
        return found


def _named(named: dict[str, str]) -> dict[str, Any]:
    return {"patient_id": named["PatientID"], "PatientName": named["PatientName"]}


def _all(kind: str, where: Any) -> Any:
    return Question(kind, where, Page(limit=50))
