"""What axe finds wrong with a page that a browser shows: WCAG 2.2, levels A and AA."""

from typing import Any

from playwright.sync_api import Page

from tests.browsing.packages import NpmPackage, unpacked

AXE = NpmPackage("axe-core", "4.14.1", "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745")
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
_RUN = "levels => axe.run(document, { runOnly: levels })"


def violations(page: Page) -> list[str]:
    """Each rule that is broken, with the elements that break it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((unpacked(AXE) / "axe.min.js").read_text("utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN, _LEVELS)["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in found]
