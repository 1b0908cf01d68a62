"""The generator runs as a library: quiet, repeatable, and without a trace."""

from datetime import date
from pathlib import Path

import pytest

from app.samples.population import generated

AS_OF = date(2026, 11, 22)


def test_the_same_seed_makes_the_same_patients(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    one, other = (list(generated(AS_OF, 3, 1)) for _ in range(2))

    assert one == other
    assert one[0]["entry"][0]["resource"]["resourceType"] == "Patient"
    assert one != list(generated(AS_OF, 4, 1))


def test_it_neither_prints_nor_leaves_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    list(generated(AS_OF, 3, 1))

    assert capfd.readouterr().out == ""
    assert not any(tmp_path.iterdir())
