"""The words of a question, as tables: which resources an event is found in, by which search parameters.

A new filter of a kind of event is one more entry here; the schema and the compiler read these tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhir_profiles.definitions.registry import (
    RESOURCE_TYPES,
    in_patient_compartment,
    reference_paths,
    search_parameter,
)

PATIENT, STUDY, ORDER, OBSERVATION = "Patient", "ImagingStudy", "ServiceRequest", "Observation"


@dataclass(frozen=True, slots=True)
class EventSource:
    """Where events of a kind are found: search parameters by the names that a question uses.

    `dates` are in the order in which they are tried when the question names none; `through` is the reference
    parameter whose target may hold the codes instead; `lasting`: its dates are from when to when, and not one
    day that is known no better.
    """

    tokens: Mapping[str, str] = field(default_factory=dict)
    concepts: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    through: str | None = None
    lasting: bool = False


_CONDITION = EventSource(
    tokens={
        "verification": "verification-status",
        "clinicalStatus": "clinical-status",
        "category": "category",
    },
    concepts={"codes": "code", "bodySite": "body-site", "severity": "severity"},
    dates={"recordedDate": "recorded-date", "onset": "onset-date", "abatement": "abatement-date"},
)
_OBSERVATION = EventSource(
    tokens={"status": "status", "category": "category"},
    concepts={"codes": "combo-code"},
    dates={"effective": "date"},
)
_PROCEDURE = EventSource(
    tokens={"status": "status", "category": "category"},
    concepts={"codes": "code"},
    dates={"performed": "date"},
)
_ENCOUNTER = EventSource(
    tokens={"class": "class", "status": "status"},
    concepts={"codes": "type", "reason": "reason-code"},
    dates={"period": "date"},
    lasting=True,
)
_ALLERGY = EventSource(
    tokens={
        "clinicalStatus": "clinical-status",
        "verification": "verification-status",
        "category": "category",
        "criticality": "criticality",
    },
    concepts={"codes": "code"},
    dates={"recordedDate": "date", "onset": "onset"},
)
_IMMUNIZATION = EventSource(
    tokens={"status": "status"}, concepts={"codes": "vaccine-code"}, dates={"occurrence": "date"}
)
_FAMILY = EventSource(
    tokens={"relationship": "relationship", "status": "status"},
    concepts={"codes": "code"},
    dates={"date": "date"},
)
_DOCUMENT = EventSource(
    tokens={"category": "category", "status": "status"}, concepts={"codes": "type"}, dates={"date": "date"}
)
_DEVICE = EventSource(
    tokens={"status": "status"},
    concepts={"codes": "type"},
    texts={"manufacturer": "manufacturer", "model": "model"},
)
_REPORT = EventSource(
    tokens={"status": "status", "category": "category"},
    concepts={"codes": "code"},
    dates={"effective": "date", "issued": "issued"},
)
_IMAGING = EventSource(
    tokens={"modality": "modality", "status": "status"},
    concepts={"bodySite": "bodysite"},
    dates={"started": "started"},
)


def _medication(
    date_name: str, date_parameter: str, *, intent: bool = False, lasting: bool = False
) -> EventSource:
    return EventSource(
        tokens={"status": "status"} | ({"intent": "intent"} if intent else {}),
        concepts={"codes": "code"},
        dates={date_name: date_parameter},
        through="medication",
        lasting=lasting,
    )


KINDS: Mapping[str, Mapping[str, EventSource]] = {
    "condition": {"Condition": _CONDITION},
    "observation": {OBSERVATION: _OBSERVATION},
    "medication": {
        "MedicationRequest": _medication("authoredOn", "authoredon", intent=True),
        "MedicationStatement": _medication("effective", "effective", lasting=True),
        "MedicationAdministration": _medication("effective", "effective-time"),
        "MedicationDispense": _medication("whenHandedOver", "whenhandedover"),
    },
    "procedure": {"Procedure": _PROCEDURE},
    "encounter": {"Encounter": _ENCOUNTER},
    "allergy": {"AllergyIntolerance": _ALLERGY},
    "immunization": {"Immunization": _IMMUNIZATION},
    "familyHistory": {"FamilyMemberHistory": _FAMILY},
    "document": {"DocumentReference": _DOCUMENT},
    "device": {"Device": _DEVICE},
    "imaging": {STUDY: _IMAGING},
    "report": {"DiagnosticReport": _REPORT},
    "dose": {OBSERVATION: _OBSERVATION},
}
"""By kind and resource type; the first type of a kind is the one meant when the question names none."""

_ERROR = "entered-in-error"
NEVER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "Condition": {"verification-status": ("refuted", _ERROR)},
    "AllergyIntolerance": {"verification-status": ("refuted", _ERROR)},
    "MedicationRequest": {
        "status": (_ERROR, "draft"),
        "intent": ("proposal", "plan", "option"),
        "do-not-perform": ("true",),
    },
    "MedicationStatement": {"status": (_ERROR, "not-taken")},
    "MedicationAdministration": {"status": (_ERROR, "not-done")},
    "DiagnosticReport": {"status": (_ERROR, "cancelled")},
    STUDY: {"status": (_ERROR, "cancelled")},
    "Procedure": {"status": (_ERROR, "not-done", "preparation")},
    OBSERVATION: {"status": (_ERROR, "cancelled", "registered")},
    "Encounter": {"status": (_ERROR, "cancelled", "planned")},
    "FamilyMemberHistory": {"status": (_ERROR, "health-unknown")},
    "Immunization": {"status": (_ERROR, "not-done")},
}
"""What does not count unless a question asks for it by name: it was never so, or is not (yet) an order."""

DCM = "http://dicom.nema.org/resources/ontology/DCM"
MEASURES: Mapping[str, tuple[str, ...]] = {
    "ctdivol": ("113830",),  # mean CTDIvol
    "dlp": ("113838", "113813"),  # DLP, CT dose length product total
    "dap": ("122130", "113722", "113726", "113727"),  # product; totals of all, fluoroscopy, acquisition
    "effective": ("113839",),  # effective dose
}
"""Doses as dose reports name them (PS3.16 TID 10001 to 10013), by DICOM code."""

DIRECT: Mapping[str, str] = {
    "DiagnosticReport": "imagingStudy",
    "DocumentReference": "related",
    "Observation": "derived-from",
}
ORDERED: Mapping[str, str] = {
    "DiagnosticReport": "based-on",
    "DocumentReference": "related",
    "Observation": "based-on",
}
"""The reference parameter by which resources of a type name their study, and their order."""
LINKABLE = tuple(DIRECT)
_NOT_OF_A_CHART = frozenset({"AuditEvent", "Provenance", "Person", "Group", "List"})


def never(resource: str) -> Mapping[str, tuple[str, ...]]:
    """The codes that do not count, by search parameter."""
    if resource in NEVER:
        return NEVER[resource]
    return {"status": (_ERROR,)} if search_parameter(resource, "status") else {}


def patient_paths(resource: str) -> tuple[str, ...]:
    """Where a resource names the patient whose it is."""
    return reference_paths(resource, "patient")


def row_types() -> frozenset[str]:
    """The resource types whose rows may be asked for: those that have one patient, and the patient."""
    mine = (
        each
        for each in RESOURCE_TYPES - _NOT_OF_A_CHART
        if in_patient_compartment(each) and patient_paths(each)
    )
    return frozenset({PATIENT, *mine})
