"""A real browser at the pages of feedback: accessible, and a reader answers by keys alone."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from app.wiring import Wiring
from app.wiring.web import web_app
from graph.accounts.accounts import AccountTerms
from graph.clock import now
from graph.local.server import free_port
from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Ward
from tests.app.http.sessions.conftest import signed_up
from tests.browsing.accessibility import violations
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving
from tests.browsing.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("renderers")]
LOOKS = (("en-GB", "light"), ("ko-KR", "dark"))
READER = "reader"


@pytest.fixture(scope="module")
def more_settings() -> dict[str, str]:
    return {"HILUM_BASE_URL": f"http://127.0.0.1:{free_port()}"}


@pytest.fixture(scope="module")
def ward(gateway: Wiring) -> Ward:
    """A ward with a reader who has two packets to answer, one of them of a colleague."""
    ward = Ward(gateway)
    reader = ward.colleague("clinician")
    episode = Episode(ward)
    episode.read(reader.practitioner)
    episode.pathology()
    episode.surgery()
    message = {"report": f"{episode.mark}-read", "text": "The nodule stood behind the heart."}
    sent = ward.colleague("clinician").post("/feedback/messages", **message, patientAtRisk=True)
    assert sent.status_code == 201
    signed_up(gateway, READER, "clinician")
    gateway.accounts.put(ward.scope, READER, AccountTerms("clinician", fhir_user=reader.practitioner), now())
    signed_up(gateway, "manager", "administrator")
    return ward


@pytest.fixture(scope="module")
def base(gateway: Wiring, ward: Ward) -> Iterator[str]:
    with serving(web_app(gateway), gateway.config.base_url) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize(("locale", "theme"), LOOKS)
def test_every_page_is_accessible_and_asks_nobody_else(
    browser: Browser, base: str, ward: Ward, locale: str, theme: str
) -> None:
    context = browser.new_context(base_url=base, locale=locale, color_scheme=theme)  # type: ignore[arg-type]
    page, hosts, errors, wrong = context.new_page(), set[str | None](), list[str](), {}
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname))
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, READER)
    page.goto("/feedback")
    packets = page.locator("a.row").evaluate_all("all => all.map(each => each.pathname)")

    for path in ("/home", "/feedback", "/feedback?status=answered", "/feedback/numbers", *packets):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        wrong[path] = violations(page)
    context.close()

    assert len(packets) == 2
    assert {name: each for name, each in wrong.items() if each} == {}
    assert (errors, hosts) == ([], {"127.0.0.1"})


def test_a_reader_answers_by_keys_alone(browser: Browser, base: str, ward: Ward) -> None:
    context = browser.new_context(base_url=base, locale="en-GB")
    page = context.new_page()
    sign_in(page, READER)
    for key in ("g", "f"):
        page.keyboard.press(key)
    page.wait_for_url("**/feedback")
    for key in ("j", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/feedback/*")

    while page.evaluate("document.activeElement.value") != "discordant-minor":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("answered")).to_be_visible()
    context.close()


def test_who_manages_sees_that_there_is_too_little(browser: Browser, base: str) -> None:
    context = browser.new_context(base_url=base, locale="ko-KR")
    page = context.new_page()
    sign_in(page, "manager")
    page.goto("/feedback/together")

    assert violations(page) == []
    context.close()
