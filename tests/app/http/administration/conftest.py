"""Clients of who manages, who judges and who works, on one gateway."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.wiring import Wiring
from graph.clock import now
from tests.app.conftest import AsRole


@dataclass(frozen=True)
class Manager:
    """A client of Hilum's own API, of one user."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str) -> TestResponse:
        """Ask for what is there."""
        return self.client.get(path, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Send JSON, or nothing."""
        return self.client.open(path, method=method, json=body, headers=self.headers)


ManagerOf = Callable[[str], Manager]
TokenOf = Callable[[str], dict[str, str]]


@pytest.fixture
def acting(client: FlaskClient, as_role: AsRole) -> ManagerOf:
    """The client of a demo user of a role."""
    return lambda role: Manager(client, as_role(role))


@pytest.fixture
def manager(acting: ManagerOf) -> Manager:
    """Who manages, and reads no record."""
    return acting("administrator")


@pytest.fixture
def token_of(services: Wiring) -> TokenOf:
    """Headers of an account that is there."""

    def headers(name: str) -> dict[str, str]:
        token = services.account_tokens.issue(name, now() // 1_000_000)
        return {"Authorization": f"Bearer {token}"}

    return headers
