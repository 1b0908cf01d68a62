"""The codes that sample records use, and the identifier systems they are filed under."""

from typing import Any, TypeAlias

from fhir_profiles.terminology import Coding, display

MRN = "urn:hilum:mrn"
ACCESSION = "urn:hilum:accession"
SAMPLE = "urn:hilum:sample"
SNOMED = "http://snomed.info/sct"
ICD_O = "urn:oid:2.16.840.1.113883.6.43.1"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
DICOM_UID = "urn:dicom:uid"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"

DIAGNOSES: dict[str, Coding] = {
    "bone osteosarcoma": (SNOMED, "307576001"),
    "osteosarcoma morphology": (SNOMED, "21708004"),
    "osteosarcoma": (ICD_O, "9180/3"),
    "telangiectatic osteosarcoma": (ICD_O, "9183/3"),
    "central osteosarcoma": (ICD_O, "9186/3"),
    "parosteal osteosarcoma": (ICD_O, "9192/3"),
    "periosteal osteosarcoma": (ICD_O, "9193/3"),
    "chondrosarcoma": (ICD_O, "9220/3"),
    "Ewing sarcoma": (ICD_O, "9260/3"),
    "bone cancer of the leg": (ICD_10_CM, "C40.22"),
}
DRUGS: dict[str, tuple[Coding, str]] = {
    "methotrexate": ((RXNORM, "6851"), "methotrexate"),
    "doxorubicin": ((RXNORM, "3639"), "doxorubicin"),
    "cisplatin": ((RXNORM, "2555"), "cisplatin"),
    "ifosfamide": ((RXNORM, "5657"), "ifosfamide"),
    "etoposide": ((RXNORM, "4179"), "etoposide"),
    "leucovorin": ((RXNORM, "6313"), "leucovorin"),
    "metformin": ((RXNORM, "6809"), "metformin"),
    "ondansetron": ((RXNORM, "26225"), "ondansetron"),
}
_NAMES = {(ICD_10_CM, "C40.22"): "Malignant neoplasm of long bones of left lower limb"}

JsonObject: TypeAlias = dict[str, Any]


def concept(coding: Coding, text: str | None = None) -> JsonObject:
    """A CodeableConcept of one coding, with the name that Hilum knows for it."""
    system, code = coding
    name = text or display(system, code) or _NAMES.get(coding)
    named = {"display": name} if name else {}
    return {"coding": [{"system": system, "code": code, **named}], **({"text": name} if name else {})}


def status_concept(system: str, code: str) -> JsonObject:
    """A CodeableConcept of a status code."""
    return {"coding": [{"system": system, "code": code}]}


def accession_identifier(accession: str) -> JsonObject:
    """An accession number as an Identifier (type ACSN)."""
    return {
        "type": status_concept(IDENTIFIER_TYPE, "ACSN"),
        "system": ACCESSION,
        "value": accession,
    }


def study_reference(study_uid: str) -> JsonObject:
    """A conditional reference (FHIR R4 http.html#trules): the server made the study's id, we know its UID."""
    return {"reference": f"ImagingStudy?identifier={DICOM_UID}|urn:oid:{study_uid}"}
