"""A real browser signs in with a second factor, keeps its session to itself, and acts for no other page."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.config import Config
from app.wiring import Wiring
from graph.local.server import free_port
from tests.app.http.authorization.apps import PASSWORD
from tests.app.http.sessions.conftest import signed_up
from tests.app.http.sessions.test_second_factors import Phone
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_FOREIGN = """<!doctype html><title>another page</title>
<form id=ending method=post action="{base}/account/sessions/end-all" target=_blank></form>
<form id=entering method=post action="{base}/auth/sign-in" target=_blank>
<input name=name value=kim><input name=password value="{password}"></form>
<script>
async function attempt() {{
  const asked = {{ credentials: "include", mode: "no-cors" }};
  const write = {{ ...asked, method: "POST", body: new URLSearchParams({{ csrf: "x" }}) }};
  for (const path of ["/account/sessions/end-all", "/auth/sign-out"])
    await fetch("{base}" + path, write).catch(() => "sent, and its answer kept from this page");
  try {{ return await (await fetch("{base}/fhir/Patient", {{ credentials: "include" }})).text() }}
  catch (error) {{ return "unreadable" }}
}}
</script>"""


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, base_url=f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def base(app: Flask, config: Config, services: Wiring) -> Iterator[str]:
    signed_up(services, "kim")
    with serving(app, config.base_url):
        yield config.base_url


@pytest.fixture
def foreign(base: str) -> Iterator[str]:
    """A page of another origin, but of the same site: another port of this machine."""

    def answer(_: "WSGIEnvironment", start: "StartResponse") -> Any:
        body = _FOREIGN.format(base=base, password=PASSWORD).encode()
        start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
        return [body]

    address = f"http://127.0.0.1:{free_port()}"
    with serving(answer, address):
        yield address


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/account")
    page.get_by_label("Name").fill("kim")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def shows_the_account(page: Page) -> None:
    expect(page.get_by_role("heading", name="kim")).to_be_visible(timeout=30_000)


@pytest.mark.slow
def test_somebody_signs_in_with_a_second_factor_and_out_again(base: str, foreign: str) -> None:
    with chromium() as browser:
        context = browser.new_context()
        page = context.new_page()
        page.set_default_timeout(30_000)
        faults: list[str] = []
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)

        sign_in(page, base)
        shows_the_account(page)
        page.get_by_role("link", name="Set one up").click()
        expect(page.locator("main svg")).to_be_visible()
        phone = Phone(page.content())
        page.get_by_label("Current password").fill(PASSWORD)
        page.get_by_label("The code that the app shows").fill(phone.code)
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        page.get_by_role("link", name="Go on").click()
        shows_the_account(page)
        assert faults == []  # no policy was broken by a page of ours

        stranger = context.new_page()
        stranger.goto(foreign)
        assert "resourceType" not in stranger.evaluate("attempt()")
        for form in ("ending", "entering"):
            with context.expect_page() as opened:
                stranger.evaluate(f"document.getElementById('{form}').submit()")
            opened.value.wait_for_load_state()
            expect(opened.value.get_by_role("heading", name="Signed")).to_have_count(0)
        page.reload()
        shows_the_account(page)
        assert page.evaluate("document.cookie") == ""
        read = page.evaluate("async () => (await fetch('/fhir/Patient')).status")
        assert read == 200

        page.get_by_role("button", name="Sign out", exact=True).click()
        expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
        assert [each for each in context.cookies() if each["name"].startswith("hilum")] == []
        sign_in(page, base)
        page.get_by_label("Code of your app").fill(phone.code)
        page.get_by_role("button", name="Go on").click()
        shows_the_account(page)
