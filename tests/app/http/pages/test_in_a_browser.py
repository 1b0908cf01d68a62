"""A real browser opens every page in both languages and themes: nothing is wrong or comes from elsewhere.

Somebody finds a patient and opens a study by keys alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.config import Config
from app.security.authorization.registry import ClientWanted
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.clock import now
from graph.local.server import free_port
from tests.app.conftest import signing_in
from tests.app.http.authorization.apps import PASSWORD
from tests.app.http.pages.conftest import planted_in
from tests.app.http.sessions.conftest import signed_up
from tests.browsing.accessibility import violations
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving
from tests.factories.workitems import new_uid, workitem

PEOPLE = ("clinician", "dicom-data-reader", "researcher", "administrator", "superuser")
PATHS = {
    "clinician": (
        *("/home", "/search", "/search?q=%EA%B9%80%EC%84%9C%EC%97%B0", "/search?q=nobody"),
        *(
            "/patients/{patient}",
            "/patients/none",
            "/studies/{study}",
            "/studies/{study}/report",
            "/account",
            "/manage",
        ),
        "/nothing-here",
    ),
    "dicom-data-reader": ("/home", "/search?q=SEEN", "/studies/{study}", "/patients/{patient}"),
    "researcher": ("/home", "/search", "/cohorts"),
    "administrator": ("/home", "/manage"),
    "superuser": (
        "/home",
        *("/worklist", "/worklist?show=others", "/worklist?show=unasked", "/worklist?show=done"),
        *("/worklist/{workitem}", "/worklist/{begun}", "/worklist/1.2.3"),
        *(f"/manage/{name}" for name in ("users", "roles", "apps", "jobs", "alerts", "health")),
        *("/manage/audit", "/manage/audit?patient={patient}", "/manage/users/clinician"),
        *("/manage/new-role", "/manage/roles/clinician", "/manage/new-app", "/manage/apps/growth-chart"),
    ),
}
LOOKS = (("en-GB", "light"), ("ko-KR", "dark"), ("en-GB", "dark"), ("ko-KR", "light"))
WAIT = 30_000


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, base_url=f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def planted(app: Flask, services: Wiring, renderers: None) -> dict[str, str]:
    """A patient with a study and its report, and people with passwords; the names that paths are made of."""
    for role in PEOPLE:
        signed_up(services, role, role)
    app_wanted = ClientWanted(client_id="growth-chart", redirect_uris=("https://growth.example/callback",))
    services.clients.add(system_scope(services.sites.own.tenant), app_wanted, now())
    shown = asdict(planted_in(services, app, "SEEN"))
    return {**shown, **asked_to_read(app, services, shown["study"])}


def asked_to_read(app: Flask, services: Wiring, study: str) -> dict[str, str]:
    """Ask for a study to be read, urgently, and have the superuser begin with another read of it."""
    client, as_role = app.test_client(), signing_in(services)
    headers = as_role("superuser", Content_Type="application/dicom+json")
    uids = {"workitem": new_uid(), "begun": new_uid()}
    for uid in uids.values():
        asked = workitem(PatientID="SEEN", StudyInstanceUID=study)
        assert client.post(f"/dicom-web/workitems?{uid}", json=[asked], headers=headers).status_code == 201
    services.held_workitems.claim(services.authenticator.of_account("superuser"), uids["begun"])
    return uids


@pytest.fixture
def base(app: Flask, config: Config, planted: dict[str, str]) -> Iterator[str]:
    with serving(app, config.base_url):
        yield config.base_url


class Watched:
    """A page, with what its browser complained of and where its requests went."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.hosts: set[str | None] = set()
        page.set_default_timeout(WAIT)
        page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))


@contextmanager
def looking(browser: Browser, locale: str, theme: str) -> Iterator[Watched]:
    """A browser of somebody who reads that language and that theme."""
    context = browser.new_context(locale=locale, color_scheme=theme)  # type: ignore[arg-type]
    watched = Watched(context.new_page())
    yield watched
    context.close()


def sign_in(page: Page, base: str, name: str) -> None:
    page.goto(f"{base}/home")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url("**/home")


