"""A provider that says who somebody is, for somebody else or for another sign-in, begins nothing here."""

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt

from app.security.keys import SigningKey, new_signing_key
from app.security.provider_sign_in import OutsideProvider, ProviderSignIn
from app.security.tokens import ProviderVerifier
from graph.errors import Forbidden
from tests.app.security.conftest import BASE, NOW

CLIENT, NAME = "hilum-there", "clinic"
MICROSECONDS = NOW * 1_000_000


class Telling(BaseHTTPRequestHandler):
    """The token endpoint of a provider: it says whatever it was told to say."""

    token = ""

    def do_POST(self) -> None:
        body = json.dumps({"id_token": self.token, "access_token": "x", "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def issuer() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Telling) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def sign_in(issuer: str, key: SigningKey) -> ProviderSignIn:
    verifier = ProviderVerifier(
        issuer=issuer,
        audience="its-interface",
        algorithms=("ES256",),
        keys=lambda kid, _: key.key if kid == key.identifier else None,
        role_of=lambda _: "clinician",
        name=NAME,
    )
    endpoints = {"authorization_endpoint": f"{issuer}/ask", "token_endpoint": f"{issuer}/token"}
    provider = OutsideProvider(
        title="the clinic", client_id=CLIENT, secret=None, verifier=verifier, told=lambda: endpoints
    )
    return ProviderSignIn([provider], b"a key", BASE, "/auth/providers")


def come_back(
    sign_in: ProviderSignIn,
    key: SigningKey,
    changes: Mapping[str, Any],
    answered: Mapping[str, str] | None = None,
) -> str:
    """Who came back with an id token that has other claims, and an answer that has other words."""
    errand = sign_in.begin(NAME, "/account", MICROSECONDS)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(errand.address).query).items()}
    good = {
        "iss": errand.address.partition("/ask")[0],
        "aud": CLIENT,
        "sub": "kim",
        "nonce": asked["nonce"],
        "iat": NOW,
        "exp": NOW + 60,
    }
    claims = {name: value for name, value in {**good, **changes}.items() if value is not None}
    head = {"alg": "ES256", "kid": key.identifier}
    Telling.token = jwt.encode(head, claims, key.key, algorithms=["ES256"])
    answer = {"state": asked["state"], "code": "a code", **(answered or {})}
    return sign_in.finish(NAME, errand.sealed, answer, MICROSECONDS).signed_in.name


def test_who_comes_back_with_what_was_asked_for_is_in(sign_in: ProviderSignIn, key: SigningKey) -> None:
    assert come_back(sign_in, key, {}) == f"oidc:{NAME}:kim"
    assert come_back(sign_in, key, {"aud": [CLIENT, "another"], "azp": CLIENT}) == f"oidc:{NAME}:kim"


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "of-another-sign-in"},
        {"nonce": None},
        {"aud": "another-client"},
        {"aud": "its-interface"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another-client"},
        {"iss": "https://another.example"},
        {"exp": NOW - 600},
        {"sub": None},
    ],
    ids=str,
)
def test_an_id_token_for_somebody_else_or_another_sign_in_begins_nothing(
    sign_in: ProviderSignIn, key: SigningKey, changes: Mapping[str, Any]
) -> None:
    with pytest.raises(Forbidden):
        come_back(sign_in, key, changes)


def test_an_answer_of_another_provider_begins_nothing(sign_in: ProviderSignIn, key: SigningKey) -> None:
    with pytest.raises(Forbidden):
        come_back(sign_in, key, {}, {"iss": "https://another.example"})


def test_an_id_token_under_another_key_begins_nothing(sign_in: ProviderSignIn) -> None:
    with pytest.raises(Forbidden):
        come_back(sign_in, new_signing_key(), {})
