"""An authored case as the FHIR resources that exist before its pictures: the chart, and the orders."""

from collections.abc import Iterator
from datetime import date

from app.samples.case import Birth, Case, Diagnosis, Prescription, Study, Via
from app.samples.codes import (
    CLINICAL,
    DIAGNOSES,
    DICOM_UID,
    DRUGS,
    IDENTIFIER_TYPE,
    MRN,
    SNOMED,
    VERIFICATION,
    JsonObject,
    accession_identifier,
    concept,
    status_concept,
)
from app.samples.department import ORDERING
from app.samples.naming import accession_of, mrn_of, patient_of, study_uid
from app.samples.sets import PICTURES
from app.samples.telling import story

_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
_BIRTH_LENGTH = {Birth.DAY: 10, Birth.MONTH: 7, Birth.YEAR: 4, Birth.UNKNOWN: 0}
_ORDERED = {
    "CT": (SNOMED, "77477000", "Computed tomography"),
    "MR": (SNOMED, "113091000", "Magnetic resonance imaging"),
    "US": (SNOMED, "16310003", "Diagnostic ultrasonography"),
    "MG": (SNOMED, "71651007", "Mammography"),
}


def chart(case: Case, as_of: date) -> Iterator[JsonObject]:
    """Every resource of a case that needs no picture, the patient first."""
    yield patient(case, as_of)
    for number, diagnosis in enumerate(case.diagnoses, 1):
        yield condition(case, number, diagnosis, as_of)
    if case.family_history:
        yield family_history(case, case.family_history)
    for number, prescription in enumerate(case.prescriptions, 1):
        yield from prescribed(case, number, prescription, as_of)
    yield from story(case, as_of)
    for number, study in enumerate(case.studies, 1):
        yield order(case, number, study, as_of)


def announced(case: Case, as_of: date, seed: int) -> Iterator[JsonObject]:
    """The ImagingStudy of each ordered study whose report knows the order alone; its pictures adopt it."""
    for number, study in enumerate(case.studies, 1):
        if any(report.via is Via.ORDER for report in study.reports):
            yield {
                "resourceType": "ImagingStudy",
                "identifier": [
                    {"system": DICOM_UID, "value": f"urn:oid:{study_uid(seed, case.key, number)}"},
                    accession_identifier(accession_of(case.key, number)),
                ],
                "status": "registered",
                "subject": {"reference": patient_of(case)},
                "started": study.ago.before(as_of).isoformat(),
                "basedOn": [{"reference": f"ServiceRequest/{case.key}-order-{number}"}],
            }


def patient(case: Case, as_of: date) -> JsonObject:
    """The patient, under the romanised name and the Korean one, born as exactly as the case says."""
    born = case.age.before(as_of).isoformat()[: _BIRTH_LENGTH[case.birth]]
    family, given = case.korean
    return {
        "resourceType": "Patient",
        "id": case.key,
        "identifier": [
            {"type": status_concept(IDENTIFIER_TYPE, "MR"), "system": MRN, "value": mrn_of(case.key)}
        ],
        "active": True,
        "name": [
            {"use": "official", "family": case.family, "given": [case.given]},
            {
                "extension": [{"url": _REPRESENTATION, "valueCode": "SYL"}],
                "text": f"{family}{given}",
                "family": family,
                "given": [given],
            },
        ],
        "gender": case.sex,
        **({"birthDate": born} if born else {}),
        **({"deceasedDateTime": case.died.before(as_of).isoformat()} if case.died else {}),
    }


def condition(case: Case, number: int, diagnosis: Diagnosis, as_of: date) -> JsonObject:
    """One diagnosis."""
    dated = {diagnosis.dated: diagnosis.ago.before(as_of).isoformat()} if diagnosis.ago else {}
    clinical = {"clinicalStatus": status_concept(CLINICAL, diagnosis.clinical)} if diagnosis.clinical else {}
    return {
        "resourceType": "Condition",
        "id": f"{case.key}-condition-{number}",
        **clinical,
        "verificationStatus": status_concept(VERIFICATION, diagnosis.verification),
        "code": concept(DIAGNOSES[diagnosis.code]),
        "subject": {"reference": patient_of(case)},
        **dated,
    }


def family_history(case: Case, code: str) -> JsonObject:
    """A parent's diagnosis, which is not the patient's."""
    mother = concept(("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH"), "mother")
    return {
        "resourceType": "FamilyMemberHistory",
        "id": f"{case.key}-family-1",
        "status": "completed",
        "patient": {"reference": patient_of(case)},
        "relationship": mother,
        "condition": [{"code": concept(DIAGNOSES[code])}],
    }


def prescribed(case: Case, number: int, prescription: Prescription, as_of: date) -> Iterator[JsonObject]:
    """One order for a drug, behind its Medication where the case refers to one."""
    drug = concept(*DRUGS[prescription.drug])
    chosen: JsonObject = {"medicationCodeableConcept": drug}
    if prescription.by_reference:
        medication = f"{case.key}-medication-{number}"
        yield {"resourceType": "Medication", "id": medication, "code": drug}
        chosen = {"medicationReference": {"reference": f"Medication/{medication}"}}
    yield {
        "resourceType": "MedicationRequest",
        "id": f"{case.key}-prescription-{number}",
        "status": prescription.status,
        "intent": "order",
        **chosen,
        "subject": {"reference": patient_of(case)},
        "authoredOn": prescription.ago.before(as_of).isoformat(),
        "requester": {"reference": ORDERING},
        "reasonReference": [{"reference": each} for each in _reasons(case, prescription)],
    }


def _reasons(case: Case, prescription: Prescription) -> list[str]:
    """The conditions that a drug is for."""
    if prescription.problem:
        return [f"Condition/{case.key}-problem-{prescription.problem}"]
    return [f"Condition/{case.key}-condition-{each}" for each in range(1, len(case.diagnoses) + 1)]


def order(case: Case, number: int, study: Study, as_of: date) -> JsonObject:
    """The order for one study, with its accession number."""
    system, code, name = _ORDERED[PICTURES[study.pictures].modality]
    return {
        "resourceType": "ServiceRequest",
        "id": f"{case.key}-order-{number}",
        "identifier": [accession_identifier(accession_of(case.key, number))],
        "status": "completed",
        "intent": "order",
        "code": concept((system, code), name),
        "subject": {"reference": patient_of(case)},
        "authoredOn": study.ago.before(as_of).isoformat(),
        "requester": {"reference": ORDERING},
        **({"reasonCode": [{"text": study.reason}]} if study.reason else {}),
    }
