"""The first picture in the viewer: how long until it is drawn, beside how long its bytes took to be there.

A browser of this machine opens the newest CT of the sample data, cold (nothing kept) and again. What its
bytes take is from the click to the end of the answer with the first frame: the code of the viewer, what it
asks about the study, the frame.
"""

import os
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from playwright.sync_api import Browser, BrowserContext

from app.config import Config
from app.security.demo import demo_name
from app.security.passwords import hash_password
from app.security.scopes import system_scope
from app.wiring import wired
from bench.clients import ROUNDS, Gateway
from graph.clock import now
from tests.browsing.chromium import chromium

_ROLE, _PASSWORD = "clinician", "a password of the bench alone"
_PATIENCE = 120_000  # milliseconds
_STUDIES = "/dicom-web/studies?ModalitiesInStudy=CT&PatientID=OSTEO-01&StudyDescription=*chest*"
_WATCH = """
performance.setResourceTimingBufferSize(5000);
(function look() {
  for (const canvas of document.querySelectorAll("canvas.cornerstone-canvas")) {
    const { width, height } = canvas;
    if (!width || !height) continue;
    const middle = canvas.getContext("2d").getImageData(width / 4, height / 2, width / 2, 1).data;
    if (new Set(middle).size > 8) { window.drawnAt = performance.now(); return; }
  }
  requestAnimationFrame(look);
})();
"""
_TOLD = """() => {
  const frames = performance.getEntriesByType("resource").filter((each) => each.name.includes("/frames/"));
  return [window.drawnAt, Math.min(...frames.map((each) => each.responseEnd))];
}"""


@dataclass(frozen=True, slots=True)
class FirstPicture:
    """Milliseconds until the first picture was drawn, and until its bytes were there."""

    what: str
    drawn: float
    there: float

    def line(self) -> str:
        """The row in Markdown."""
        told = f"{self.drawn / self.there:.2f} of its bytes' {self.there:,.0f} ms"
        return f"| {self.what} | 1 | drawn after {self.drawn:,.0f} ms | {told} |"


def rows(gateway: Gateway) -> Iterator[FirstPicture]:
    """Every row of the suite."""
    base = _with_password()
    study = _newest(gateway)
    with chromium() as browser:
        seen: dict[str, list[tuple[float, float]]] = {"cold": [], "again": []}
        for _ in range(ROUNDS):
            with _signed_in(browser, base) as context:
                for each in seen.values():
                    each.append(_opened(context, f"{base}/viewer?StudyInstanceUIDs={study}"))
    for name, found in seen.items():
        drawn, there = (statistics.median(each) for each in zip(*found, strict=True))
        yield FirstPicture(f"first picture in the viewer, {name}", drawn, there)


def _with_password() -> str:
    """Give the demo clinician a password to sign in with; gives the address of the gateway."""
    with wired(Config.from_env(os.environ)) as wiring:
        scope = system_scope(wiring.sites.own.tenant)
        wiring.people.set_password(scope, demo_name(_ROLE), hash_password(_PASSWORD), now())
        return wiring.config.base_url


def _newest(gateway: Gateway) -> str:
    answer = gateway.ask(("GET", _STUDIES, None, gateway.headers(_ROLE)))
    newest = max(orjson.loads(answer), key=lambda each: each["00080020"]["Value"])
    return str(newest["0020000D"]["Value"][0])


def _signed_in(browser: Browser, base: str) -> BrowserContext:
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.goto(f"{base}/auth/sign-in")
    page.get_by_label("Name").fill(demo_name(_ROLE))
    page.get_by_label("Password").fill(_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/home")
    page.close()
    return context


def _opened(context: BrowserContext, address: str) -> tuple[float, float]:
    """When the first picture was drawn, and when its bytes were there, in milliseconds from the start."""
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.drawnAt > 0")
    drawn, there = page.evaluate(_TOLD)
    page.close()
    return float(drawn), float(there)
