"""A plain reader of the sample question: loops over resources and pictures, no code of the product's."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pydicom import Dataset

from fhir_profiles.terminology import descendants

Resource = dict[str, Any]
Answer = tuple[str, set[str], set[str], set[str], set[tuple[str, str, str]]]
TWO_YEARS_AGO = "2024-11-22"  # of the day of the question below
AS_OF = date(2026, 11, 22)


class Reader:
    """Answers the question for one patient after the other, as of 2026-11-22."""

    def __init__(self, resources: list[Resource], pictures: list[Dataset], question: Resource) -> None:
        assert question["asOf"] == AS_OF.isoformat()
        self.resources = {f"{each['resourceType']}/{each['id']}": each for each in resources if "id" in each}
        self.pictures = pictures
        include = question["conceptSets"]["dx"]["include"]
        self.codes = set().union(*(descendants(each["system"], each["code"]) for each in include))

    def answer(self, patient: str) -> Answer:
        scans = self.scans(patient)
        verdicts = {self.old_enough(patient), self.diagnosed(patient), bool(scans)}
        if False in verdicts:
            return "excluded", set(), set(), set(), set()
        if None in verdicts:
            return "unknown", set(), set(), set(), set()
        documents = {
            name
            for name, each in self.of("DocumentReference", patient)
            if set(self.related(each)) & scans.keys()
        }
        medications = {name for name, _ in self.of("MedicationRequest", patient)}
        return "matched", medications, set(scans), documents, set(self.links(patient, scans))

    def of(self, kind: str, patient: str) -> Iterator[tuple[str, Resource]]:
        for name, each in self.resources.items():
            if each["resourceType"] == kind and each["subject"]["reference"] == patient:
                yield name, each

    def old_enough(self, patient: str) -> bool | None:
        born: str | None = self.resources[patient].get("birthDate")
        if born is None:
            return None
        return born < "1980-11-23" if len(born) == 10 else born < "1980"

    def diagnosed(self, patient: str) -> bool | None:
        found = [
            self.in_time(each) for _, each in self.of("Condition", patient) if self.is_osteosarcoma(each)
        ]
        return True if True in found else None if None in found else False

    def is_osteosarcoma(self, condition: Resource) -> bool:
        status = condition["verificationStatus"]["coding"][0]["code"]
        codings = {(each["system"], each["code"]) for each in condition["code"]["coding"]}
        return status in ("confirmed", "provisional") and bool(codings & self.codes)

    def in_time(self, condition: Resource) -> bool | None:
        day = condition.get("recordedDate", condition.get("onsetDateTime"))
        return None if day is None else TWO_YEARS_AGO <= day <= AS_OF.isoformat()

    def scans(self, patient: str) -> dict[str, str]:
        """Study UID to accession number of the patient's CT studies."""
        number = self.resources[patient]["identifier"][0]["value"]
        mine = (each for each in self.pictures if each.PatientID == number and each.Modality == "CT")
        return {each.StudyInstanceUID: each.AccessionNumber for each in mine}

    def related(self, document: Resource) -> list[str]:
        return _study_uids(document.get("context", {}).get("related", []))

    def links(self, patient: str, scans: dict[str, str]) -> Iterator[tuple[str, str, str]]:
        for name, report in self.of("DiagnosticReport", patient):
            orders = [self.resources[each["reference"]] for each in report.get("basedOn", [])]
            ordered = {accession for order in orders for accession in _accessions(order)}
            for uid, accession in scans.items():
                if uid in _study_uids(report.get("imagingStudy", [])):
                    yield name, uid, "imagingStudy"
                if accession in ordered:
                    yield name, uid, "basedOn"
                if accession in _accessions(report):
                    yield name, uid, "accession"


def _study_uids(references: Iterable[Resource]) -> list[str]:
    return [each["reference"].partition("urn:oid:")[2] for each in references]


def _accessions(resource: Resource) -> set[str]:
    identifiers = resource.get("identifier", [])
    return {
        each["value"] for each in identifiers if each.get("type", {}).get("coding", [{}])[0]["code"] == "ACSN"
    }
