"""A gateway with a patient whose chart has something of everything, and shorter words for asking it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.factories.charts import order, report, study, value
from tests.factories.fhir import (
    Resource,
    bundle,
    condition,
    encounter,
    entry,
    medication_request,
    organization,
    patient,
    practitioner,
    reference,
)

MINE = "Patient/mine"
ASKED = "IMPRESSION: Nodule, 6 mm. Follow-up CT chest in 3 months is recommended."
CHART: tuple[Resource, ...] = (
    organization(id="maker"),
    practitioner(id="doctor"),
    {"resourceType": "Medication", "id": "drug", "code": {"text": "Cisplatin"}},
    patient("P1", id="mine"),
    patient("P2", id="theirs"),
    condition(MINE, id="dx", onsetDateTime="2024-05-01"),
    condition("Patient/theirs", id="other"),
    encounter(MINE, id="visit", participant=[{"individual": reference("Practitioner/doctor")}]),
    medication_request(
        MINE,
        id="rx",
        medicationCodeableConcept=None,
        medicationReference=reference("Medication/drug"),
        authoredOn="2025-02-01",
    ),
    order("ask", "2025-05-01", reasonCode=[{"text": "osteosarcoma"}]),
    study("first", "2024-01-01"),
    study("ct", "2025-05-02", basedOn=[reference("ServiceRequest/ask")]),
    report("r", "2025-05-02", ASKED, of="ct"),
    value("lab", "2025-05-01", "2160-0", 0.9),
    {"resourceType": "Device", "id": "pump", "patient": reference(MINE), "type": {"text": "Insulin pump"}},
)


@dataclass(frozen=True)
class Reader:
    """Somebody who reads one patient, and may write the record."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, **arguments: Any) -> TestResponse:
        """Ask of the patient."""
        return self.client.get(f"/patients/mine/{path}", headers=self.headers, query_string=arguments or None)

    def told(self, path: str, **arguments: Any) -> Any:
        """Ask of the patient what must be answered."""
        answer = self.get(path, **arguments)
        assert answer.status_code == 200, answer.text
        return answer.json

    def mark(self, **body: Any) -> TestResponse:
        """Say that the patient was read."""
        more = {"json": body} if body else {}
        return self.client.put("/patients/mine/read-mark", headers=self.headers, **more)

    def write(self, *resources: Resource) -> None:
        """Write resources under their ids."""
        sent = bundle(*(entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in resources))
        headers = {**self.headers, "Content-Type": "application/fhir+json"}
        answer = self.client.post("/fhir", json=sent, headers=headers)
        assert answer.status_code == 200, answer.text

    def delete(self, path: str) -> None:
        """Delete a resource."""
        assert self.client.delete(f"/fhir/{path}", headers=self.headers).status_code in (200, 204)

    def everything(self) -> set[str]:
        """Every resource of the chart, by `Patient/$everything`."""
        path, found = "/fhir/Patient/mine/$everything?_count=50", set[str]()
        while path:
            page = self.client.get(path, headers=self.headers).get_json()
            found |= {
                f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in page["entry"]
            }
            links = {each["relation"]: each["url"] for each in page["link"]}
            path = links.get("next", "").removeprefix("http://127.0.0.1:8042")
        return found


@pytest.fixture
def reader_of(client: FlaskClient, as_role: AsRole) -> Callable[[str], Reader]:
    """A reader of a role."""
    return lambda role: Reader(client, as_role(role))


@pytest.fixture
def reader(reader_of: Callable[[str], Reader]) -> Reader:
    """A clinician before a chart with something of everything."""
    made = reader_of("clinician")
    made.write(*CHART)
    return made
