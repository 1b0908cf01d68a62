"""`hilum terminology load`: packages, Bundles, lines and single resources; run again, it changes nothing."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from app.cli import main
from tests.app.http.fhir.test_value_sets import FRUIT, FRUITS, value_set


def package(path: Path, *resources: dict[str, Any]) -> None:
    """Write a FHIR package."""
    with tarfile.open(path, "w:gz") as archive:
        for name, each in (
            ("package.json", {"name": "x"}),
            *((f"{n}.json", r) for n, r in enumerate(resources)),
        ):
            text = json.dumps(each).encode()
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))


def test_definitions_are_loaded_from_every_kind_of_file(settings: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    package(folder / "a.tgz", FRUITS, {"resourceType": "Patient"})
    sets = [value_set({"system": FRUIT}, url=f"http://example.org/{number}") for number in range(4)]
    (folder / "b.json").write_text(json.dumps(sets[0]))
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": sets[1]}]}
    (folder / "c.json").write_text(json.dumps(bundle))
    (folder / "d.ndjson").write_text(f"{json.dumps(sets[2])}\n\n")
    (folder / "e.ndjson.gz").write_bytes(gzip.compress(json.dumps(sets[3]).encode()))
    (folder / "readme.txt").write_text("not one")

    def load(path: Path) -> Any:
        return CliRunner().invoke(main, ["terminology", "load", str(path)], env=settings)

    first, again = load(folder), load(folder)
    (folder / "b.json").write_text(json.dumps({**sets[0], "status": "retired"}))
    changed = load(folder / "b.json")

    assert first.output == "5 stored, 0 known, 0 refused; 4 concepts written\n", first.output
    assert again.output == "0 stored, 5 known, 0 refused; 0 concepts written\n"
    assert changed.output == "1 stored, 0 known, 0 refused; 0 concepts written\n"
    assert (first.exit_code, again.exit_code, changed.exit_code) == (0, 0, 0)


def test_what_is_refused_is_named(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(json.dumps({**FRUITS, "content": "some"}))
    (tmp_path / "broken.tgz").write_bytes(b"no archive")

    bad = CliRunner().invoke(main, ["terminology", "load", str(tmp_path / "bad.json")], env=settings)
    broken = CliRunner().invoke(main, ["terminology", "load", str(tmp_path / "broken.tgz")], env=settings)

    assert bad.exit_code == 1
    assert f"refused CodeSystem {FRUIT}|1" in bad.output
    assert broken.exit_code == 1
    assert "broken.tgz cannot be read" in broken.output
