"""People at browsers of a gateway of the module, and a patient who has a study and its report."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pytest

from app.wiring import Wiring
from tests.app.conftest import signing_in
from tests.app.http.sessions.conftest import Browser, Person, browser, other, person, scope, site
from tests.factories.dicom import ct_instance, uid

__all__ = ["Browser", "Person", "browser", "other", "person", "scope", "site"]
NAMES = [
    {"use": "official", "family": "Kim", "given": ["Seoyeon"]},
    {"text": "김서연", "family": "김", "given": ["서연"]},
]
REPORT = "Comparison: none.\n소견: 정상."


@dataclass(frozen=True)
class Shown:
    """The names of what was planted."""

    patient: str
    study: str
    number: str
    accession: str


@pytest.fixture(scope="module")
def shown(gateway: Wiring, site: Any) -> Shown:
    """A patient with a name in two scripts, a study and its report."""
    return planted_in(gateway, site)


def planted_in(services: Wiring, app: Any, number: str = "SEEN-7") -> Shown:
    """Plant them through the gateway's own routes."""
    client, as_role = app.test_client(), signing_in(services)
    study, accession = uid("study", number), f"ACC-{number}"
    file = ct_instance(
        patient_id=number,
        study_uid=study,
        PatientName="Kim^Seoyeon",
        AccessionNumber=accession,
        StudyDescription="CT chest",
    )
    headers = as_role("superuser", Content_Type="application/dicom")
    assert client.post("/dicom-web/studies", data=file, headers=headers).status_code == 200
    fhir = as_role("superuser", Content_Type="application/fhir+json")
    found = client.get(f"/fhir/ImagingStudy?identifier=urn:oid:{study}", headers=fhir).get_json()
    document = found["entry"][0]["resource"]
    patient_id = document["subject"]["reference"].removeprefix("Patient/")
    patient = client.get(f"/fhir/Patient/{patient_id}", headers=fhir).get_json()
    changed = {**patient, "name": NAMES, "birthDate": "1964-10-20", "gender": "female"}
    assert client.put(f"/fhir/Patient/{patient_id}", json=changed, headers=fhir).status_code == 200
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "CT chest"},
        "subject": document["subject"],
        "issued": "2026-11-01T10:00:00Z",
        "imagingStudy": [{"reference": f"ImagingStudy/{document['id']}"}],
        "conclusion": "No new nodule.",
        "presentedForm": [{"contentType": "text/plain", "data": b64encode(REPORT.encode()).decode()}],
    }
    assert client.post("/fhir/DiagnosticReport", json=report, headers=fhir).status_code == 201
    return Shown(patient_id, study, number, accession)
