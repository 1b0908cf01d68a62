"""A real browser at the page of cohorts: from a question in words to cards, numbers, patients and files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from app.config import Config
from app.samples import Samples
from app.wiring import Wiring
from app.wiring.samples import sample_loader
from app.wiring.web import web_app
from graph.local.server import free_port
from graph.session import Graph
from tests.app.http.sessions.conftest import signed_up
from tests.browsing.accessibility import violations
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving
from tests.browsing.signing_in import sign_in
from tests.factories.keys import keyed

pytestmark = pytest.mark.slow
LOOKS = (("en-GB", "light"), ("ko-KR", "dark"), ("ko-KR", "light"), ("en-GB", "dark"))
WAIT = 60_000  # milliseconds
GONE = "saved=nope"
TRIES = 5  # what the graph plans for the first time may take longer than a question may
BUSY, MISSING = "status of 503", "status of 404"
ASKED = {
    "en-GB": "Women over 45 with osteosarcoma in the last two years",
    "ko-KR": "최근 2년 내 골육종으로 진단받은 45세 초과 여성",
}


@pytest.fixture(scope="module")
def gateway(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    """A gateway with the sample data, and somebody of each role that asks."""
    settings = {
        "HILUM_HOME": str(keyed(tmp_path_factory.mktemp("home"))),
        "HILUM_TENANT": f"t{uuid4().hex[:12]}",
        "HILUM_BASE_URL": f"http://127.0.0.1:{free_port()}",
    }
    wired = Wiring(Config.from_env(settings), graph)
    sample_loader(wired).load(lambda done, total: None, Samples(date.today()))
    for role in ("clinician", "researcher", "superuser"):
        signed_up(wired, role, role)
    yield wired
    wired.close()


@pytest.fixture(scope="module")
def base(gateway: Wiring) -> Iterator[str]:
    with serving(web_app(gateway), gateway.config.base_url) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@contextmanager
def at_cohorts(
    browser: Browser,
    base: str,
    *,
    role: str = "clinician",
    locale: str = "en-GB",
    theme: str = "light",
    path: str = "/cohorts",
) -> Iterator[Page]:
    """A page of cohorts in a browser that speaks a language; at the end nothing was wrong in it."""
    context = browser.new_context(base_url=base, locale=locale, color_scheme=theme)  # type: ignore[arg-type]
    page, wrong, hosts = context.new_page(), list[str](), set[str | None]()
    sign_in(page, role)
    page.goto("/account")
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname))
    opened(page, path)
    yield page
    context.close()
    expected = (BUSY, *([MISSING] if GONE in path else []))
    assert [each for each in wrong if not any(known in each for known in expected)] == []
    assert hosts == {"127.0.0.1"}


def opened(page: Page, path: str) -> None:
    """Open a page of cohorts, and wait for its script."""
    page.goto(path)
    expect(page.locator("#cohort[data-ready]")).to_be_visible(timeout=WAIT)


def wrong_in(page: Page) -> list[str]:
    """What axe finds wrong, from the top: what the bar above half hides elsewhere is no fault of the page."""
    page.evaluate("() => window.scrollTo(0, 0)")
    return violations(page)


def matched(page: Page) -> int:
    """How many match, as the page counts while one builds; a graph that was too busy is asked again."""
    place = page.locator('[data-part="count"]')
    for _ in range(TRIES):
        expect(place.locator("[data-matched], button").first).to_be_visible(timeout=WAIT)
        expect(page.locator('[data-part="count"][aria-busy]')).to_have_count(0, timeout=WAIT)
        if place.locator("button").count() == 0:
            break
        place.locator("button").click()
    return int(place.locator("[data-matched]").inner_text())


def answered(page: Page) -> None:
    """Show the answer; a graph that was too busy is asked again."""
    place = page.locator('[data-part="results"] > div')
    for _ in range(TRIES):
        page.locator('[data-do="answer"]').click()
        expect(place.locator("[role=tab], [role=alert]").first).to_be_visible(timeout=WAIT)
        expect(page.locator('[data-part="results"] > [aria-busy]')).to_have_count(0, timeout=WAIT)
        if place.locator("[role=tab]").count():
            return
    pytest.fail(place.inner_text())


def asked(page: Page, words: str, cards: int) -> None:
    """Ask in plain words, and wait for the cards."""
    page.locator("[name=words]").fill(words)
    page.locator("[name=words]").press("Enter")
    expect(page.locator('[data-part="understood"] .badge')).to_be_visible(timeout=WAIT)
    expect(page.locator('[data-part="tree"] .condition')).to_have_count(cards, timeout=WAIT)


@pytest.mark.parametrize(("locale", "theme"), LOOKS)
def test_words_become_cards_that_are_changed_counted_explained_and_answered(
    browser: Browser, base: str, locale: str, theme: str
) -> None:
    with at_cohorts(browser, base, locale=locale, theme=theme) as page:
        wrong = {"empty": wrong_in(page)}
        asked(page, ASKED[locale], 3)
        first = matched(page)
        page.locator('[data-part="tree"] .condition', has_text="45").locator(".edit").click()
        age = page.locator('[data-part="tree"] [data-field="value"] input').first
        wrong["edited"] = wrong_in(page)
        age.fill("150")
        age.press("Tab")
        expect(page.locator('[data-part="tree"] .says', has_text="150")).to_be_visible(timeout=WAIT)
        assert matched(page) == 0
        page.locator('[data-do="undo"]').click()
        expect(page.locator('[data-part="tree"] .says', has_text="45")).to_be_visible(timeout=WAIT)
        assert matched(page) == first > 0

        page.locator('[data-part="explain"] button').click()
        expect(page.locator('[data-part="funnel"] .funnel li')).to_have_count(3, timeout=WAIT)
        page.locator('[data-part="explain"] [name=wanted]').fill(str(first + 1))
        page.locator('[data-part="explain"] button').click()
        expect(page.locator('[data-part="funnel"] .changes li').first).to_be_visible(timeout=WAIT)
        changes = page.locator('[data-part="funnel"] .changes').inner_text()
        assert not set('{}"$') & set(changes), changes
        answered(page)
        called = page.locator('[role=tabpanel] td:first-child a[href*="/patients/"]').all_inner_texts()
        assert called
        assert not [each for each in called if "Patient/" in each or " " not in each.strip()]
        assert page.locator("[role=tabpanel] .badge.warn").count() > 0
        wrong["answered"] = wrong_in(page)
        page.set_viewport_size({"width": 390, "height": 844})
        wrong["narrow"] = wrong_in(page)
        across = page.evaluate("() => document.documentElement.scrollWidth")
        assert (wrong, across) == ({name: [] for name in wrong}, 390)


def test_what_was_not_understood_is_marked_and_an_alternative_is_one_press_away(
    browser: Browser, base: str
) -> None:
    with at_cohorts(browser, base) as page:
        page.locator("[name=words]").fill("elderly women with grumbleflux")
        page.locator("[name=words]").press("Enter")
        expect(page.locator('[data-part="understood"] mark')).to_contain_text("grumbleflux", timeout=WAIT)
        expect(page.locator('[data-part="understood"] .badge.bad')).to_be_visible()

        asked(page, "patients on metformim", 0)
        page.locator('[data-part="understood"] .assumption button', has_text="metformin").click()
        expect(page.locator("[name=words]")).to_have_value("patients on metformin")
        expect(page.locator('[data-part="tree"] .says')).to_contain_text("metformin", timeout=WAIT)

        asked(page, "elderly women", 2)
        older = page.locator('[data-part="tree"] .says', has_text="older")
        expect(older).to_be_visible(timeout=WAIT)
        expect(page.locator('[data-part="understood"] .assumption').first).to_contain_text("“elderly”")
        assumed = older.inner_text()
        page.locator('[data-part="understood"] .assumption button').first.click()
        expect(older).not_to_have_text(assumed, timeout=WAIT)
        assert wrong_in(page) == []


def test_a_question_is_built_by_keys_alone(browser: Browser, base: str) -> None:
    with at_cohorts(browser, base) as page:
        add = page.locator('[data-part="tree"] [data-do="add-condition"]').first
        for kind in ("sex", "age"):
            page.locator('[data-part="tree"] .add select').last.select_option(kind)
            add.focus()
            page.keyboard.press("Enter")
            expect(page.locator('[data-part="tree"] .condition')).to_have_count(
                2 if kind == "age" else 1, timeout=WAIT
            )
        assert page.evaluate("document.activeElement.matches('.edit')")
        page.keyboard.press("Alt+ArrowUp")
        says = page.locator('[data-part="tree"] .condition .says')
        expect(says.first).to_have_text("18 years or older", timeout=WAIT)
        expect(says.last).to_have_text("women", timeout=WAIT)
        women = matched(page)
        page.keyboard.press("Control+z")
        expect(says.first).to_have_text("women", timeout=WAIT)
        assert matched(page) == women


def test_a_drug_is_found_by_name_and_what_is_wrong_stands_at_its_card(browser: Browser, base: str) -> None:
    with at_cohorts(browser, base) as page:
        page.locator('[data-part="tree"] .add select').last.select_option("medication")
        page.locator('[data-part="tree"] [data-do="add-condition"]').last.click()
        card = page.locator('[data-part="tree"] .condition')
        card.locator(".add-field select").select_option("codes")
        card.locator(".add-field button").click()
        expect(card.locator(".fault [role=alert]")).to_be_visible(timeout=WAIT)
        card.locator(".finder input").fill("methotr")
        card.locator(".found button").first.click()
        expect(card.locator(".says")).to_contain_text("methotrexate", ignore_case=True, timeout=WAIT)
        expect(card.locator(".fault [role=alert]")).to_have_count(0, timeout=WAIT)
        assert matched(page) > 0
        assert wrong_in(page) == []


def test_a_cohort_is_saved_changed_refreshed_opened_again_and_taken_away(browser: Browser, base: str) -> None:
    with at_cohorts(browser, base) as page:
        saved = page.locator('[data-part="saved"]')
        page.locator('[data-part="often"] button').last.click()
        first = matched(page)
        saved.locator("[name=name]").fill("Bones")
        saved.locator('[data-do="save"]').click()
        page.wait_for_url("**/cohorts?saved=*", timeout=WAIT)
        expect(saved.locator(".note.good")).to_contain_text("Bones", timeout=WAIT)
        saved.locator('[data-do="refresh"]').click()
        expect(saved.locator(".note.good")).to_contain_text(f"{first} match", timeout=WAIT)
        remove = page.locator('[data-part="tree"] .condition', has_text="CT").get_by_role(
            "button", name="Remove"
        )
        remove.click()
        more = matched(page)
        saved.locator('[data-do="save"]').click()
        expect(saved.locator(".saved")).to_contain_text("version 2", timeout=WAIT)
        expect(saved.locator(".note.good")).to_contain_text("Bones", timeout=WAIT)
        assert wrong_in(page) == []

        opened(page, urlsplit(page.url)._replace(scheme="", netloc="").geturl())
        assert matched(page) == more >= first
        answered(page)
        assert len(page.locator("[role=tab]").all()) > 1
        page.locator("[role=tab]").first.press("ArrowRight")
        expect(page.locator("[role=tab]").nth(1)).to_be_focused()
        page.locator("[role=tab]").last.click()
        page.locator('[role=tabpanel] [data-by="sex"]').click()
        expect(page.locator("[role=tabpanel] tbody tr").last).to_contain_text(str(more), timeout=WAIT)
        assert wrong_in(page) == []
        for form, ending in (("bundle", ".json"), ("csv", ".zip"), ("json", ".json")):
            with page.expect_download(timeout=WAIT) as download:
                page.locator(f'[data-download="{form}"]').click()
            assert download.value.suggested_filename.endswith(ending)
        whole = json.loads(Path(download.value.path()).read_bytes())
        assert (whole["counts"]["matched"], whole["next"], "rx" in whole["rows"]) == (more, None, True)


@pytest.mark.parametrize(
    ("locale", "told"), [("en-GB", "not shared with you"), ("ko-KR", "공유되지 않았습니다")]
)
def test_a_saved_cohort_that_is_not_there_is_said_where_one_looks(
    browser: Browser, base: str, locale: str, told: str
) -> None:
    with at_cohorts(browser, base, locale=locale, path=f"/cohorts?{GONE}") as page:
        expect(page.locator('[data-part="understood"] [role=alert]')).to_contain_text(told, timeout=WAIT)
        assert page.locator('[data-part="build"]').is_visible()
        page.locator('[data-part="often"] button').first.click()
        assert matched(page) > 0
        assert wrong_in(page) == []


def test_a_question_may_be_of_another_day(browser: Browser, base: str) -> None:
    with at_cohorts(browser, base) as page:
        day = page.locator('[data-part="as-of"] input')
        page.locator('[data-part="often"] button').first.click()
        assert matched(page) > 0
        day.fill("1950-01-01")
        day.press("Tab")
        expect(page.locator('[data-part="count"]')).to_contain_text("1950-01-01", timeout=WAIT)
        page.locator('[data-do="undo"]').click()
        expect(day).to_have_value("")


def test_an_export_is_begun_watched_and_withdrawn(browser: Browser, base: str) -> None:
    with at_cohorts(browser, base, role="superuser") as page:
        page.locator('[data-part="often"] button').first.click()
        matched(page)
        answered(page)
        form = page.locator(".take form")
        form.locator("input").fill("Trial 7")
        form.locator("button").click()
        expect(page.locator(".take progress")).to_be_visible(timeout=WAIT)
        page.locator(".take").get_by_role("button", name="Cancel").click()
        expect(page.locator(".take")).to_contain_text("cancelled", timeout=WAIT)


def test_who_sees_pseudonyms_is_counted_only_when_they_ask(browser: Browser, base: str) -> None:
    with at_cohorts(browser, base, role="researcher") as page:
        told = list[str]()
        page.on("request", lambda asked: told.append(urlsplit(asked.url).path))
        page.locator('[data-part="often"] button').first.click()
        expect(page.locator('[data-part="tree"] .condition')).to_have_count(1, timeout=WAIT)
        page.wait_for_load_state("networkidle")
        assert "/cohorts/query" not in told

        page.locator('[data-do="count"]').click()
        assert matched(page) > 0
        assert wrong_in(page) == []


def test_without_a_script_words_are_asked_and_answered(browser: Browser, base: str) -> None:
    context = browser.new_context(base_url=base, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(WAIT)
    sign_in(page, "clinician")
    page.goto("/cohorts")
    page.locator("[name=words]").fill(ASKED["en-GB"])
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator(".funnel li")).to_have_count(3, timeout=WAIT)
    assert int(page.locator(".figures dd").first.inner_text()) > 0
    context.close()
