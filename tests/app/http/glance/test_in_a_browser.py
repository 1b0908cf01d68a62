"""A reader at a real browser takes in a patient, looks closer, and is told what came since."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.config import Config
from app.wiring import Wiring
from graph.local.server import free_port
from tests.app.http.authorization.apps import PASSWORD
from tests.app.http.glance.conftest import Reader
from tests.app.http.sessions.conftest import signed_up
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving
from tests.factories.charts import study

pytestmark = pytest.mark.slow


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, base_url=f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def base(app: Flask, config: Config, services: Wiring) -> Iterator[str]:
    signed_up(services, "kim")
    with serving(app, config.base_url):
        yield config.base_url


@pytest.fixture
def page(base: str) -> Iterator[Page]:
    """A page of a browser that told of no error, and asked nobody else."""
    with chromium() as browser:
        opened = browser.new_page(locale="en")
        wrong = list[str]()
        opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on(
            "request", lambda asked: wrong.append(asked.url) if not asked.url.startswith(base) else None
        )
        yield opened
        assert wrong == []


def test_a_reader_takes_in_a_patient_and_is_told_what_came_since(
    page: Page, base: str, reader: Reader
) -> None:
    page.goto(f"{base}/patients/mine/overview")
    page.get_by_label("Name").fill("kim")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Why now")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("osteosarcoma", exact=True)).to_be_visible()
    expect(page.get_by_text("overdue", exact=True)).to_be_visible()
    expect(page.get_by_label("Imaging").get_by_role("link")).to_have_count(2)

    page.get_by_role("link", name="Closer").click()
    expect(page.get_by_label("Imaging").get_by_role("link")).to_have_count(1, timeout=60_000)

    page.get_by_role("button", name="I have read this patient").click()
    expect(page.get_by_text("Nothing changed.")).to_be_visible(timeout=60_000)
    reader.write(study("later", "2025-09-01", "MR", "KNEE"))
    page.reload()

    expect(page.get_by_role("heading", name="New (1)")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("link", name="MR knee").first).to_be_visible()


def test_the_page_of_a_patient_who_is_not_there_says_so(page: Page, base: str) -> None:
    answer = page.goto(f"{base}/patients/none/overview")
    page.get_by_label("Name").fill("kim")
    page.get_by_label("Password").fill(PASSWORD)

    assert answer is not None
    assert answer.status == 200  # of the page to sign in, as for a patient who is there
