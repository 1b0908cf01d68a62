"""Files from npm: `make` has brought what the table names; without them pages stand, and the log says so."""

import json
import re
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.http.kit.vendored import vendored_folder
from app.http.pages.files import FROM_NPM, AssetFiles
from app.wiring import Wiring
from app.wiring.web import web_app
from tests.architecture.source import ROOT

ASSETS = ROOT / "app/http/pages/assets"


def test_all_that_the_table_names_was_brought_in() -> None:
    assert AssetFiles("").missing == []


def test_every_package_is_locked_by_its_digest_at_one_version() -> None:
    wanted = json.loads((ASSETS / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((ASSETS / "package-lock.json").read_text("utf-8"))["packages"]
    own = {path.removeprefix("node_modules/"): said for path, said in locked.items() if path}

    assert {name: own[name]["version"] for name in wanted} == wanted
    assert all(re.match("sha512-", said["integrity"]) for said in own.values())
    assert {path.split("/")[0] for path in FROM_NPM.values()} <= own.keys()


def test_another_lock_is_another_folder(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{}", encoding="utf-8")
    before = vendored_folder(tmp_path, {"HILUM_CACHE": "/cache"})
    (tmp_path / "package-lock.json").write_text("{ }", encoding="utf-8")

    assert vendored_folder(tmp_path, {"HILUM_CACHE": "/cache"}) != before
    assert before.parent == Path("/cache/assets")


def test_without_them_pages_stand_and_the_log_says_what_to_do(
    services: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HILUM_CACHE", str(tmp_path))
    with capture_logs() as told:
        client = web_app(services).test_client()

    page = client.get("/auth/sign-in")

    assert (page.status_code, "htmx.js" in page.text) == (200, False)
    assert client.get("/assets/htmx.js").status_code == 404
    assert ("assets are missing", ["htmx.js"]) in [(each["event"], each.get("files")) for each in told]
