"""A ward whose radiologists read, and which finds out later how their reads turned out."""

from dataclasses import dataclass
from itertools import count
from threading import Event
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.feedback import FeedbackWiring
from app.wiring.web import web_app
from app.work.outcomes import OutcomeFollowing
from graph.accounts.accounts import AccountTerms
from graph.clock import now
from graph.jobs.followers import FollowerStore
from graph.resources.newest import NewestStore
from graph.scope import AccessScope
from tests.factories.fhir import Resource, bundle, encode, entry
from tests.factories.fhir import practitioner as there_is

_NUMBERS = count(1)


@dataclass(frozen=True)
class Colleague:
    """Somebody of the ward who is signed in."""

    client: FlaskClient
    headers: dict[str, str]
    practitioner: str

    def get(self, path: str, **arguments: Any) -> TestResponse:
        """Ask."""
        return self.client.get(path, headers=self.headers, query_string=arguments or None)

    def post(self, path: str, **body: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(path, headers=self.headers, json=body)

    def packets(self, **asked: str) -> list[dict[str, Any]]:
        """What is in their inbox."""
        answer = self.get("/feedback/packets", **asked)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.get_json()["packets"]
        return found

    def tasks(self) -> list[Resource]:
        """The Tasks of feedback that FHIR shows them."""
        answer = self.get("/fhir/Task", code="urn:hilum:feedback|review-outcome")
        assert answer.status_code == 200, answer.text
        return [each["resource"] for each in answer.get_json().get("entry", ())]


class Ward:
    """A tenant with its gateway, whose colleagues write the record; time goes on when it is told to."""

    def __init__(self, gateway: Wiring) -> None:
        self.gateway = gateway
        self.client = web_app(gateway).test_client(use_cookies=False)
        self.scope: AccessScope = system_scope(gateway.sites.own.tenant)
        self.feedback = FeedbackWiring(gateway)
        self.owner = self.colleague("superuser")
        self._following = OutcomeFollowing(
            FollowerStore(gateway.graph),
            NewestStore(gateway.graph),
            self.feedback.notices,
            self.scope,
            self.feedback.announcements,
        )

    def colleague(self, role: str, practitioner: str | None = None) -> Colleague:
        """A new account of a role, bound to a Practitioner."""
        name = f"{role}-{next(_NUMBERS)}"
        person = f"Practitioner/{practitioner or name}"
        kind, _, resource_id = person.partition("/")
        there = encode(there_is(id=resource_id))
        self.gateway.records.update(self.scope, kind, resource_id, there)
        self.gateway.accounts.put(self.scope, name, AccountTerms(role, fhir_user=person), now())
        token = self.gateway.issuer.issue(
            name, self.scope.tenant, now=now() // 1_000_000, token_id=name, lifetime=36_000
        )
        return Colleague(self.client, {"Authorization": f"Bearer {token}"}, person)

    def write(self, *resources: Resource) -> None:
        """Write resources under their ids, and let the gateway look through the charts that changed."""
        sent = bundle(*(entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in resources))
        headers = {**self.owner.headers, "Content-Type": "application/fhir+json"}
        answer = self.client.post("/fhir", json=sent, headers=headers)
        assert answer.status_code == 200, answer.text
        self.look()

    def delete(self, reference: str) -> None:
        """Delete a resource, and let the gateway look."""
        answer = self.client.delete(f"/fhir/{reference}", headers=self.owner.headers)
        assert answer.status_code in (200, 204), answer.text
        self.look()

    def look(self) -> None:
        """Look through the charts that changed, as the worker does."""
        self._following.catch_up("a test", Event())
