"""A small hospital of near misses for the mission's question, as raw JSON and DICOM, under any seed.

Each case is one patient and what the question must say of them, written down and not computed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.factories.dicom import ct_instance, mr_instance, uid
from tests.factories.fhir import (
    DICOM_UID,
    Resource,
    accession_identifier,
    condition,
    diagnostic_report,
    document_reference,
    medication_request,
    patient,
    service_request,
)

ICD_O = "urn:oid:2.16.840.1.113883.6.43.1"
MATCHED, UNKNOWN, EXCLUDED = "matched", "unknown", "excluded"


@dataclass(frozen=True)
class Scan:
    """A study that is stored as pictures."""

    uid: str
    patient: str
    modality: str
    accession: str


@dataclass
class Expectation:
    """What is answered of one patient, in references and Study Instance UIDs."""

    verdict: str = EXCLUDED
    medications: set[str] = field(default_factory=set)
    scans: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    links: set[tuple[str, str, str]] = field(default_factory=set)


@dataclass
class World:
    """Everything that is stored, by `Type/id`; `deleted` is deleted again at the end."""

    random: Random
    charts: dict[str, Resource] = field(default_factory=dict)
    scans: list[Scan] = field(default_factory=list)
    findings: dict[str, Resource] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    expected: dict[str, Expectation] = field(default_factory=dict)

    def new_id(self, prefix: str) -> str:
        """An id that tells nothing of the order of making."""
        return f"{prefix}-{self.random.getrandbits(48):012x}"

    def chart(self, resource: Resource) -> str:
        """Store a resource before the pictures; its reference."""
        return self._keep(self.charts, resource)

    def finding(self, resource: Resource) -> str:
        """Store a resource after the pictures; its reference."""
        return self._keep(self.findings, resource)

    def _keep(self, where: dict[str, Resource], resource: Resource) -> str:
        resource["id"] = resource.get("id") or self.new_id(resource["resourceType"].lower())
        name = f"{resource['resourceType']}/{resource['id']}"
        where[name] = resource
        return name

    def pictures(self) -> Iterator[bytes]:
        """The DICOM files."""
        for scan in self.scans:
            make = ct_instance if scan.modality == "CT" else mr_instance
            number = self.charts[scan.patient]["identifier"][0]["value"]
            yield make(
                patient_id=number,
                study_uid=scan.uid,
                AccessionNumber=scan.accession,
                PatientName=None,
                PatientBirthDate=None,
                PatientSex=None,
            )


@dataclass
class Chart:
    """One patient under construction; by default the question's own: old enough, diagnosed, scanned."""

    world: World
    reference: str
    expected: Expectation

    def diagnosed(self, code: str = "307576001", **elements: Any) -> str:
        """Add a condition, recorded on 2026-01-02 unless the elements say otherwise."""
        return self.world.chart(condition(self.reference, code, **elements))

    def prescribed(self, *, counts: bool = True, **elements: Any) -> str:
        """Add an order for a drug, a row of the answer if it counts."""
        name = self.world.chart(medication_request(self.reference, **elements))
        if counts:
            self.expected.medications.add(name)
        return name

    def scanned(self, modality: str = "CT", accession: str | None = None) -> Scan:
        """Add a study, a row of the answer if it is a CT."""
        number = self.world.random.getrandbits(40)
        accession = accession or f"A{number}"
        scan = Scan(uid("cohort", number), self.reference, modality, accession)
        self.world.scans.append(scan)
        if modality == "CT":
            self.expected.scans.add(scan.uid)
        return scan

    def reported(self, *ties: tuple[Scan, str], of: str | None = None, **elements: Any) -> str:
        """Add a report; `ties` are the studies it is to be linked to, and how."""
        name = self.world.finding(diagnostic_report(of or self.reference, **elements))
        self.expected.links |= {(name, scan.uid, via) for scan, via in ties}
        return name

    def documented(self, scan: Scan, *, counts: bool = True, **elements: Any) -> str:
        """Add a document about a study."""
        name = self.world.finding(document_reference(self.reference, (study_of(scan),), **elements))
        if counts:
            self.expected.documents.add(name)
        return name


def study_of(scan: Scan) -> str:
    """A conditional reference to the study that the server made of the pictures."""
    return f"ImagingStudy?identifier={DICOM_UID}|urn:oid:{scan.uid}"


def build(seed: int) -> World:
    """The world of one seed: other ids, accession numbers and UIDs, the cases in another order."""
    world = World(Random(seed))
    cases = list(CASES)
    world.random.shuffle(cases)
    for verdict, case, born in cases:
        expected = Expectation(verdict)
        number = world.new_id("MRN")
        reference = world.chart(patient(number, id=world.new_id("p"), birthDate=born))
        world.expected[reference] = expected
        case(Chart(world, reference, expected))
    return world


Case = tuple[str, Callable[[Chart], object], str | None]
CASES: list[Case] = []


def case(verdict: str, born: str | None = "1970-02-03") -> Callable[[Callable[[Chart], None]], None]:
    """Register a case: its verdict, and the patient's birth date."""

    def register(build_case: Callable[[Chart], None]) -> None:
        CASES.append((verdict, build_case, born))

    return register


def ordinary(chart: Chart) -> Scan:
    """A drug, a diagnosis in time and a CT."""
    chart.prescribed()
    chart.diagnosed()
    return chart.scanned()


def number(accession: str) -> list[Resource]:
    """The identifiers of something filed under an accession number."""
    return [accession_identifier(accession)]


__all__ = ["ICD_O", "Chart", "Scan", "World", "build", "service_request"]
