"""What `make sbom` writes is CycloneDX 1.6, and names everything that is locked."""

import json
import subprocess
import sys
from typing import Any
from urllib.parse import quote

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from app.http.viewer.published import published_viewer
from graph.local.lock import read_lock
from tests.architecture.source import ROOT


@pytest.fixture(scope="module")
def written() -> str:
    done = subprocess.run(
        [sys.executable, "deploy/sbom.py"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def bill(written: str) -> Any:
    return json.loads(written)


def test_it_is_valid(written: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(written) is None


def test_it_is_of_hilum(bill: Any) -> None:
    assert (bill["metadata"]["component"]["name"], bill["metadata"]["component"]["type"]) == (
        "hilum",
        "application",
    )


def test_every_jar_of_the_lock_is_there_with_its_digest(bill: Any) -> None:
    java = [each for each in bill["components"] if each["purl"].startswith("pkg:maven/")]
    digests = {each["hashes"][0]["content"] for each in java}

    assert digests == {jar.sha256 for jar in read_lock()}


def test_what_runs_is_there_at_the_locked_version_and_what_tests_is_not(bill: Any) -> None:
    locked = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    versions = {
        name.lower().replace("_", "-").replace(".", "-"): version
        for name, _, version in (line.partition("==") for line in locked)
    }
    found = {
        each["name"]: each["version"] for each in bill["components"] if each["purl"].startswith("pkg:pypi/")
    }

    assert {"flask", "neo4j", "pydicom", "werkzeug", "cryptography"} <= found.keys()
    assert not {"pytest", "mypy", "hypothesis", "cyclonedx-python-lib"} & found.keys()
    assert found == {name: versions[name] for name in found}


def test_files_for_browsers_are_there_with_their_digests(bill: Any) -> None:
    npm = {each["purl"]: each for each in bill["components"] if each["purl"].startswith("pkg:npm/")}
    viewer = published_viewer()
    locks = [json.loads(path.read_text()) for path in ROOT.glob("app/http/*/assets/package-lock.json")]
    locked = {
        f"pkg:npm/{quote(place.removeprefix('node_modules/'), safe='/')}@{package['version']}"
        for lock in locks
        for place, package in lock["packages"].items()
        if place and not package.get("dev")
    }

    assert f"pkg:npm/{quote(viewer.name, safe='/')}@{viewer.version}" in npm
    assert locked <= npm.keys()
    assert [purl for purl, each in npm.items() if "hashes" not in each] == [
        next(purl for purl in npm if "swagger-ui-dist" in purl)
    ]