@pytest.mark.slow
def test_every_page_is_right_in_both_languages_and_themes(base: str, planted: dict[str, str]) -> None:
    wrong: dict[str, list[str]] = {}
    with chromium() as browser:
        for number, (locale, theme) in enumerate(LOOKS):
            for who in PEOPLE:
                with looking(browser, locale, theme) as watched:
                    page = watched.page
                    for path in ("/", "/auth/sign-in"):
                        page.goto(base + path)
                        wrong[f"{locale} {theme} {path}"] = violations(page)
                    sign_in(page, base, who)
                    for path in PATHS[who]:
                        page.goto(base + path.format(**planted))
                        page.wait_for_load_state("networkidle")
                        wrong[f"{locale} {theme} {who} {path}"] = violations(page)
                        assert page.locator("html").get_attribute("lang") == locale[:2]
                    refused = [each for each in watched.errors if "status of 40" not in each]
                    assert refused == [], f"{who} {number}"
                    assert watched.hosts == {"127.0.0.1"}
    assert {name: each for name, each in wrong.items() if each} == {}


@pytest.mark.slow
def test_keys_alone_lead_from_sign_in_to_a_study(base: str, planted: dict[str, str]) -> None:
    with chromium() as browser, looking(browser, "en-GB", "light") as watched:
        page, press = watched.page, watched.page.keyboard.press
        page.goto(f"{base}/home")
        expect(page.get_by_label("Name")).to_be_focused(timeout=WAIT)
        page.keyboard.type("clinician")
        press("Tab")
        page.keyboard.type(PASSWORD)
        press("Enter")
        expect(page.get_by_role("heading", name="Today")).to_be_visible(timeout=WAIT)
        press("/")
        page.keyboard.type("nobody")
        press("Enter")
        expect(page.get_by_text("No patient is found.")).to_be_visible(timeout=WAIT)
        press("g")
        press("s")
        page.wait_for_url("**/search")
        page.keyboard.type("김서연")  # results come while one types
        expect(page.get_by_role("link", name="Seoyeon Kim")).to_be_visible(timeout=WAIT)
        page.wait_for_url("**/search?q=*")
        press("Tab")
        press("j")
        press("Enter")
        expect(page.get_by_role("heading", name="Seoyeon Kim")).to_be_visible(timeout=WAIT)
        press("j")
        press("Enter")
        expect(page.get_by_role("heading", name="CT chest", exact=True).first).to_be_visible(timeout=WAIT)
        press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        press("Escape")
        press("g")
        press("h")
        page.wait_for_url("**/home")
        assert watched.errors == []


@pytest.mark.slow
def test_keys_alone_lead_from_sign_in_to_a_claim_and_the_viewer(base: str, planted: dict[str, str]) -> None:
    with chromium() as browser, looking(browser, "en-GB", "light") as watched:
        page, press = watched.page, watched.page.keyboard.press
        page.goto(f"{base}/home")
        expect(page.get_by_label("Name")).to_be_focused(timeout=WAIT)
        page.keyboard.type("superuser")
        press("Tab")
        page.keyboard.type(PASSWORD)
        press("Enter")
        expect(page.get_by_role("heading", name="Worklist")).to_be_visible(timeout=WAIT)
        press("g")
        press("w")
        page.wait_for_url("**/worklist")
        press("j")
        press("j")  # the first row was begun, the second is nobody's
        press("Enter")
        expect(page.get_by_role("button", name="Claim and open")).to_be_focused(timeout=WAIT)
        press("Enter")
        page.wait_for_url(f"**/viewer/viewer?StudyInstanceUIDs={planted['study']}*")
        page.goto(f"{base}/worklist/{planted['workitem']}")
        expect(page.get_by_text("claimed by you")).to_be_visible(timeout=WAIT)
        page.get_by_role("button", name="Done").focus()
        press("Enter")
        page.wait_for_url("**/worklist?did=done")
        expect(page.get_by_text("It is done.")).to_be_visible(timeout=WAIT)


@pytest.mark.slow
def test_a_language_and_a_theme_are_chosen_and_kept(base: str) -> None:
    with chromium() as browser, looking(browser, "en-GB", "light") as watched:
        page = watched.page
        page.goto(f"{base}/auth/sign-in")
        page.locator("details.menu summary").click()
        page.get_by_role("button", name="한국어").click()
        expect(page.get_by_role("heading", name="로그인")).to_be_visible(timeout=WAIT)
        page.locator("details.menu summary").click()
        page.get_by_role("button", name="어둡게").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark", timeout=WAIT)
        page.goto(f"{base}/")
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        assert page.evaluate("document.cookie") == ""
        assert watched.errors == []
