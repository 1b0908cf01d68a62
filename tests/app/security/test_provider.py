"""The provider's keys are kept a while, asked for rarely, and never replaced by trust."""

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from app.config import Config
from app.security.keys import new_signing_key
from app.security.provider import (
    FRESH_SECONDS,
    PAUSE_SECONDS,
    USABLE_SECONDS,
    ProviderKeys,
    fetch_from,
    provider_verifier,
    role_in,
)
from graph.errors import HilumError, Unavailable


class Provider:
    """A provider whose set of keys changes, and which may be away."""

    def __init__(self) -> None:
        self.keys = [{**new_signing_key().public(), "kid": "one"}]
        self.away = False
        self.asked = 0

    def fetch(self) -> Mapping[str, Any]:
        self.asked += 1
        if self.away:
            raise ValueError("away")
        return {"keys": self.keys}


@pytest.fixture
def provider() -> Provider:
    return Provider()


def test_keys_are_fetched_once_and_kept(provider: Provider) -> None:
    keys = ProviderKeys(provider.fetch)
    assert all(keys("one", moment) for moment in (0, 1, FRESH_SECONDS))
    assert provider.asked == 1


def test_a_new_key_is_found_without_waiting_for_the_old_set_to_age(provider: Provider) -> None:
    keys = ProviderKeys(provider.fetch)
    assert keys("two", 0) is None
    provider.keys = [*provider.keys, {**new_signing_key().public(), "kid": "two"}]
    assert keys("two", PAUSE_SECONDS + 1) is not None


def test_invented_kids_do_not_make_us_flood_the_provider(provider: Provider) -> None:
    keys = ProviderKeys(provider.fetch)
    assert not any(keys(f"invented-{number}", 1) for number in range(100))
    assert provider.asked == 1


def test_a_withdrawn_key_stops_working(provider: Provider) -> None:
    keys = ProviderKeys(provider.fetch)
    keys("one", 0)
    provider.keys = []
    assert keys("one", FRESH_SECONDS + PAUSE_SECONDS) is None


def test_keys_outlive_a_short_absence_and_not_a_long_one(provider: Provider) -> None:
    keys = ProviderKeys(provider.fetch)
    keys("one", 0)
    provider.away = True
    assert keys("one", USABLE_SECONDS) is not None
    with pytest.raises(Unavailable):
        keys("one", USABLE_SECONDS + 1)


def test_a_provider_that_never_answered_lets_nobody_in(provider: Provider) -> None:
    provider.away = True
    with pytest.raises(Unavailable):
        ProviderKeys(provider.fetch)("one", 0)


def test_only_public_signature_keys_are_taken(provider: Provider) -> None:
    shared = {**OctKey.generate_key(256).as_dict(), "kid": "shared"}
    encryption = {**RSAKey.generate_key(2048).as_dict(private=False), "kid": "enc", "use": "enc"}
    provider.keys = [shared, encryption, {"kty": "RSA", "kid": "broken"}, {"kid": "empty"}]
    keys = ProviderKeys(provider.fetch)
    assert [keys(kid, 0) for kid in ("shared", "enc", "broken", "empty")] == [None] * 4


ANSWERS = {
    "/good": (200, json.dumps({"keys": []}).encode()),
    "/moved": (302, b""),
    "/broken": (500, b"{}"),
    "/list": (200, b"[]"),
    "/text": (200, b"<html>"),
    "/huge": (200, b" " * (2 << 20)),
}


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Location", "/good")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_set_of_keys_is_fetched(address: str) -> None:
    assert fetch_from(f"{address}/good")() == {"keys": []}


@pytest.mark.parametrize("path", ["/moved", "/broken", "/list", "/text", "/huge"])
def test_anything_else_is_no_set_of_keys(address: str, path: str) -> None:
    fetch = fetch_from(address + path)
    with pytest.raises((ValueError, HilumError)):
        fetch()


def test_an_address_that_a_provider_names_leads_to_its_own_origin_or_the_public_network(address: str) -> None:
    assert fetch_from(f"{address}/good", address)() == {"keys": []}
    with pytest.raises(HilumError):
        fetch_from(f"{address}/good", "https://provider.example")()


@pytest.mark.parametrize(
    ("claim", "claims", "role"),
    [
        ("roles", {"roles": ["clinician"]}, "clinician"),
        ("roles", {"roles": "offline researcher"}, "researcher"),
        ("roles", {"roles": ["x", "service", "administrator"]}, "service"),
        ("realm_access.roles", {"realm_access": {"roles": ["teleradiologist"]}}, "teleradiologist"),
        ("roles", {}, None),
        ("roles", {"roles": ["system", "root"]}, None),
        ("roles", {"roles": {"clinician": True}}, None),
        ("roles", {"roles": [["clinician"], 7]}, None),
        ("a.b.c", {"a": "b"}, None),
    ],
)
def test_the_role_is_the_first_that_we_know(claim: str, claims: dict[str, Any], role: str | None) -> None:
    assert role_in(claim)(claims) == role


def test_without_a_configured_provider_there_is_none() -> None:
    assert provider_verifier(Config.from_env({})) is None


def test_a_configured_provider_is_believed_by_its_settings() -> None:
    verifier = provider_verifier(
        Config.from_env(
            {
                "HILUM_OIDC_ISSUER": "https://op.example/realm",
                "HILUM_OIDC_AUDIENCE": "hilum",
                "HILUM_OIDC_JWKS_URL": "https://op.example/jwks",
            }
        )
    )
    assert verifier is not None
    assert (verifier.issuer, verifier.audience) == ("https://op.example/realm", "hilum")
