"""OHIF, unmodified, shows the phantoms: volumes, clips, views, and what is drawn on them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from tests.app.http.dicomweb.test_viewer import FEWEST_COLOURS, colours, opened, overlaid, until
from tests.browsing.ohif import ohif_over

from app.config import Config
from app.samples.phantoms.studies import RECIPES
from graph.local.server import free_port
from tests.app.conftest import AsRole
from tests.app.samples.phantoms.conftest import taken_by
from tests.browsing.chromium import chromium

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("renderers")]

SHOWN = ("chest with progress", "heart", "breasts")
BESIDE = {"knee after chemotherapy": "SEG", "thigh with tumour": "RTSTRUCT"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def config(config: Config) -> Config:
    """A gateway that knows at which address the viewer is."""
    return replace(config, base_url=f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def page(app: Flask, config: Config, browser: Browser, as_role: AsRole) -> Iterator[Page]:
    with ohif_over(app, config.base_url):
        context = browser.new_context(
            base_url=config.base_url,
            viewport={"width": 1600, "height": 1200},
            extra_http_headers=as_role("clinician"),
        )
        shown = context.new_page()
        shown.set_default_timeout(60_000)
        yield shown
        context.close()


@pytest.mark.parametrize("name", SHOWN)
def test_it_shows_a_phantom(app: Flask, page: Page, as_role: AsRole, name: str) -> None:
    failed = opened(page, app, as_role, list(RECIPES[name].files(taken_by(name))))

    until(page, lambda: len(colours(page)) > 5 * FEWEST_COLOURS)
    assert not failed


@pytest.mark.parametrize(("name", "modality"), BESIDE.items())
def test_it_shows_what_is_drawn_on_a_phantom(
    app: Flask, page: Page, as_role: AsRole, name: str, modality: str
) -> None:
    failed = opened(page, app, as_role, list(RECIPES[name].files(taken_by(name))))
    page.get_by_text("Skip all").click()
    page.get_by_text("Confirm and hide").click()
    until(page, lambda: len(colours(page)) > 5 * FEWEST_COLOURS)

    page.get_by_text(modality, exact=True).first.dblclick()

    until(page, lambda: overlaid(page))
    assert not failed
