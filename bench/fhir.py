"""FHIR: creating, reading and searching Observations of one patient among many."""

from collections.abc import Iterator
from uuid import uuid4

import orjson

from bench.clients import Gateway, Request, Task, measure
from bench.rows import Row

_JSON = "application/fhir+json"
_PATIENTS, _EACH = 20, 100
_PULSE = "code=http://loinc.org|8867-4&_count=50"


def rows(gateway: Gateway) -> Iterator[Row]:
    """Every row of the suite."""
    patients = _fill(gateway)
    writer = gateway.headers("clinician", Content_Type=_JSON)
    bundle: Request = ("POST", "/fhir", _bundle(patients[0], 100), writer)
    tasks = (
        Task("create Observation", 240, lambda count: _creates(writer, patients, count)),
        _reading(gateway, "read Patient", 1200, f"Patient/{patients[0]}"),
        _reading(gateway, "search by patient and code", 240, f"Observation?patient={patients[0]}&{_PULSE}"),
        _reading(gateway, "search by code, newest first", 240, f"Observation?{_PULSE}&_sort=-date"),
        _reading(gateway, "search by name", 240, "Patient?name=bench&_count=10"),
    )
    for task in tasks:
        yield from measure(gateway, task, 1, 8)
    transaction = Task("transaction of 100", 4, lambda count: [bundle] * count, "resources", 100)
    yield from measure(gateway, transaction, 1)


def _reading(gateway: Gateway, what: str, total: int, path: str) -> Task:
    request: Request = ("GET", f"/fhir/{path}", None, gateway.headers("clinician"))
    return Task(what, total, lambda count: [request] * count)


def _observation(patient: str, number: int) -> dict[str, object]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": f"2026-01-{number % 28 + 1:02}T10:00:00Z",
        "valueQuantity": {
            "value": 60 + number % 40,
            "unit": "/min",
            "system": "http://unitsofmeasure.org",
            "code": "/min",
        },
    }


def _creates(headers: dict[str, str], patients: list[str], times: int) -> list[Request]:
    return [
        ("POST", "/fhir/Observation", orjson.dumps(_observation(patients[at % len(patients)], at)), headers)
        for at in range(times)
    ]


def _bundle(patient: str, size: int) -> bytes:
    entries = [
        {"resource": _observation(patient, at), "request": {"method": "POST", "url": "Observation"}}
        for at in range(size)
    ]
    return orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def _fill(gateway: Gateway) -> list[str]:
    """Patients with observations; return their ids."""
    headers = gateway.headers("clinician", Content_Type=_JSON)
    patients = [f"bench-{uuid4()}"[:60] for _ in range(_PATIENTS)]
    for patient in patients:
        resource = {"resourceType": "Patient", "id": patient, "name": [{"family": "Bench"}]}
        gateway.ask(("PUT", f"/fhir/Patient/{patient}", orjson.dumps(resource), headers))
        gateway.ask(("POST", "/fhir", _bundle(patient, _EACH), headers))
    return patients
