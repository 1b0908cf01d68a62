"""A gateway with a cohort window, and the near misses loaded into it through its own use cases."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.clock import now
from graph.session import Graph
from tests.app.cohorts.world import World
from tests.factories.fhir import Resource, bundle, encode, entry

AS_OF = "2026-11-22"
Json = dict[str, Any]


@dataclass(frozen=True)
class Gateway:
    """A gateway of one tenant, and how its users ask it."""

    services: Wiring
    client: FlaskClient
    tokens: dict[str, str]

    def ask(self, question: Json, role: str = "clinician", status: int = 200) -> Json:
        """The JSON of an answer, which must have the status."""
        answered = self.client.post(
            "/cohorts/query", json=question, headers={"Authorization": f"Bearer {self.tokens[role]}"}
        )
        assert answered.status_code == status, answered.text
        found: Json = json.loads(answered.data)
        return found

    def put(self, *resources: Resource) -> None:
        """Write resources under their own ids, in one transaction."""
        entries = [entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in resources]
        self.services.bundle_writer.transaction(self._scope, encode(bundle(*entries)))

    def store(self, *files: bytes) -> None:
        """Store pictures, each of which must be taken."""
        report = self.services.ingest.store(self._scope, [(each,) for each in files])
        assert not [outcome for outcome in report.outcomes if not outcome.stored]

    def load(self, world: World) -> None:
        """Write a whole world: charts, pictures, findings; then delete what is to be deleted."""
        random = world.random
        self.put(*random.sample(list(world.charts.values()), len(world.charts)))
        self.store(*world.pictures())
        self.put(*random.sample(list(world.findings.values()), len(world.findings)))
        for name in sorted(world.deleted):
            self.delete(name)

    def delete(self, name: str) -> None:
        """Delete a resource, `Type/id`."""
        self.services.records.delete(self._scope, *name.split("/"))

    @property
    def _scope(self) -> Any:
        return system_scope(self.services.sites.own.tenant)


Open = Callable[..., Gateway]


@pytest.fixture(scope="module")
def gateways(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Opens gateways, each of a tenant of its own, with settings of the environment."""
    opened: list[Wiring] = []

    def open_one(**environment: str) -> Gateway:
        home: Path = tmp_path_factory.mktemp("home")
        own = {"HILUM_HOME": str(home), "HILUM_TENANT": f"t{uuid4().hex[:12]}", **environment}
        services = Wiring(Config.from_env(own), graph)
        opened.append(services)
        client = web_app(services, ("cohorts",)).test_client()
        return Gateway(services, client, services.demo.tokens(now()))

    yield open_one
    for services in opened:
        services.close()


@pytest.fixture(scope="module")
def gateway(gateways: Open) -> Gateway:
    """One gateway."""
    return gateways()


def mission(**changes: Any) -> Json:
    """The mission's question, as of a fixed day."""
    question: Json = {
        "version": "1",
        "asOf": AS_OF,
        "conceptSets": {
            "dx": {
                "include": [
                    {"system": "http://snomed.info/sct", "code": "307576001", "descendants": True},
                    {"system": "urn:oid:2.16.840.1.113883.6.43.1", "code": "9180/3", "descendants": True},
                ]
            }
        },
        "events": {
            "dx": {
                "kind": "condition",
                "codes": {"set": "dx"},
                "verification": ["confirmed", "provisional"],
                "date": "recordedDate|onset",
                "period": {"within": "P2Y", "before": "asOf"},
            },
            "ct": {"kind": "imaging", "modality": ["CT"]},
        },
        "population": {
            "all": [
                {"age": {"op": "gt", "value": 45, "unit": "a", "at": "asOf"}},
                {"exists": "dx"},
                {"exists": "ct"},
            ]
        },
        "output": {
            "grain": "patient",
            "rows": [
                {"resource": "MedicationRequest", "as": "rx"},
                {"resource": "ImagingStudy", "event": "ct", "as": "ct"},
                {"resource": "DocumentReference", "linkedTo": "ct"},
                {"resource": "DiagnosticReport", "linkedTo": "ct", "as": "rep"},
            ],
            "links": [{"from": "rep", "to": "ct", "via": "imagingStudy|basedOn|accession"}],
            "count": True,
            "format": "table|bundle|ndjson|csv",
            "privacy": {"minCell": 11},
        },
    }
    return question | changes
