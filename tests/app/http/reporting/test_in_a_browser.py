"""A real browser at the pages of reports: accessible, by keys alone, and words outlive a session."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from app.config import Config
from app.records.reporting.content import ReportContent
from app.records.reporting.states import ReportStep
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.local.server import free_port
from graph.session import Graph
from tests.app.http.sessions.conftest import signed_up
from tests.browsing.accessibility import violations
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving
from tests.browsing.signing_in import sign_in
from tests.factories.keys import keyed
from tests.factories.reporting import Department

pytestmark = pytest.mark.slow
LOOKS = (("en-GB", "light"), ("ko-KR", "dark"))


@pytest.fixture(scope="module")
def gateway(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    settings = {
        "HILUM_HOME": str(keyed(tmp_path_factory.mktemp("home"))),
        "HILUM_TENANT": f"t{uuid4().hex[:12]}",
        "HILUM_BASE_URL": f"http://127.0.0.1:{free_port()}",
    }
    wired = Wiring(Config.from_env(settings), graph)
    yield wired
    wired.close()


@pytest.fixture(scope="module")
def department(gateway: Wiring) -> Department:
    for name in ("reader", "second", "orderer"):
        signed_up(gateway, name)
    return Department(gateway)


@pytest.fixture(scope="module")
def base(gateway: Wiring) -> Iterator[str]:
    with serving(web_app(gateway), gateway.config.base_url) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.mark.parametrize(("locale", "theme"), LOOKS)
def test_every_page_is_accessible_and_asks_nobody_else(
    browser: Browser, base: str, department: Department, locale: str, theme: str
) -> None:
    waiting, begun = department.waiting(), department.waiting()
    report = department.signed(waiting, critical="기흉")
    department.reporting.append(department.second, report.report_id, "Seen with CT of 2024.", 1)
    content = ReportContent(findings="A")
    department.reporting.write(department.second, begun.uid, content, ReportStep.SAVE, None)
    context = browser.new_context(base_url=base, locale=locale, color_scheme=theme)  # type: ignore[arg-type]
    page, hosts, errors = context.new_page(), set[str | None](), list[str]()
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname))
    page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(page, "reader")

    wrong = {}
    paths = (
        *(f"/studies/{each.uid}/report" for each in (begun, department.waiting())),
        *(f"/reports/{report.report_id}{each}" for each in ("", "?version=1", "/correction")),
        "/home",
    )
    for path in paths:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        wrong[path] = violations(page)
    current = department.reporting.open(department.reader, begun.uid).report
    assert current is not None
    page.goto(f"/studies/{begun.uid}/report")
    changed = replace(current.content, findings="B")
    department.reporting.save(department.second, current.report_id, changed, ReportStep.SAVE, 1)
    page.get_by_role("button").and_(page.locator("[value=sign]")).click()
    page.wait_for_load_state("networkidle")
    page.locator("[name=findings]").fill("C")
    page.locator("[value=save]").click()
    page.wait_for_load_state("networkidle")
    wrong["beside another's"] = violations(page)
    context.close()

    assert {name: each for name, each in wrong.items() if each} == {}
    assert (errors, hosts) == ([], {"127.0.0.1"})


def test_a_report_is_written_and_signed_by_keys_alone(
    browser: Browser, base: str, department: Department
) -> None:
    waiting = department.waiting()
    context = browser.new_context(base_url=base, locale="en-GB")
    page = context.new_page()
    sign_in(page, "reader")
    page.goto(f"/studies/{waiting.uid}")
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/report")

    for name in ("findings", "impression"):
        while page.evaluate("document.activeElement.name") != name:
            page.keyboard.press("Tab")
        page.keyboard.type(f"words of {name}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    while page.evaluate("document.activeElement.value") != "sign":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/*")

    expect(page.locator(".impression .words")).to_have_text("words of impression")
    context.close()


def test_words_outlive_the_session_and_not_a_sign_out(
    browser: Browser, base: str, department: Department
) -> None:
    path = f"/studies/{department.waiting().uid}/report"
    context = browser.new_context(base_url=base, locale="en-GB")
    page = context.new_page()
    page.on("dialog", lambda asked: asked.accept())
    sign_in(page, "reader")
    page.goto(path)
    page.locator("[name=findings]").press_sequentially("ten minutes of words")
    context.clear_cookies()
    page.locator("[value=save]").click()
    page.wait_for_url("**/auth/sign-in*")

    sign_in(page, "reader")
    page.goto(path)
    expect(page.locator("[name=findings]")).to_have_value("ten minutes of words")

    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state("networkidle")
    sign_in(page, "reader")
    page.goto(path)
    expect(page.locator("[name=findings]")).to_have_value("")
    context.close()


def test_words_that_were_not_sent_stand_beside_what_somebody_wrote_since(
    browser: Browser, base: str, department: Department
) -> None:
    waiting = department.waiting()
    content = ReportContent(findings="first")
    begun = department.reporting.write(department.second, waiting.uid, content, ReportStep.SAVE, None)
    context = browser.new_context(base_url=base, locale="en-GB")
    page = context.new_page()
    page.on("dialog", lambda asked: asked.accept())
    sign_in(page, "reader")
    page.goto(f"/studies/{waiting.uid}/report")
    page.locator("[name=findings]").press_sequentially(" and mine")
    changed = replace(content, findings="theirs")
    department.reporting.save(department.second, begun.report_id, changed, ReportStep.SAVE, 1)

    page.goto(f"/studies/{waiting.uid}/report")

    expect(page.locator("[name=findings]")).to_have_value("theirs")
    expect(page.locator(".theirs .words")).to_contain_text("and mine")
    context.close()
