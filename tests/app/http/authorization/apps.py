"""An app as a test drives it: its request, the forms that a browser would send, its tokens."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from flask.testing import FlaskClient
from joserfc.util import urlsafe_b64encode
from werkzeug.test import TestResponse

BASE = "http://127.0.0.1:8042"
FHIR = f"{BASE}/fhir"
REDIRECT = "https://app.example/callback"
PASSWORD = "a password of some length"
OWN_PAGE = {"Origin": BASE}
REFRESH = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')


class Form(HTMLParser):
    """The last form of a page: the values that it sends as it is, and where to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.action = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.fields, self.action = [], given["action"]
        if tag == "input" and (given.get("type") == "hidden" or "checked" in given):
            self.fields.append((given["name"], given.get("value", "")))

    @classmethod
    def all_of(cls, page: str) -> list["Form"]:
        """Every form of a page."""
        return [cls(f"<form{each.partition('</form>')[0]}") for each in page.split("<form")[1:]]

    def sent_by(self, client: FlaskClient, **filled: str | list[str]) -> TestResponse:
        """What a browser shows when it sends the form, filled in, and goes where it is led."""
        assert self.action.startswith(f"{BASE}/")
        pairs = [pair for pair in self.fields if pair[0] not in filled]
        answer = client.post(
            self.action.removeprefix(BASE),
            data=urlencode([*pairs, *filled.items()], doseq=True),
            content_type="application/x-www-form-urlencoded",
            headers=OWN_PAGE,
        )
        return led(client, answer)


def sent(client: FlaskClient, page: TestResponse, **filled: str) -> TestResponse:
    """What a browser shows when it sends the last form of a page."""
    return Form(page.text).sent_by(client, **filled)


def led(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """Where a browser ends that is led on within the gateway."""
    while True:
        found = REFRESH.search(answer.text)
        to = unescape(found[1]) if found else answer.headers.get("Location", "")
        if not to.startswith(f"{BASE}/"):
            return answer
        answer = client.get(to.removeprefix(BASE))


@dataclass
class App:
    """One app at a browser of its own; `more` is what its requests hold beside what every request holds."""

    client: FlaskClient
    client_id: str = "app"
    scope: str = "launch/patient patient/*.rs"
    more: Mapping[str, str] = field(default_factory=dict)
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def request(self) -> dict[str, str]:
        """The parameters of its request."""
        challenge = urlsafe_b64encode(sha256(self.verifier.encode()).digest()).decode()
        return {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "scope": self.scope,
            "state": "a state",
            "aud": FHIR,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **self.more,
        }

    def ask(self, **changed: str | None) -> TestResponse:
        """The first page, for a request with something changed or left out."""
        asked = {name: value for name, value in {**self.request, **changed}.items() if value is not None}
        return led(self.client, self.client.get(f"/auth/authorize?{urlencode(asked)}"))

    def send(self, page: TestResponse, **filled: str) -> TestResponse:
        """What follows when the last form of a page is sent, filled in."""
        return sent(self.client, page, **filled)

    def agreed(self, name: str, patient: str | None = None, decision: str = "agree") -> dict[str, str]:
        """What the app is told when somebody signs in at a new browser, chooses a patient and decides."""
        self.client = self.client.application.test_client()
        page = self.send(self.ask(), name=name, password=PASSWORD)
        if patient is not None:
            page = self.send(page, patient=patient)
        return told(self.send(page, decision=decision))

    def exchange(self, code: str, **changed: str) -> TestResponse:
        """The answer of the token endpoint to a code."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": self.client_id,
            "code_verifier": self.verifier,
            **changed,
        }
        return self.client.post("/auth/token", data=form)

    def refresh(self, token: str, **more: str) -> TestResponse:
        """The answer of the token endpoint to a refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": self.client_id, **more}
        return self.client.post("/auth/token", data=form)

    def tokens(self, name: str, patient: str | None = None) -> dict[str, Any]:
        """The tokens for somebody who agrees."""
        answer = self.exchange(self.agreed(name, patient)["code"])
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found


def told(answer: TestResponse) -> dict[str, str]:
    """What a redirect tells the app."""
    assert answer.status_code == 302, answer.text
    place = answer.headers["Location"]
    assert place.startswith(f"{REDIRECT}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(place).query).items()}


def bearing(tokens: Mapping[str, Any]) -> dict[str, str]:
    """The header of an access token."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}
