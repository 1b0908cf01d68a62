"""A gateway for the module, people with passwords, and browsers without windows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.security.passwords import hash_password
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.clock import now
from graph.scope import AccessScope
from tests.app.http.authorization.apps import PASSWORD, Form, led, sent

COOKIE = "hilum-8042"
HASH = hash_password(PASSWORD)


@dataclass
class Browser:
    """A browser that keeps its cookies, at the page that it was led to last."""

    app: Flask
    client: FlaskClient = field(init=False)
    page: TestResponse = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def open(self, path: str) -> TestResponse:
        """Open an address, and go where it leads."""
        self.page = led(self.client, self.client.get(path))
        return self.page

    def send(self, **filled: str) -> TestResponse:
        """Send the last form of the page, filled in, and go where it leads."""
        self.page = sent(self.client, self.page, **filled)
        return self.page

    def press(self, path: str, **filled: str | list[str]) -> TestResponse:
        """Send the form of the page that leads to a path, not that of its frame where both have one."""
        *_, form = [each for each in Form.all_of(self.page.text) if each.action.endswith(path)]
        self.page = form.sent_by(self.client, **filled)
        return self.page

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Sign somebody in, and open their account."""
        self.open("/auth/sign-in?next=/account")
        return self.send(name=name, password=password)

    @property
    def cookie(self) -> str | None:
        """What it keeps of a session."""
        found = self.client.get_cookie(COOKIE)
        return found.value if found else None

    @property
    def form_token(self) -> str:
        """What the forms of the page say."""
        return dict(Form(self.page.text).fields)["csrf"]


@pytest.fixture(scope="module")
def scope(gateway: Wiring) -> AccessScope:
    return system_scope(gateway.sites.own.tenant)


@pytest.fixture(scope="module")
def site(gateway: Wiring) -> Flask:
    return web_app(gateway)


@pytest.fixture
def browser(site: Flask) -> Browser:
    return Browser(site)


@pytest.fixture
def other(site: Flask) -> Browser:
    """Another browser."""
    return Browser(site)


def signed_up(wiring: Wiring, name: str, role: str = "clinician") -> str:
    """Make an account with the password; returns its name."""
    scope = system_scope(wiring.sites.own.tenant)
    wiring.accounts.add(scope, name, role, None, now())
    wiring.people.set_password(scope, name, HASH, now())
    return name


Person = Callable[..., str]


@pytest.fixture(scope="module")
def person(gateway: Wiring) -> Person:
    """Makes an account with the password, and returns its name."""

    def make(role: str = "clinician") -> str:
        return signed_up(gateway, f"{role}-{uuid4().hex[:8]}", role)

    return make
