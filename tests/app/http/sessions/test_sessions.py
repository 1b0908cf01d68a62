"""Somebody signs in at a browser, is known there until the session ends, and never through another's page."""

from typing import Any

import pytest
from flask import Flask

from app.audit.reading import read_spool
from app.http.kit.own_paths import own_path
from app.security.browser_sessions import SessionHandle
from app.security.guesses import FREE_TRIES
from app.wiring import Wiring
from graph.clock import now
from graph.scope import AccessScope
from tests.app.http.authorization.apps import BASE, OWN_PAGE, PASSWORD
from tests.app.http.sessions.conftest import COOKIE, HASH, Browser, Person

OWN_SITE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


def test_a_session_opens_pages_the_record_and_pictures(browser: Browser, person: Person) -> None:
    name = person()
    assert name in browser.sign_in(name).text

    for path in ("/account", "/fhir/Patient", "/dicom-web/studies"):
        assert browser.client.get(path, headers=OWN_SITE).status_code in (200, 204)


def test_its_cookie_is_kept_from_scripts_and_from_other_sites(browser: Browser, person: Person) -> None:
    browser.open("/auth/sign-in")
    form = {"name": person(), "password": PASSWORD}
    set_cookie = browser.client.post("/auth/sign-in", data=form, headers=OWN_PAGE).headers["Set-Cookie"]

    told = {each.strip() for each in set_cookie.split(";")[1:]}
    assert told == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert set_cookie.startswith(f"{COOKIE}=")


def test_the_audit_names_who_asks_by_a_session(browser: Browser, person: Person, gateway: Wiring) -> None:
    name = person()
    browser.sign_in(name)
    request = browser.client.get("/fhir/Patient").headers["X-Request-Id"]

    lines = read_spool(gateway.audit_folder, gateway.audit_key)
    (entry,) = [each for each in lines if each.get("requestId") == request]
    assert (entry["subject"], entry["role"]) == (name, "clinician")


def test_who_is_not_signed_in_is_led_to_sign_in_and_back(browser: Browser, person: Person) -> None:
    assert "Sign in" in browser.open("/account").text
    name = person()
    assert name in browser.send(name=name, password=PASSWORD).text

    nobody = browser.app.test_client().get("/fhir/Patient")
    assert (nobody.status_code, nobody.headers["WWW-Authenticate"]) == (401, 'Bearer realm="hilum"')


def test_a_wrong_password_begins_nothing_and_has_to_wait_in_the_end(browser: Browser, person: Person) -> None:
    name = person()
    for _ in range(FREE_TRIES):
        assert browser.sign_in(name, "a guess of somebody").status_code == 403
        assert browser.cookie is None
    late = browser.sign_in(name)
    assert (late.status_code, late.mimetype, browser.cookie) == (429, "text/html", None)
    assert int(late.headers["Retry-After"]) >= 1


def test_each_sign_in_has_a_secret_of_its_own_and_ends_the_one_before(
    browser: Browser, other: Browser, person: Person
) -> None:
    name = person()
    browser.sign_in(name)
    first = browser.cookie
    browser.sign_in(name)

    assert browser.cookie != first
    other.client.set_cookie(COOKIE, first or "")
    assert other.client.get("/fhir/Patient").status_code == 401


def test_a_secret_that_somebody_planted_is_not_taken_over(browser: Browser, person: Person) -> None:
    browser.client.set_cookie(COOKIE, "planted")
    browser.sign_in(person())

    assert browser.cookie not in (None, "planted")


def test_who_signs_out_is_out(browser: Browser, other: Browser, person: Person) -> None:
    browser.sign_in(name := person())
    other.sign_in(name)
    kept = browser.cookie

    signed_out = browser.press("/auth/sign-out")

    assert "Signed out" in signed_out.text
    assert browser.cookie is None
    browser.client.set_cookie(COOKIE, kept or "")
    assert browser.client.get("/fhir/Patient").status_code == 401
    assert other.client.get("/fhir/Patient").status_code == 200


def test_ones_sessions_are_shown_and_end_one_by_one_or_all(
    browser: Browser, other: Browser, site: Flask, person: Person
) -> None:
    third, name = Browser(site), person()
    for each in (browser, other, third):
        each.sign_in(name)
    assert browser.open("/account").text.count("last seen") == 3

    browser.page = browser.client.get("/account")
    ending = {"csrf": browser.form_token, "session": _sessions(browser)[0]}
    browser.client.post("/account/sessions/end", data=ending, headers=OWN_PAGE)
    assert sorted(each.client.get("/fhir/Patient").status_code for each in (other, third)) == [200, 401]

    browser.open("/account")
    browser.press("/account/sessions/end-all")
    for each in (browser, other, third):
        assert each.client.get("/fhir/Patient").status_code == 401


def _sessions(browser: Browser) -> list[str]:
    """The ids of the sessions that the page lets one end."""
    return [each.partition('"')[0] for each in browser.page.text.split('name="session" value="')[1:]]


def test_nobody_ends_the_session_of_another(browser: Browser, other: Browser, person: Person) -> None:
    browser.sign_in(person())
    name, elsewhere = person(), Browser(browser.app)
    other.sign_in(name)
    elsewhere.sign_in(name)
    (theirs,) = _sessions(elsewhere)

    form = {"csrf": browser.form_token, "session": theirs}
    browser.client.post("/account/sessions/end", data=form, headers=OWN_PAGE)

    assert other.client.get("/fhir/Patient").status_code == 200


