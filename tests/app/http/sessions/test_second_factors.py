"""Whoever has a second factor gives it at each sign-in; whoever needs one sets it up before they are in."""

import re
from base64 import b32decode
from collections.abc import Iterator
from dataclasses import replace
from time import time
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from app.security.authorization.registry import ClientWanted
from app.security.guesses import FREE_TRIES
from app.security.one_time_codes import STEP_SECONDS, code_of
from app.security.tokens import claims_unverified
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.accounts.roles import role_document, role_from
from graph.clock import now
from graph.errors import Forbidden
from graph.scope import AccessScope
from tests.app.http.authorization.apps import OWN_PAGE, PASSWORD, REDIRECT, App, told
from tests.app.http.sessions.conftest import Browser, Person
from tests.factories.scopes import scope_of

RECORD = "/fhir/Patient"
ENROLMENT = "/auth/second-factor/enrolment"


class Phone:
    """An authenticator app that has read the key of a page; each of its codes is given out once."""

    def __init__(self, page: str) -> None:
        (text,) = re.findall(r"<code>([A-Z2-7 ]+)</code>", page)
        self._secret = b32decode(text.replace(" ", ""))
        self._next = 0

    @property
    def code(self) -> str:
        """A code that counts now and was not given out."""
        step = max(int(time()) // STEP_SECONDS, self._next)
        self._next = step + 1
        return code_of(self._secret, step).decode()


def codes_of(page: str) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r"<code>([a-z2-7-]+)</code>", page)


def enrolled(browser: Browser, name: str) -> tuple[Phone, list[str]]:
    """The app of somebody who sets a second factor up, and the recovery codes."""
    browser.sign_in(name)
    phone = Phone(browser.open(ENROLMENT).text)
    shown = browser.send(current=PASSWORD, code=phone.code)
    return phone, codes_of(shown.text)


def status(browser: Browser) -> int:
    """What the record answers to the browser."""
    return browser.client.get(RECORD).status_code


def test_a_second_factor_is_set_up_and_asked_for_from_then_on(
    browser: Browser, other: Browser, person: Person
) -> None:
    name = person()
    other.sign_in(name)
    phone, codes = enrolled(browser, name)

    assert len(codes) == 10
    assert (status(browser), status(other)) == (200, 401)  # who got in without it is out
    page = other.sign_in(name)
    assert "recovery code" in page.text
    assert status(other) == 401
    assert name in other.send(code=phone.code).text
    assert status(other) == 200


def test_the_picture_holds_no_script_and_no_style(browser: Browser, person: Person) -> None:
    browser.sign_in(person())
    page = browser.open(ENROLMENT)

    picture = page.text.partition("<main")[2]
    assert "<svg" in picture
    assert "<script" not in picture
    assert "style=" not in page.text


def test_a_step_of_the_clock_counts_once(browser: Browser, other: Browser, person: Person) -> None:
    phone, _ = enrolled(browser, name := person())
    code = phone.code
    browser.sign_in(name)
    other.sign_in(name)

    assert browser.send(code=code).status_code == 200
    assert other.send(code=code).status_code == 403
    assert (status(browser), status(other)) == (200, 401)


def test_a_recovery_code_counts_once(browser: Browser, person: Person) -> None:
    _, codes = enrolled(browser, name := person())

    browser.sign_in(name)
    assert browser.send(code=codes[0].upper()).status_code == 200
    assert "9 recovery codes are left" in browser.open("/account").text
    browser.sign_in(name)
    assert browser.send(code=codes[0]).status_code == 403
    assert status(browser) == 401


def test_wrong_codes_have_to_wait_in_the_end(browser: Browser, person: Person) -> None:
    phone, _ = enrolled(browser, name := person())
    browser.sign_in(name)
    form = browser.page
    for _ in range(FREE_TRIES):
        browser.page = form
        assert browser.send(code="000000").status_code == 403
    browser.page = form
    assert browser.send(code=phone.code).status_code == 429


def test_who_has_given_the_password_alone_is_nowhere_in(browser: Browser, person: Person) -> None:
    enrolled(browser, name := person())
    browser.sign_in(name)

    assert "Sign in" in browser.open("/account").text
    browser.open("/auth/second-factor")
    for path in ("/account/password", "/account/second-factor/remove", ENROLMENT):
        form = {"csrf": browser.form_token, "current": PASSWORD, "password": "another password of ours"}
        answer = browser.client.post(path, data=form, headers=OWN_PAGE)
        assert answer.status_code == 303, path
    assert status(browser) == 401


def test_a_wrong_code_sets_nothing_up_and_the_key_stays_the_same(browser: Browser, person: Person) -> None:
    name = person()
    browser.sign_in(name)
    first = browser.open(ENROLMENT).text
    refused = browser.send(current=PASSWORD, code="000000")
    assert (refused.status_code, Phone(refused.text)._secret) == (403, Phone(first)._secret)
    assert browser.send(current="a guess of somebody", code=Phone(first).code).status_code == 403

    browser.sign_in(name)
    assert status(browser) == 200


def test_an_offer_is_confirmed_in_its_session_alone(browser: Browser, other: Browser, person: Person) -> None:
    browser.sign_in(name := person())
    phone = Phone(browser.open(ENROLMENT).text)
    offer = browser.page.text.partition('name="offer" value="')[2].partition('"')[0]
    other.sign_in(name)
    other.open(ENROLMENT)

    for foreign in (offer, "", "x", "é", "A" * 60):
        assert other.send(offer=foreign, current=PASSWORD, code=phone.code).status_code == 403


