"""Unmodified client libraries from PyPI against a served gateway: the web server as `hilum up` starts it."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fhirclient.client import FHIRClient  # type: ignore[import-untyped]
from fhirclient.models.fhirabstractbase import FHIRValidationError  # type: ignore[import-untyped]
from fhirclient.models.humanname import HumanName  # type: ignore[import-untyped]
from fhirclient.models.observation import Observation  # type: ignore[import-untyped]
from fhirclient.models.patient import Patient  # type: ignore[import-untyped]
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound
from requests import HTTPError

from app.config import Config
from app.processes.web_server import answers, web_server_argv
from app.wiring import Wiring
from graph.clock import now
from graph.local.process import wait_until
from graph.local.server import free_port
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.factories.fhir import observation, patient

ROOT = Path(__file__).parents[4]
START_SECONDS = 60.0


@dataclass(frozen=True)
class Served:
    """A gateway on a port of its own, and a clinician's token."""

    base: str
    token: str


@pytest.fixture(scope="module")
def served(
    graph: Graph, neo4j_address: Neo4jAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    settings = {
        "HILUM_HOME": str(home),
        "HILUM_PORT": str(free_port()),
        "HILUM_TENANT": f"t{os.urandom(6).hex()}",
        "HILUM_PROCESSES": "1",
        "NEO4J_URI": neo4j_address.uri,
        "NEO4J_USER": neo4j_address.user,
        "NEO4J_PASSWORD": neo4j_address.password,
    }
    config = Config.from_env(settings)
    services = Wiring(replace(config, home=home), graph)
    token = services.demo.tokens(now())["clinician"]
    with (home / "web.log").open("wb") as log:
        process = subprocess.Popen(
            web_server_argv(config), cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=log
        )
    try:
        up = wait_until(lambda: answers(config) or process.poll() is not None, START_SECONDS)
        assert up and process.poll() is None, (home / "web.log").read_text()
        yield Served(f"{config.base_url}/fhir", token)
    finally:
        process.terminate()
        process.wait(30)
        services.close()


@pytest.fixture
def fhirclient(served: Served) -> Any:
    client = FHIRClient(settings={"app_id": "tests", "api_base": served.base})
    client.prepare()  # reads where to sign in; the token comes from elsewhere
    client.server.auth.access_token = served.token
    assert client.ready
    return client


def test_fhirclient_creates_reads_updates_and_deletes(fhirclient: Any) -> None:
    server = fhirclient.server
    created = Patient(patient(name=[{"family": "Client", "given": ["Py"]}])).create(server)
    found = Patient.read(created["id"], server)
    found.name = [HumanName({"family": "Changed"})]
    updated = found.update(server)

    assert found.birthDate.isostring == "1970-02-03"
    assert updated["meta"]["versionId"] == "2"
    assert Patient.read(created["id"], server).name[0].family == "Changed"
    Patient.read(created["id"], server).delete()
    with pytest.raises(HTTPError) as gone:
        Patient.read(created["id"], server)
    assert gone.value.response.status_code == 410


def test_fhirclient_searches_and_follows_pages(fhirclient: Any) -> None:
    server = fhirclient.server
    person = Patient(patient("CLIENT-1")).create(server)["id"]
    for value in range(5):
        Observation(observation(f"Patient/{person}", value=float(value))).create(server)
    search = Observation.where({"subject": f"Patient/{person}", "_count": "2", "_sort": "-value-quantity"})

    values = [each.valueQuantity.value for each in search.perform_resources_iter(server)]

    assert values == [4.0, 3.0, 2.0, 1.0, 0.0]
    identified = Patient.where({"identifier": "urn:hilum:mrn|CLIENT-1"})
    assert [each.id for each in identified.perform_resources_iter(server)] == [person]
    with pytest.raises((HTTPError, FHIRValidationError)):
        list(Patient.where({"colour": "red"}).perform_iter(server))


@pytest.fixture
def fhirpy(served: Served) -> SyncFHIRClient:
    return SyncFHIRClient(served.base, authorization=f"Bearer {served.token}")


def test_fhirpy_creates_reads_updates_and_deletes(fhirpy: SyncFHIRClient) -> None:
    person = fhirpy.resource("Patient", **{k: v for k, v in patient().items() if k != "resourceType"})
    person.save()
    person["gender"] = "other"
    person.save()
    found = fhirpy.reference("Patient", person.id).to_resource()

    assert (found["gender"], found["meta"]["versionId"]) == ("other", "2")
    found.delete()
    with pytest.raises((ResourceNotFound, OperationOutcome)):
        fhirpy.reference("Patient", person.id).to_resource()


def test_fhirpy_searches_counts_and_follows_pages(fhirpy: SyncFHIRClient) -> None:
    numbers = [f"PY-{number}" for number in range(5)]
    for number in numbers:
        content = {name: value for name, value in patient(number).items() if name != "resourceType"}
        fhirpy.resource("Patient", **content).save()
    found = fhirpy.resources("Patient").search(identifier=",".join(numbers)).limit(2)

    assert [each["identifier"][0]["value"] for each in found.fetch_all()] == numbers
    assert found.count() == 5
    only = fhirpy.resources("Patient").search(identifier="PY-3").get()
    assert only["identifier"][0]["value"] == "PY-3"
    with pytest.raises(OperationOutcome):
        fhirpy.resources("Patient").search(colour="red").fetch()
