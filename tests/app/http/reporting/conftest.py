"""A department on the gateway of the module, with its people at browsers and with tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.wiring import Wiring
from graph.clock import now
from tests.app.http.sessions.conftest import Browser, scope, signed_up, site
from tests.factories.reporting import Department

__all__ = ["scope", "site"]
PEOPLE = ("reader", "second", "orderer")


@pytest.fixture(scope="module")
def department(gateway: Wiring) -> Department:
    for name in PEOPLE:
        signed_up(gateway, name)
    return Department(gateway)


At = Callable[[str], Browser]


@pytest.fixture(scope="module")
def at(site: Any, department: Department) -> At:
    """A browser at which somebody of the department is signed in."""

    def signed_in(name: str) -> Browser:
        browser = Browser(site)
        browser.sign_in(name)
        return browser

    return signed_in


@dataclass(frozen=True)
class Asking:
    """Somebody who asks the API."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None, version: int | None = None) -> TestResponse:
        known = {"If-Match": f'W/"{version}"'} if version is not None else {}
        return self.client.open(path, method=method, json=body, headers={**self.headers, **known})


@pytest.fixture(scope="module")
def asking(gateway: Wiring, site: Any, department: Department) -> Callable[[str], Asking]:
    """Somebody of the department who asks the API."""

    def make(name: str) -> Asking:
        token = gateway.issuer.issue(
            name, department.tenant, now=now() // 1_000_000, token_id=uuid4().hex, lifetime=3_600
        )
        return Asking(site.test_client(), {"Authorization": f"Bearer {token}"})

    return make
