"""The chart of one patient as a hospital sends it: resources, and the pictures that belong to them."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.factories.dicom import ct_instance, mr_instance, uid
from tests.factories.fhir import (
    DICOM_UID,
    UCUM,
    VERIFICATION,
    Resource,
    accession_identifier,
    concept,
    condition,
    diagnostic_report,
    document_reference,
    encounter,
    medication_request,
    observation,
    patient,
)
from tests.factories.wards.terms import LOINC, Result, Term

_ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_AGENTS = {True: "OMNIPAQUE 350", False: "NONE", None: None}
_PANEL = "85354-9"
_PRESSURES = frozenset({"8480-6", "8462-4"})


@dataclass(frozen=True, slots=True)
class Series:
    """What is said of one series of pictures; None is not said."""

    region: str | None = "CHEST"
    thickness: float | None = 5.0
    strength: float | None = None
    contrast: bool | None = None
    maker: str = "SIEMENS"
    description: str = "AX"
    side: str | None = None
    pictures: int = 1


@dataclass(frozen=True, slots=True)
class Scan:
    """A study that is stored as pictures."""

    study: str
    day: date
    modality: str
    accession: str
    description: str
    series: tuple[Series, ...]

    @property
    def reference(self) -> str:
        """A conditional reference to the study that the server makes of the pictures."""
        return f"ImagingStudy?identifier={DICOM_UID}|urn:oid:{self.study}"


@dataclass
class Chart:
    """A patient under construction; every second record is in Korean where `korean`."""

    random: Random
    name: str
    korean: bool = False
    resources: list[Resource] = field(default_factory=list)
    findings: list[Resource] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    person: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The reference to the patient."""
        return f"Patient/{self.name}"

    def born(self, day: date, sex: str, **elements: Any) -> None:
        """Say who the patient is."""
        self.person = {"birthDate": day.isoformat(), "gender": sex, **elements}

    def add(self, resource: Resource) -> str:
        """Keep a resource; its reference."""
        resource["id"] = f"{self.name}-{len(self.resources) + len(self.findings)}"
        late = resource["resourceType"] in ("DiagnosticReport", "DocumentReference")
        (self.findings if late else self.resources).append(resource)
        return f"{resource['resourceType']}/{resource['id']}"

    def diagnosed(self, term: Term, day: date, verification: str = "confirmed", **elements: Any) -> str:
        """A diagnosis that was recorded on a day."""
        made = condition(self.reference, code=term.code, recordedDate=day.isoformat(), **elements)
        made["verificationStatus"] = concept(verification, VERIFICATION)
        return self._coded(made, "code", term)

    def prescribed(self, term: Term, day: date, **elements: Any) -> str:
        """An order for a drug."""
        made = medication_request(self.reference, authoredOn=day.isoformat(), **elements)
        return self._coded(made, "medicationCodeableConcept", term)

    def done(self, term: Term, day: date, **elements: Any) -> str:
        """A procedure."""
        made = {"status": "completed", "performedDateTime": day.isoformat(), **elements}
        return self._coded(self._about("Procedure", made), "code", term)

    def allergic(self, term: Term, day: date, verification: str = "confirmed") -> str:
        """An allergy."""
        system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-"
        made = {
            "clinicalStatus": concept("active", f"{system}clinical"),
            "verificationStatus": concept(verification, f"{system}verification"),
            "patient": {"reference": self.reference},
            "recordedDate": day.isoformat(),
        }
        return self._coded({"resourceType": "AllergyIntolerance", **made}, "code", term)

    def vaccinated(self, term: Term, day: date, status: str = "completed") -> str:
        """A vaccination."""
        made = {"patient": {"reference": self.reference}, "occurrenceDateTime": day.isoformat()}
        return self._coded({"resourceType": "Immunization", "status": status, **made}, "vaccineCode", term)

    def carries(self, term: Term) -> str:
        """A device."""
        made = {"status": "active", "patient": {"reference": self.reference}}
        return self._coded({"resourceType": "Device", **made}, "type", term)

    def inherits(self, term: Term, relative: str = "MTH") -> str:
        """What a relative has."""
        condition_of = [{"code": term.concept(korean=self._speaks_korean())}]
        made = {
            "status": "completed",
            "patient": {"reference": self.reference},
            "relationship": concept(relative, _ROLE),
        }
        return self.add({"resourceType": "FamilyMemberHistory", **made, "condition": condition_of})

    def visited(
        self,
        kind: str,
        day: date,
        *,
        days: int = 3,
        type_: Term | None = None,
        reason: Term | None = None,
        status: str = "finished",
    ) -> str:
        """A visit of a class, or a stay of some days."""
        last = day + timedelta(days=days if kind == "IMP" else 0)
        made = encounter(self.reference, status=status)
        made["class"] = {"system": _ACT, "code": kind}
        made["period"] = {"start": f"{day}T09:00:00+09:00", "end": f"{last}T18:00:00+09:00"}
        if type_:
            made["type"] = [type_.concept(korean=self._speaks_korean())]
        if reason:
            made["reasonCode"] = [reason.concept(korean=self._speaks_korean())]
        return self.add(made)

    def measured(
        self, result: Result, written: float, day: date, grade: str | None = None, status: str = "final"
    ) -> str:
        """A result as it is written in the unit of a way to measure; pressures are parts of a panel."""
        quantity = {"value": written, "unit": result.unit, "system": UCUM, "code": result.unit}
        made = observation(self.reference, status=status, effectiveDateTime=f"{day}T08:30:00+09:00")
        called = result.concept(korean=self._speaks_korean())
        made["category"] = [concept(result.category, _CATEGORY)]
        if result.code in _PRESSURES:
            del made["valueQuantity"]
            made["code"] = concept(_PANEL, LOINC, "Blood pressure panel with all children optional")
            made["component"] = [{"code": called, "valueQuantity": quantity}]
        else:
            made |= {"code": called, "valueQuantity": quantity}
        if grade:
            made["interpretation"] = [concept(grade, _INTERPRETATION)]
        return self.add(made)

    def answered(self, question: str, term: Term, day: date) -> str:
        """A coded answer, such as how somebody smokes."""
        made = observation(self.reference, question, None, effectiveDateTime=f"{day}T08:30:00+09:00")
        made["category"] = [concept("social-history", _CATEGORY)]
        made["code"]["coding"][0]["display"] = "Tobacco smoking status"
        made["valueCodeableConcept"] = term.concept(korean=self._speaks_korean())
        return self.add(made)

    def irradiated(self, code: str, value: float, unit: str, day: date) -> str:
        """A dose, as a dose report says it."""
        quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
        made = observation(self.reference, code, None, system=_DCM, effectiveDateTime=f"{day}T10:00:00+09:00")
        return self.add({**made, "valueQuantity": quantity})

    def scanned(self, modality: str, day: date, *series: Series, description: str = "") -> Scan:
        """A study of series."""
        number = self.random.getrandbits(48)
        scan = Scan(
            uid("ward", self.name, number), day, modality, f"A{number}", description, series or (Series(),)
        )
        self.scans.append(scan)
        return scan

    def reported(self, conclusion: str, findings: str, day: date, scan: Scan | None = None) -> str:
        """A radiology report: its impression as its conclusion, all of it as its text."""
        text = f"FINDINGS:\n{findings}\n\nIMPRESSION:\n{conclusion}\n".encode()
        made = diagnostic_report(
            self.reference,
            study=scan.reference if scan else None,
            effectiveDateTime=f"{day}T11:00:00+09:00",
            conclusion=conclusion,
            presentedForm=[{"contentType": "text/plain", "data": b64encode(text).decode()}],
        )
        return self.add(made)

    def documented(self, term: Term, day: date, scan: Scan | None = None) -> str:
        """A document, of a study where one is given."""
        made = document_reference(self.reference, (scan.reference,) if scan else (), date=f"{day}T12:00:00Z")
        if scan and self.random.random() < 0.5:
            made["identifier"] = [accession_identifier(scan.accession)]
        return self._coded(made, "type", term)

    def everything(self) -> list[Resource]:
        """The patient and all that is stored before the pictures."""
        return [patient(f"MRN-{self.name}", id=self.name, **self.person), *self.resources]

    def files(self) -> Iterator[bytes]:
        """The pictures."""
        for scan in self.scans:
            for at, series in enumerate(scan.series):
                yield from _files(self.name, scan, series, at)

    def _speaks_korean(self) -> bool:
        return self.korean and self.random.random() < 0.7

    def _about(self, kind: str, elements: Mapping[str, Any]) -> Resource:
        return {"resourceType": kind, "subject": {"reference": self.reference}, **elements}

    def _coded(self, made: Resource, element: str, term: Term) -> str:
        made[element] = term.concept(korean=self._speaks_korean())
        return self.add(made)


def _files(name: str, scan: Scan, series: Series, at: int) -> Iterator[bytes]:
    made = mr_instance if scan.modality == "MR" else ct_instance
    for number in range(1, series.pictures + 1):
        yield made(
            patient_id=f"MRN-{name}",
            study_uid=scan.study,
            series_uid=uid(scan.study, at),
            number=number,
            Modality=scan.modality,
            StudyDate=scan.day.strftime("%Y%m%d"),
            AccessionNumber=scan.accession,
            StudyDescription=scan.description or None,
            SeriesDescription=series.description,
            SeriesNumber=at + 1,
            BodyPartExamined=series.region,
            SliceThickness=str(series.thickness) if series.thickness is not None else None,
            MagneticFieldStrength=str(series.strength) if series.strength is not None else None,
            ContrastBolusAgent=_AGENTS[series.contrast],
            Manufacturer=series.maker,
            Laterality=series.side,
            PatientName=None,
            PatientBirthDate=None,
            PatientSex=None,
        )
