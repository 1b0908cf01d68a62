"""A gateway with a small cohort in it, and how somebody asks it for exports."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.extracts import extract_kinds
from app.wiring.web import web_app
from app.work.doing import JobDoer
from graph.jobs.claims import ClaimStore
from graph.session import Graph
from tests.app.conftest import signing_in
from tests.factories.dicom import ct_instance, secondary_capture, uid
from tests.factories.fhir import Resource, bundle, condition, encode, entry, medication_request, patient

NAMES = ("Quillfeather", "Nightjar")
MRNS = ("8273645", "9182736")
BORN = ("1970-02-03", "1961-07-08")
QUESTION = {
    "version": "1",
    "asOf": "2026-11-22",
    "conceptSets": {"dx": {"include": [{"system": "http://snomed.info/sct", "code": "307576001"}]}},
    "events": {
        "dx": {"kind": "condition", "codes": {"set": "dx"}},
        "ct": {"kind": "imaging", "modality": ["CT"]},
    },
    "population": {"exists": "dx"},
    "output": {
        "rows": [
            {"resource": "Patient", "as": "patients"},
            {"resource": "Condition", "event": "dx", "as": "dx"},
            {"resource": "MedicationRequest", "as": "rx"},
            {"resource": "ImagingStudy", "event": "ct", "as": "ct"},
        ]
    },
}


def charts() -> list[Resource]:
    """Two patients with the disease, each with a drug, and one without."""
    made: list[Resource] = []
    for number, (name, mrn, born) in enumerate(zip(NAMES, MRNS, BORN, strict=True)):
        who = f"Patient/p{number}"
        made += [
            patient(mrn, id=f"p{number}", name=[{"family": name, "given": ["Ottoline"]}], birthDate=born),
            condition(who, "307576001", id=f"dx{number}", recordedDate="2026-02-28"),
            medication_request(who, id=f"rx{number}", authoredOn="2026-03-10"),
        ]
    return [*made, patient("other", id="p9")]


def pictures() -> list[bytes]:
    """Two slices of a CT and a screen of each, and a CT of who has not the disease."""
    files = []
    for name, mrn, born in zip((*NAMES, "Other"), (*MRNS, "other"), (*BORN, BORN[0]), strict=True):
        about = {
            "patient_id": mrn,
            "PatientName": f"{name}^Ottoline",
            "PatientBirthDate": born.replace("-", ""),
            "StudyDate": "20260301",
        }
        typed = {"ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"], "SeriesDescription": f"CT chest of {name}"}
        files += [ct_instance(number=number, **about, **typed) for number in (1, 2)]
        files.append(secondary_capture(number=9, **about))
    return files


@pytest.fixture(scope="module")
def more_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"HILUM_EXPORT_ROOT": str(tmp_path_factory.mktemp("handed over"))}


@pytest.fixture(scope="module")
def stocked(gateway: Wiring) -> Wiring:
    """A gateway with what is described above in it."""
    fill(gateway)
    return gateway


@pytest.fixture
def root(stocked: Wiring) -> Path:
    """The folder that cohorts are exported below."""
    assert stocked.config.export_root is not None
    return stocked.config.export_root


def fill(services: Wiring) -> None:
    scope = system_scope(services.sites.own.tenant)
    entries = [entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in charts()]
    services.bundle_writer.transaction(scope, encode(bundle(*entries)))
    report = services.ingest.store(scope, [(each,) for each in pictures()])
    assert all(outcome.stored for outcome in report.outcomes)


@dataclass(frozen=True)
class Exporter:
    """Somebody who exports."""

    client: FlaskClient
    headers: Mapping[str, str]

    def ask(self, **changes: Any) -> TestResponse:
        """Ask for an export of the cohort, or of whatever is said."""
        body = {"project": "Bone study", "question": QUESTION} | changes
        body = {name: each for name, each in body.items() if (name, each) != ("question", None)}
        return self.client.post("/exports", json=body, headers=dict(self.headers))

    def asked(self, **changes: Any) -> str:
        """The id of one that was taken."""
        answer = self.ask(**changes)
        assert answer.status_code == 202, answer.text
        return str(answer.get_json()["id"])

    def saved(self, name: str) -> str:
        """The id of the cohort, saved."""
        body = {"name": name, "question": QUESTION}
        answer = self.client.post("/cohorts/saved", json=body, headers=dict(self.headers))
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def list(self, query: str = "") -> TestResponse:
        """Those of one's own."""
        return self.client.get(f"/exports{query}", headers=dict(self.headers))

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/exports/{path}", headers={**self.headers, **headers}, buffered=True)

    def end(self, export_id: str) -> TestResponse:
        return self.client.delete(f"/exports/{export_id}", headers=dict(self.headers))

    def told(self, export_id: str) -> dict[str, Any]:
        """What is told of one."""
        found: dict[str, Any] = json.loads(self.get(export_id).data)
        return found

    def files(self, export_id: str) -> dict[str, dict[str, Any]]:
        """Its files by path."""
        listed = self.get(f"{export_id}/files?limit=1000").get_json()["files"]
        return {each["path"]: each for each in listed}

    def file(self, export_id: str, path: str) -> bytes:
        answer = self.get(f"{export_id}/files/{path}")
        assert answer.status_code == 200, answer.text
        return answer.data

    def unzipped(self, export_id: str) -> dict[str, bytes]:
        """The files of its archive by path."""
        with ZipFile(io.BytesIO(self.file(export_id, "export.zip"))) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def client(stocked: Wiring) -> FlaskClient:
    return web_app(stocked, ("exports", "cohorts")).test_client()


@pytest.fixture(scope="module")
def owner(stocked: Wiring, client: FlaskClient) -> Exporter:
    """Who may do everything."""
    return Exporter(client, signing_in(stocked)("superuser"))


@pytest.fixture(scope="module")
def work(stocked: Wiring, graph: Graph) -> Callable[[], object]:
    """Does the jobs that are due."""
    doer = JobDoer(ClaimStore(graph), extract_kinds(stocked), system_scope(stocked.sites.own.tenant))
    return lambda: doer.do_due("worker", Event())


def study_of(mrn: str) -> str:
    """The study of a patient, as the factory names it."""
    return uid("study", mrn)
