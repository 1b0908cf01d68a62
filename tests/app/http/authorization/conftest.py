"""A gateway for the module, with people who have passwords, patients of theirs, and apps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from app.security.authorization.registry import ClientWanted, Registration
from app.security.passwords import hash_password
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.accounts.accounts import Granted
from graph.clock import now
from graph.scope import AccessScope
from tests.app.http.authorization.apps import PASSWORD, REDIRECT, App
from tests.factories.dicom import ct_instance, uid
from tests.factories.fhir import encounter, observation, patient

HASH = hash_password(PASSWORD)


@dataclass(frozen=True)
class Ward:
    """A gateway of one tenant, and what a test plants in it."""

    client: FlaskClient
    wiring: Wiring
    headers: dict[str, str]

    @property
    def scope(self) -> AccessScope:
        return system_scope(self.wiring.sites.own.tenant)

    def create(self, resource: dict[str, Any]) -> str:
        """The id of a new resource."""
        kind = resource["resourceType"]
        answer = self.client.post(f"/fhir/{kind}", json=resource, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.get_json()["id"])

    def person(self, role: str = "clinician", *grants: Granted, fhir_user: str | None = None) -> str:
        """The name of a new account with the password."""
        name = f"{role}-{uuid4().hex[:8]}"
        self.wiring.accounts.add(self.scope, name, role, None, now())
        self.wiring.people.set_password(self.scope, name, HASH, now())
        for granted in grants:
            self.wiring.accounts.grant(self.scope, name, granted, now())
        if fhir_user:
            self.wiring.people.set_fhir_user(self.scope, name, fhir_user)
        return name

    def register(self, **wanted: Any) -> Registration:
        """Register a client, an app that is public unless told otherwise."""
        given = {"client_id": f"app-{uuid4().hex[:8]}", "redirect_uris": (REDIRECT,), **wanted}
        return self.wiring.clients.add(self.scope, ClientWanted(**given), now())

    def app(self, scope: str = "launch/patient patient/*.rs", **more: str) -> App:
        """A public app that asks for a scope, at a browser of its own."""
        browser = self.client.application.test_client()
        return App(browser, self.register().client.client_id, scope, more)


@dataclass(frozen=True)
class Chart:
    """A patient with an encounter, a laboratory result and a picture; `family` is their name."""

    patient: str
    family: str
    encounter: str
    observation: str
    study: str


@pytest.fixture(scope="module")
def ward(gateway: Wiring) -> Ward:
    client = web_app(gateway).test_client()
    token = gateway.demo.token("service", now())
    return Ward(client, gateway, {"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def chart(ward: Ward) -> Callable[[], Chart]:
    """Makes a patient of their own."""

    def make() -> Chart:
        mark = f"m{uuid4().hex[:12]}"
        study = uid("study", mark)
        file = ct_instance(patient_id=mark, study_uid=study)
        stored = ward.client.post(
            "/dicom-web/studies", data=file, headers={**ward.headers, "Content-Type": "application/dicom"}
        )
        assert stored.status_code == 200, stored.text
        found = ward.client.get(
            f"/fhir/ImagingStudy?identifier=urn:oid:{study}", headers=ward.headers
        ).get_json()
        name = found["entry"][0]["resource"]["subject"]["reference"].removeprefix("Patient/")
        person = {**patient(mark, name=[{"family": mark, "given": ["Planted"]}]), "id": name}
        put = ward.client.put(f"/fhir/Patient/{name}", json=person, headers=ward.headers)
        assert put.status_code == 200, put.text
        about = f"Patient/{name}"
        return Chart(name, mark, ward.create(encounter(about)), ward.create(observation(about)), study)

    return make


@pytest.fixture(scope="module")
def kim(chart: Callable[[], Chart]) -> Chart:
    """The patient that apps are opened for."""
    return chart()


@pytest.fixture(scope="module")
def lee(chart: Callable[[], Chart]) -> Chart:
    """Another patient."""
    return chart()