def test_sessions_end_when_the_account_is_disabled_and_do_not_come_back(
    browser: Browser, person: Person, gateway: Wiring, scope: AccessScope
) -> None:
    browser.sign_in(name := person())
    gateway.accounts.switch(scope, name, disabled=True)
    assert browser.client.get("/fhir/Patient").status_code == 401

    gateway.accounts.switch(scope, name, disabled=False)
    assert browser.client.get("/fhir/Patient").status_code == 401
    browser.sign_in(name)
    assert browser.client.get("/fhir/Patient").status_code == 200


def test_sessions_end_when_the_account_gets_another_password(
    browser: Browser, person: Person, gateway: Wiring, scope: AccessScope
) -> None:
    browser.sign_in(name := person())
    gateway.people.set_password(scope, name, HASH, now())

    assert browser.client.get("/fhir/Patient").status_code == 401


UNSAFE: dict[str, dict[str, Any]] = {
    "without a word of where it is from": {},
    "from another site": {"Sec-Fetch-Site": "cross-site", "Origin": BASE},
    "from a neighbour": {"Sec-Fetch-Site": "same-site", "Origin": BASE},
    "from an address bar": {"Sec-Fetch-Site": "none"},
    "from another origin": {"Origin": "https://evil.example"},
    "from no origin": {"Origin": "null"},
}


@pytest.mark.parametrize("headers", UNSAFE.values(), ids=UNSAFE)
def test_a_page_from_elsewhere_changes_nothing(
    browser: Browser, person: Person, headers: dict[str, str]
) -> None:
    browser.sign_in(person())
    proof = {"csrf": browser.form_token}
    client = browser.client

    written = client.post(
        "/fhir/Patient",
        json={"resourceType": "Patient"},
        headers={**headers, "X-CSRF-Token": browser.form_token},
    )
    assert written.status_code == 401
    assert client.post("/auth/sign-out", data=proof, headers=headers).status_code == 403
    assert client.post("/account/sessions/end-all", data=proof, headers=headers).status_code == 403
    form = {"name": person(), "password": PASSWORD}
    assert client.post("/auth/sign-in", data=form, headers=headers).status_code == 403
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("proof", ["", "x", "ü", "0" * 64])
def test_a_form_without_the_token_of_its_session_changes_nothing(
    browser: Browser, person: Person, proof: str
) -> None:
    browser.sign_in(person())

    for path in ("/account/sessions/end-all", "/auth/sign-out"):
        assert browser.client.post(path, data={"csrf": proof}, headers=OWN_PAGE).status_code == 403
    if proof.isascii():
        headers = {**OWN_PAGE, "X-CSRF-Token": proof}
        assert browser.client.post("/fhir/Patient", json={}, headers=headers).status_code == 401
    assert browser.client.get("/account").status_code == 200


def test_a_page_of_ours_writes_with_the_token_of_its_session(browser: Browser, person: Person) -> None:
    browser.sign_in(person())
    headers = {**OWN_SITE, "X-CSRF-Token": browser.form_token}

    answer = browser.client.post("/fhir/Patient", json={"resourceType": "Patient"}, headers=headers)

    assert answer.status_code == 201


READ_FROM = {"cross-site": 401, "same-site": 401, "same-origin": 200, "none": 200}


@pytest.mark.parametrize(("fetched", "status"), READ_FROM.items())
def test_the_cookie_opens_data_to_pages_of_ours_alone(
    browser: Browser, person: Person, fetched: str, status: int
) -> None:
    browser.sign_in(person())
    headers = {"Sec-Fetch-Site": fetched, "Sec-Fetch-Mode": "no-cors"}

    assert browser.client.get("/fhir/Patient", headers=headers).status_code == status


@pytest.mark.parametrize(("embedded", "status"), [("document", 200), ("iframe", 401), ("embed", 401)])
def test_an_address_that_somebody_opens_is_answered_and_no_frame_of_another_page(
    browser: Browser, person: Person, embedded: str, status: int
) -> None:
    browser.sign_in(person())
    fetched = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": embedded}

    assert browser.client.get("/fhir/Patient", headers=fetched).status_code == status


def test_a_token_in_the_header_counts_before_the_cookie(browser: Browser, person: Person) -> None:
    browser.sign_in(person())

    headers = {"Authorization": "Bearer x.y.z"}
    assert browser.client.get("/fhir/Patient", headers=headers).status_code == 401


def test_a_session_ends_when_nobody_uses_it_and_at_the_end_of_the_day(
    browser: Browser, person: Person, gateway: Wiring, scope: AccessScope
) -> None:
    browser.sign_in(name := person())
    handle, sessions, minute = SessionHandle(browser.cookie or ""), gateway.browser_sessions, 60_000_000
    began = now()
    assert sessions.find(handle, began + 29 * minute) is not None
    assert sessions.find(handle, began + 58 * minute) is not None  # it was used between
    assert sessions.find(handle, began + 89 * minute) is None

    browser.sign_in(name)
    handle, began = SessionHandle(browser.cookie or ""), now()
    for at in range(0, 12 * 60, 25):
        assert sessions.find(handle, began + at * minute) is not None
    assert sessions.find(handle, began + 12 * 60 * minute + 1) is None


PATHS = {
    "/account": "/account",
    "/auth/authorize?a=b&c=%2F": "/auth/authorize?a=b&c=%2F",
    "": "/home",
    "https://evil.example/": "/home",
    "//evil.example/": "/home",
    "/\\evil.example": "/home",
    "\\\\evil.example": "/home",
    "javascript:x": "/home",
    "account": "/home",
    "/a\nb": "/home",
    "/ü": "/home",
    "//[": "/home",
    "/" + "x" * 9_000: "/home",
}


@pytest.mark.parametrize(("asked", "path"), PATHS.items(), ids=range(len(PATHS)))
def test_nobody_is_led_to_another_site(asked: str, path: str) -> None:
    assert own_path(asked) == path
