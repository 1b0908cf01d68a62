"""A story as FHIR resources, put under ids of their own beside the chart of its case."""

from collections.abc import Iterator
from datetime import date, timedelta

from app.samples.case import Case
from app.samples.codes import (
    CLINICAL,
    LOINC,
    UCUM,
    VERIFICATION,
    JsonObject,
    concept,
    status_concept,
)
from app.samples.department import ORDERING
from app.samples.naming import patient_of
from app.samples.prose import written_out
from app.samples.stories import STORIES
from app.samples.story import (
    DoneProcedure,
    ImplantedDevice,
    KnownAllergy,
    LabSeries,
    OtherCondition,
    PathologyReport,
    Visit,
)

_ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
_ALLERGY_VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_PATHOLOGY = ("http://terminology.hl7.org/CodeSystem/v2-0074", "PAT")
_SIGNED = "T11:00:00Z"


def story(case: Case, as_of: date) -> Iterator[JsonObject]:
    """Every resource of the story of a case; none where it has none."""
    told = STORIES.get(case.key)
    if told is None:
        return
    for number, condition in enumerate(told.conditions, 1):
        yield _condition(case, number, condition, as_of)
    for allergy in told.allergies:
        yield _allergy(case, allergy, as_of)
    for place, labs in enumerate(told.labs, 1):
        yield from _observations(case, place, labs, as_of)
    if told.implant:
        yield _device(case, told.implant)
    for number, operation in enumerate(told.operations, 1):
        yield _procedure(case, number, operation, as_of)
    for number, report in enumerate(told.pathology, 1):
        yield _pathology(case, number, report, as_of)
    for number, visit in enumerate(told.visits, 1):
        yield _encounter(case, number, visit, as_of)


def _condition(case: Case, number: int, told: OtherCondition, as_of: date) -> JsonObject:
    day = told.ago.before(as_of).isoformat()
    return {
        "resourceType": "Condition",
        "id": f"{case.key}-problem-{number}",
        "clinicalStatus": status_concept(CLINICAL, "active"),
        "verificationStatus": status_concept(VERIFICATION, "confirmed"),
        "code": concept(told.code, told.name),
        "subject": {"reference": patient_of(case)},
        "onsetDateTime": day,
        "recordedDate": day,
    }


def _allergy(case: Case, told: KnownAllergy, as_of: date) -> JsonObject:
    day = told.ago.before(as_of).isoformat()
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"{case.key}-allergy-1",
        "clinicalStatus": status_concept(_ALLERGY_CLINICAL, "active"),
        "verificationStatus": status_concept(_ALLERGY_VERIFICATION, "confirmed"),
        "type": "allergy",
        "category": ["medication"],
        "criticality": "high",
        "code": concept(told.code, told.name),
        "patient": {"reference": patient_of(case)},
        "onsetDateTime": day,
        "recordedDate": day,
        "note": [{"text": told.note}],
        "reaction": [{"manifestation": [concept(told.reaction, told.reaction_name)], "severity": "moderate"}],
    }


def _observations(case: Case, place: int, labs: LabSeries, as_of: date) -> Iterator[JsonObject]:
    for number, (days, value) in enumerate(labs.values, 1):
        day = (as_of - timedelta(days=days)).isoformat()
        yield {
            "resourceType": "Observation",
            "id": f"{case.key}-lab-{place}-{number}",
            "status": "final",
            "category": [status_concept(_CATEGORY, labs.category)],
            "code": concept(labs.code, labs.name),
            "subject": {"reference": patient_of(case)},
            "effectiveDateTime": f"{day}T08:00:00Z",
            "issued": f"{day}T09:30:00Z",
            "valueQuantity": _quantity(value, labs.unit),
            "interpretation": [status_concept(_INTERPRETATION, _flag(value, labs))],
            "referenceRange": [_range(labs)],
        }


def _flag(value: float, labs: LabSeries) -> str:
    if labs.low is not None and value < labs.low:
        return "L"
    return "H" if labs.high is not None and value > labs.high else "N"


def _range(labs: LabSeries) -> JsonObject:
    ends = {"low": labs.low, "high": labs.high}
    return {name: _quantity(end, labs.unit) for name, end in ends.items() if end is not None}


def _quantity(value: float, unit: str) -> JsonObject:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def _device(case: Case, told: ImplantedDevice) -> JsonObject:
    return {
        "resourceType": "Device",
        "id": f"{case.key}-device-1",
        "status": "active",
        "type": {"text": told.name},
        "patient": {"reference": patient_of(case)},
        "safety": [concept(told.safety, told.safety_name)],
        "note": [{"text": told.note}],
    }


def _procedure(case: Case, number: int, told: DoneProcedure, as_of: date) -> JsonObject:
    device = {"reference": f"Device/{case.key}-device-1"}
    action = {"text": "Implanted"}
    return {
        "resourceType": "Procedure",
        "id": f"{case.key}-procedure-{number}",
        "status": "completed",
        "code": concept(told.code, told.name) if told.code else {"text": told.name},
        "subject": {"reference": patient_of(case)},
        "performedDateTime": told.ago.before(as_of).isoformat(),
        **({"note": [{"text": told.note}]} if told.note else {}),
        **({"focalDevice": [{"action": action, "manipulated": device}]} if told.implants else {}),
    }


def _pathology(case: Case, number: int, told: PathologyReport, as_of: date) -> JsonObject:
    day = told.ago.before(as_of).isoformat()
    return {
        "resourceType": "DiagnosticReport",
        "id": f"{case.key}-pathology-{number}",
        "status": "final",
        "category": [concept(_PATHOLOGY, "Pathology")],
        "code": concept((LOINC, "60568-3"), "Pathology Synoptic report"),
        "subject": {"reference": patient_of(case)},
        "effectiveDateTime": f"{day}T09:00:00Z",
        "issued": f"{day}{_SIGNED}",
        **written_out(told.findings, told.conclusion, title="Pathology report"),
    }


def _encounter(case: Case, number: int, told: Visit, as_of: date) -> JsonObject:
    start = told.ago.before(as_of)
    end = start + timedelta(days=told.days)
    return {
        "resourceType": "Encounter",
        "id": f"{case.key}-encounter-{number}",
        "status": "finished",
        "class": {"system": _CLASS, "code": told.kind},
        "subject": {"reference": patient_of(case)},
        "participant": [{"individual": {"reference": ORDERING}}],
        "period": {"start": f"{start.isoformat()}T09:00:00Z", "end": f"{end.isoformat()}T16:00:00Z"},
        "reasonCode": [{"text": told.reason}],
    }
