"""People of a stock provider sign in there and are in here; what is planted on the way begins nothing."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.security.authorization.registry import ClientWanted
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.clock import now
from graph.session import Graph
from tests.app.http.authorization.apps import BASE, REDIRECT, App, bearing, told
from tests.app.http.sessions.conftest import Browser
from tests.browsing.oidc_provider import oidc_provider, sent_back

AUDIENCE = "https://hilum.example"
CLINIC = "/auth/providers/clinic"
BACK = f"{BASE}{CLINIC}/callback"


@pytest.fixture(scope="module")
def wired(gateway: Wiring, tmp_path_factory: pytest.TempPathFactory, graph: Graph) -> Iterator[Wiring]:
    """A gateway that is a client of a provider, whose people are clinicians, and of one that is away."""
    folder = tmp_path_factory.mktemp("providers")
    secret: Path = folder / "secret"
    secret.write_text("of-the-gateway\n")
    with oidc_provider(AUDIENCE, "radiology", redirect_uri=BACK) as issuer:
        clinic = {
            "name": "clinic",
            "title": "the clinic",
            "issuer": issuer,
            "audience": AUDIENCE,
            "rolesClaim": "groups",
            "roles": {"radiology": "clinician"},
            "clientId": "hilum",
            "clientSecretFile": str(secret),
        }
        away = {**clinic, "name": "away", "issuer": "http://127.0.0.1:9"}
        nobody = {**away, "name": "nobody", "issuer": "http://127.0.0.1:8", "clientId": None}
        file = folder / "providers.json"
        file.write_text(json.dumps([clinic, away, {each: value for each, value in nobody.items() if value}]))
        wired = Wiring(replace(gateway.config, oidc_providers=file), graph)
        yield wired
        wired.close()


@pytest.fixture(scope="module")
def site(wired: Wiring) -> Flask:
    return web_app(wired)


@pytest.fixture
def name() -> str:
    return f"kim-{secrets.token_hex(4)}"


def sent_off(browser: Browser, path: str = CLINIC) -> str:
    """The address at the provider that a browser is sent to."""
    answer = browser.client.get(path)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def back(browser: Browser, name: str) -> str:
    """The path at which a browser comes back where somebody has signed in."""
    return sent_back(sent_off(browser), name, BACK).removeprefix(BASE)


def test_people_of_a_provider_are_in_with_the_roles_that_it_names(browser: Browser, name: str) -> None:
    assert "Sign in with the clinic" in browser.open("/auth/sign-in").text
    browser.open(back(browser, name))
    page = browser.open("/account")

    assert f"oidc:clinic:{name}" in page.text
    assert "in the role clinician" in page.text
    assert "Current password" not in page.text
    assert browser.client.get("/fhir/Patient").status_code == 200


def test_they_end_all_their_sessions(browser: Browser, other: Browser, name: str) -> None:
    for each in (browser, other):
        each.open(back(each, name))
    browser.open("/account")
    browser.press("/account/sessions/end-all")

    assert [each.client.get("/fhir/Patient").status_code for each in (browser, other)] == [401, 401]


def test_they_agree_to_apps(browser: Browser, wired: Wiring, name: str) -> None:
    client_id = f"app-{name}"
    scope = system_scope(wired.sites.own.tenant)
    wired.clients.add(scope, ClientWanted(client_id=client_id, redirect_uris=(REDIRECT,)), now())
    app = App(browser.client, client_id, "openid offline_access user/*.rs")
    way = unescape(app.ask().text.partition(f'href="{BASE}{CLINIC}')[2].partition('"')[0])
    back_here = sent_back(sent_off(browser, f"{CLINIC}{way}"), name, BACK)
    page = browser.open(back_here.removeprefix(BASE))

    tokens = app.exchange(told(app.send(page, decision="agree"))["code"]).get_json()

    elsewhere = browser.app.test_client()
    assert elsewhere.get("/fhir/Patient", headers=bearing(tokens)).status_code == 200
    again = app.refresh(tokens["refresh_token"]).get_json()
    assert elsewhere.get("/fhir/Patient", headers=bearing(again)).status_code == 200


def test_an_answer_counts_at_the_browser_that_asked_and_once(
    browser: Browser, other: Browser, name: str
) -> None:
    path = back(browser, name)
    sent_off(other)

    for stranger in (other, Browser(browser.app)):
        assert stranger.client.get(path).status_code == 403
        assert stranger.cookie is None
    browser.open(path)
    assert browser.cookie is not None
    again = Browser(browser.app)
    again.client.set_cookie("hilum-8042-errand", _errand(browser) or "")
    assert again.client.get(path).status_code == 403


def _errand(browser: Browser) -> str | None:
    found = browser.client.get_cookie("hilum-8042-errand")
    return found.value if found else None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?state=x&code=y",
        "?error=access_denied",
        "?code=y",
        "?state=%FF",
        "?state=é&code=é",
    ],
)
def test_a_wrong_answer_begins_nothing(browser: Browser, query: str) -> None:
    sent_off(browser)
    answer = browser.client.get(f"{CLINIC}/callback{query}")

    assert (answer.status_code, browser.cookie) in ((403, None), (400, None))


def test_a_code_that_the_provider_did_not_give_begins_nothing(browser: Browser) -> None:
    state = parse_qs(urlsplit(sent_off(browser)).query)["state"][0]

    for more in ("code=made-up", "error=access_denied", "code=x&iss=https://other.example"):
        answer = browser.client.get(f"{CLINIC}/callback?state={state}&{more}")
        assert (answer.status_code, answer.mimetype, browser.cookie) == (403, "text/html", None)


@pytest.mark.parametrize(("provider", "status"), [("none", 404), ("nobody", 404), ("away", 503)])
def test_nobody_is_sent_to_a_provider_that_is_not_there(browser: Browser, provider: str, status: int) -> None:
    answer = browser.client.get(f"/auth/providers/{provider}")

    assert (answer.status_code, answer.mimetype) == (status, "text/html")


@pytest.mark.parametrize("kept", ["", "x", "AAAA" * 20, "=" * 30])
def test_what_is_no_errand_begins_nothing(browser: Browser, kept: str) -> None:
    browser.client.set_cookie("hilum-8042-errand", kept)

    assert browser.client.get(f"{CLINIC}/callback?state=x&code=y").status_code == 403


def test_the_address_asks_for_a_code_with_proof(browser: Browser) -> None:
    asked = parse_qs(urlsplit(sent_off(browser)).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [BACK]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
