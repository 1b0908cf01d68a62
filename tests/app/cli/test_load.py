"""`hilum load`: pictures and resources of one folder, the record first, each once."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from tests.factories.dicom import ct_instance
from tests.factories.fhir import patient


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sent"
    made.mkdir()
    lines = [json.dumps(patient("P1", id="p")), "{"]
    (made / "Patient.ndjson").write_text("\n".join(lines), encoding="utf-8")
    (made / "picture.dcm").write_bytes(ct_instance())
    return made


def test_a_folder_is_loaded_once(settings: dict[str, str], folder: Path) -> None:
    first, again = (CliRunner().invoke(main, ["load", str(folder)], env=settings) for _ in range(2))

    assert first.output.splitlines()[-1] == "2 stored, 0 known, 1 refused"
    assert again.output.splitlines()[-1] == "0 stored, 2 known, 1 refused"
    assert f"refused {folder}/Patient.ndjson:2: " in first.output
    assert first.exit_code == 1
