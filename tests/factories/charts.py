"""Charts in memory, of resources that are written down in a line each."""

from collections.abc import Mapping
from datetime import UTC, date
from typing import Any

from app.records.glance.chart import ChartItem, PatientChart
from app.records.glance.moments import lasting_of
from tests.factories.fhir import Resource, patient

TODAY = date(2026, 11, 22)
MINE = "Patient/mine"


def item(resource: Resource, *, version: int = 1, updated: int = 0) -> ChartItem:
    """A resource as an item of a chart."""
    reference = f"{resource['resourceType']}/{resource['id']}"
    return ChartItem(reference, version, updated, resource, lasting_of(resource, UTC))


def chart_of(*resources: Resource, as_of: date = TODAY, **parts: Any) -> PatientChart:
    """The chart of a woman born in 1970 with these resources."""
    person = parts.pop("person", None) or patient(id="mine")
    return PatientChart(person, tuple(item(each) for each in resources), as_of, UTC, **parts)


def study(name: str, day: str, modality: str = "CT", region: str = "CHEST", **elements: Any) -> Resource:
    """A study of a day, kind and region, by DICOM's words."""
    return {
        "resourceType": "ImagingStudy",
        "id": name,
        "status": "available",
        "subject": {"reference": MINE},
        "started": day,
        "modality": [{"system": "http://dicom.nema.org/resources/ontology/DCM", "code": modality}],
        "description": f"{modality} {region.lower()}",
        **elements,
    }


def report(name: str, day: str, conclusion: str, of: str = "", **elements: Any) -> Resource:
    """A radiology report of a day, of a study where one is named."""
    return {
        "resourceType": "DiagnosticReport",
        "id": name,
        "status": "final",
        "category": [{"coding": [{"code": "RAD"}]}],
        "code": {"text": "Radiology report"},
        "subject": {"reference": MINE},
        "effectiveDateTime": day,
        "conclusion": conclusion,
        **({"imagingStudy": [{"reference": f"ImagingStudy/{of}"}]} if of else {}),
        **elements,
    }


def order(name: str, day: str, words: str = "CT chest", **elements: Any) -> Resource:
    """An order for pictures."""
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "code": {"text": words},
        "subject": {"reference": MINE},
        "authoredOn": day,
        **elements,
    }


def value(name: str, day: str, code: str, number: float, unit: str = "mg/dL", **elements: Any) -> Resource:
    """A measured value."""
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": code}]},
        "subject": {"reference": MINE},
        "effectiveDateTime": day,
        "valueQuantity": {"value": number, "unit": unit},
        **elements,
    }


def told(entries: list[dict[str, Any]]) -> list[Any]:
    """The references of entries, in order."""
    return [each["reference"] for each in entries]


def named(kind: str, name: str, **elements: Any) -> Resource:
    """Any other resource about the patient."""
    about: Mapping[str, Any] = {"subject": {"reference": MINE}}
    return {"resourceType": kind, "id": name, **about, **elements}
