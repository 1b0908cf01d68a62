"""The gateway with its two windows onto the record, and shorter words for asking it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.config import Config
from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import AsRole
from tests.factories.fhir import bundle, entry

FHIR_JSON = "application/fhir+json"


@dataclass(frozen=True)
class Fhir:
    """A FHIR client of one user."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, **headers: str) -> TestResponse:
        """Ask for a path below /fhir, or for a whole address of ours."""
        return self.client.get(_path(path), headers=self._with(headers))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Send a resource, as text or as a dict."""
        data = body if body is None or isinstance(body, bytes | str) else json.dumps(body)
        content = {"Content-Type": FHIR_JSON} if data is not None else {}
        return self.client.open(
            _path(path), method=method, data=data, headers={**content, **self._with(headers)}
        )

    def create(self, resource: dict[str, Any]) -> str:
        """Create a resource that must be accepted; its `Type/id`."""
        answer = self.send("POST", resource["resourceType"], resource)
        assert answer.status_code == 201, answer.text
        assert answer.json is not None
        return f"{resource['resourceType']}/{answer.json['id']}"

    def hold(self, *resources: dict[str, Any]) -> "Fhir":
        """Write resources under the ids that they have, in their order; the client itself."""
        sent = bundle(*(entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in resources))
        answer = self.send("POST", "", sent)
        assert answer.status_code == 200, answer.text
        return self

    def found(self, path: str, **headers: str) -> list[str]:
        """`Type/id` of the matches of a search, in order."""
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.text
        return names(answer.json)

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}


def names(bundle: Any, mode: str = "match") -> list[str]:
    """`Type/id` of the entries of a mode, in order."""
    found = (each for each in bundle.get("entry", ()) if each["search"]["mode"] == mode)
    return [f"{each['resource']['resourceType']}/{each['resource'].get('id')}" for each in found]


def link(bundle: Any, relation: str) -> str | None:
    """The address of a relation of a Bundle."""
    return next((each["url"] for each in bundle.get("link", ()) if each["relation"] == relation), None)


def _path(path: str) -> str:
    return path.removeprefix("http://127.0.0.1:8042") if path.startswith("http") else f"/fhir/{path}"


@pytest.fixture
def app(config: Config, services: Wiring) -> Flask:
    return web_app(services, ("dicomweb", "fhir"))


@pytest.fixture
def fhir(client: FlaskClient, as_role: AsRole) -> Fhir:
    """A clinician's client."""
    return Fhir(client, as_role("clinician"))


def found(record: Fhir, queries: dict[str, str]) -> dict[str, str]:
    """The ids that each query finds, apart by blanks and in order of the alphabet."""
    return {
        query: " ".join(sorted(name.partition("/")[2] for name in record.found(query))) for query in queries
    }


@pytest.fixture
def auditor(client: FlaskClient, as_role: AsRole) -> Fhir:
    """A client of who reads the audit, and the record."""
    return Fhir(client, as_role("superuser"))
