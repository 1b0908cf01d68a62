"""A small app with the toolkit on it: routes of every kind, a recorder that keeps what it is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from app.admission import AccessFacts, Admission
from app.http.kit.bodies import read_json
from app.http.kit.guard import public, requires
from app.http.kit.problems import Dialect
from app.http.kit.request_context import current_scope
from app.http.kit.toolkit import install_toolkit
from graph.errors import Conflict, NotFound, Unauthenticated, Unavailable
from graph.scope import AccessScope
from tests.factories.scopes import scope_of


@dataclass
class KeptEntry:
    scope: AccessScope | None
    facts: AccessFacts
    status: int | None = None
    durable: bool = True
    witness: Mapping[str, Any] | None = None
    concerned: tuple[str, ...] = ()
    counted: int = 0
    client: str = ""

    def concerning(self, *references: str) -> None:
        self.concerned = references

    def counting(self, rows: int) -> None:
        self.counted += rows

    def claimed_by(self, client: str) -> None:
        self.client = client

    def close(self, status: int) -> None:
        self.status = status
        if not self.durable:
            raise Unavailable("the audit trail cannot be written")


@dataclass
class KeepingRecorder:
    entries: list[KeptEntry] = field(default_factory=list)
    durable: bool = True

    def begin(self, scope: AccessScope | None, facts: AccessFacts) -> KeptEntry:
        entry = KeptEntry(scope, facts, durable=self.durable)
        self.entries.append(entry)
        return entry


def authenticate(header: str | None) -> AccessScope:
    if not header:
        raise Unauthenticated("this needs an access token")
    return scope_of(header.removeprefix("Bearer "))


@pytest.fixture
def recorder() -> KeepingRecorder:
    return KeepingRecorder()


@pytest.fixture
def app(recorder: KeepingRecorder) -> Flask:
    app = Flask("toolkit")
    install_toolkit(
        app,
        base_url="http://hilum.example",
        admission=Admission(authenticate, recorder),
        dialects={"/fhir": Dialect.FHIR, "/dicom-web": Dialect.DICOM},
    )
    for rule, view, methods in _ROUTES:
        app.add_url_rule(rule, view_func=view, methods=methods)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@requires("fhir.read")
def read_patient(id: str) -> dict[str, str]:
    if id == "missing":
        raise NotFound("no such patient", location="Patient.id")
    return {"id": id, "subject": current_scope().subject}


@requires("fhir.write")
def write_patient(id: str) -> dict[str, str]:
    read_json(1000)
    return {"id": id}


@requires("imaging.store")
def store() -> str:
    raise Conflict("a study of that UID exists", failure_reason=45070)


@public
def open_door() -> str:
    raise BREAKAGES[request.args["how"]]()


BREAKAGES: dict[str, Callable[[], BaseException]] = {
    "value": lambda: ValueError("Kim^Chulsoo was born in /etc/passwd"),
    "depth": RecursionError,
    "memory": MemoryError,
    "stall": ConnectionResetError,
}

_ROUTES = (
    ("/fhir/Patient/<id>", read_patient, ["GET"]),
    ("/fhir/Patient/<id>", write_patient, ["PUT"]),
    ("/dicom-web/studies", store, ["POST"]),
    ("/open", open_door, ["GET"]),
)
