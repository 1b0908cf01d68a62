"""Signing in at a browser, as a test does whatever language the page speaks."""

from playwright.sync_api import Page

from tests.app.http.authorization.apps import PASSWORD

PATIENCE = 30_000  # milliseconds


def sign_in(page: Page, name: str) -> None:
    """Sign somebody in with the password of the tests, and wait for their home page."""
    page.set_default_timeout(PATIENCE)
    page.goto("/auth/sign-in")
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").first.click()
    page.wait_for_url("**/home")
