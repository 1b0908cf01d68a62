"""The Patient of a study (PS3.3 C.7.1.1 to FHIR R4 patient.html)."""

from collections.abc import Mapping
from typing import Any

from fhir.resources.R4B.patient import Patient

from fhir_profiles.mapping.dicom_values import day, first, text
from fhir_profiles.mapping.patient_identity import PROVISIONAL
from fhir_profiles.mapping.person_names import human_names
from fhir_profiles.validation.primitives import CHECKS

_GENDERS = {"M": "male", "F": "female", "O": "other", "U": "unknown"}


def patient(
    facts: Mapping[str, Any], *, id: str, identifier_system: str, provisional: bool = False
) -> dict[str, Any]:
    """The Patient that the facts describe, with PatientID as an identifier of the system.

    Read are PatientID, PatientName, PatientBirthDate and PatientSex. A provisional one is tagged
    `PROVISIONAL` and its identifier has the use `temp`.
    """
    elements = {
        "meta": {"tag": [PROVISIONAL]} if provisional else None,
        "identifier": _identifiers(facts, identifier_system, provisional),
        "name": human_names(facts.get("PatientName")),
        "gender": _GENDERS.get(first(facts.get("PatientSex")).upper()),
        "birthDate": day(facts.get("PatientBirthDate")),
    }
    resource = {
        "resourceType": "Patient",
        "id": id,
        **{key: value for key, value in elements.items() if value},
    }
    Patient.model_validate(resource)
    return resource


def _identifiers(facts: Mapping[str, Any], system: str, provisional: bool) -> list[dict[str, str]]:
    value = text(facts.get("PatientID"))
    if value is None:
        return []
    identifier = {"use": "temp"} if provisional else {}
    if CHECKS["uri"](system):
        identifier["system"] = system
    return [{**identifier, "value": value}]