def test_it_is_removed_with_the_password_and_not_without(
    browser: Browser, other: Browser, person: Person
) -> None:
    enrolled(browser, name := person())
    browser.open("/account")
    assert browser.press("/account/second-factor/remove", current="a guess").status_code == 400
    browser.press("/account/second-factor/remove", current=PASSWORD)

    assert "There is none" in browser.page.text
    assert name in other.sign_in(name).text


def test_recovery_codes_are_replaced(browser: Browser, person: Person) -> None:
    _, codes = enrolled(browser, name := person())
    browser.open("/account")
    fresh = codes_of(browser.press("/account/second-factor/codes", current=PASSWORD).text)

    browser.sign_in(name)
    form = browser.page
    assert browser.send(code=codes[0]).status_code == 403
    browser.page = form
    assert browser.send(code=fresh[0]).status_code == 200


def test_a_role_that_needs_one_is_not_in_without(
    browser: Browser, gateway: Wiring, scope: AccessScope, person: Person
) -> None:
    clinician = gateway.administration.role(scope, "clinician")
    strict = replace(clinician, name=f"strict-{uuid4().hex[:6]}", second_factor=True)
    assert role_from(role_document(strict)) == strict
    gateway.roles.put(scope, strict, now())
    name = person(strict.name)

    page = browser.sign_in(name)
    assert "Your account needs one" in page.text
    assert status(browser) == 401
    shown = browser.send(code=Phone(page.text).code)
    assert len(codes_of(shown.text)) == 10
    assert status(browser) == 200
    browser.open("/account")
    assert "/account/second-factor/remove" not in browser.page.text
    form = {"csrf": browser.form_token, "current": PASSWORD}
    answer = browser.client.post("/account/second-factor/remove", data=form, headers=OWN_PAGE)
    assert answer.status_code == 400


@pytest.fixture
def strict_site(gateway: Wiring) -> Iterator[Flask]:
    """A gateway where everybody needs a second factor."""
    wired = Wiring(replace(gateway.config, second_factor=True), gateway.graph)
    yield web_app(wired)
    wired.close()


def test_a_gateway_may_ask_it_of_everybody(strict_site: Flask, person: Person) -> None:
    browser = Browser(strict_site)

    assert "Your account needs one" in browser.sign_in(person()).text


def test_who_does_not_manage_takes_it_from_nobody(
    browser: Browser, gateway: Wiring, scope: AccessScope, person: Person
) -> None:
    enrolled(browser, name := person())
    with pytest.raises(Forbidden):
        gateway.second_factors.remove(scope_of("clinician", tenant=scope.tenant), name, now())


def test_its_secret_stands_nowhere_in_the_graph(
    browser: Browser, gateway: Wiring, scope: AccessScope, person: Person
) -> None:
    phone, codes = enrolled(browser, name := person())
    rows = gateway.graph.read("MATCH (u:User {name: $name}) RETURN properties(u) AS user", name=name)

    kept = str(rows)
    assert phone._secret.hex() not in kept
    assert str(phone._secret) not in kept
    assert not any(code in kept for code in codes)


def test_a_password_is_changed_with_the_old_one_and_ends_the_other_sessions(
    browser: Browser, other: Browser, person: Person
) -> None:
    name, another = person(), "another password of ours"
    browser.sign_in(name)
    other.sign_in(name)
    before = browser.cookie
    path = "/account/password"

    assert browser.press(path, current="a guess", password=another).status_code == 400
    weak = browser.press(path, current=PASSWORD, password="password1234")
    assert "first that somebody would try" in weak.text
    browser.press(path, current=PASSWORD, password=another)

    assert name in browser.page.text
    assert browser.cookie != before
    assert (status(browser), status(other)) == (200, 401)
    assert other.sign_in(name).status_code == 403
    assert name in other.sign_in(name, another).text


def test_who_manages_resets_it_for_others_and_signs_them_out(
    browser: Browser, other: Browser, person: Person, gateway: Wiring, scope: AccessScope
) -> None:
    enrolled(browser, name := person())
    enrolled(other, manager := person("administrator"))
    other.open("/account")
    headers = {**OWN_PAGE, "X-CSRF-Token": other.form_token}

    def end(who: str, what: str) -> int:
        return other.client.delete(f"/administration/users/{who}/{what}", headers=headers).status_code

    assert end(name, "second-factor") == 204
    assert status(browser) == 401
    assert name in browser.sign_in(name).text
    assert [end(name, "second-factor"), end("nobody-here", "second-factor")] == [404, 404]
    assert end(manager, "second-factor") == 403

    assert end(name, "sessions") == 204
    assert status(browser) == 401
    assert end("nobody-here", "sessions") == 404


def test_apps_read_how_somebody_had_signed_in(
    browser: Browser, other: Browser, person: Person, gateway: Wiring, scope: AccessScope
) -> None:
    wanted = ClientWanted(client_id=f"app-{uuid4().hex[:8]}", redirect_uris=(REDIRECT,))
    gateway.clients.add(scope, wanted, now())
    enrolled(browser, person())
    other.sign_in(person())

    def claims(at: Browser) -> dict[str, Any]:
        app = App(at.client, wanted.client_id, "openid user/*.rs")
        tokens = app.exchange(told(app.send(app.ask(), decision="agree"))["code"]).get_json()
        return dict(claims_unverified(tokens["id_token"]))

    both, one = claims(browser), claims(other)
    assert (both["amr"], both["acr"]) == (["pwd", "otp", "mfa"], "urn:hilum:acr:two-factors")
    assert (one["amr"], one["acr"]) == (["pwd"], "urn:hilum:acr:one-factor")
