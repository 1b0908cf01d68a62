"""`hilum audit` exports what was noted with its proof, and proves the whole of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.audit.seals import ARCHIVE, PACKED
from app.cli import main

Hilum = Callable[..., Result]


@pytest.fixture
def hilum(settings: dict[str, str]) -> Hilum:
    """Runs a command."""
    return lambda *words: CliRunner().invoke(main, list(map(str, words)), env=settings)


@pytest.fixture
def told(hilum: Hilum, tmp_path: Path) -> Path:
    """A checkpoint of what some commands have left."""
    for name in ("kim", "lee", "park"):
        assert hilum("user", "add", name, "--role", "auditor").exit_code == 0
    made = hilum("audit", "checkpoint", "--out", tmp_path / "told")
    assert made.exit_code == 0, made.output
    return tmp_path / "told"


def archive(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "audit" / ARCHIVE).glob(f"*{PACKED}"))


def test_a_whole_audit_is_proven(hilum: Hilum, told: Path) -> None:
    proven = hilum("audit", "verify", "--checkpoint", told)

    assert proven.exit_code == 0, proven.output
    assert "1 checkpoints say the same" in proven.output


def test_what_was_cut_off_since_is_told(hilum: Hilum, told: Path, tmp_path: Path) -> None:
    archive(tmp_path)[-1].unlink()

    found = hilum("audit", "verify", "--checkpoint", told)

    assert found.exit_code == 1
    assert "the checkpoint knows place" in found.output


def test_what_is_no_checkpoint_proves_nothing(hilum: Hilum, told: Path) -> None:
    told.write_text("a.b.c")
    assert hilum("audit", "verify", "--checkpoint", told).exit_code == 1


def test_an_export_is_events_and_their_proof(hilum: Hilum, told: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    done = hilum("audit", "export", file, "--since", "2026-01-01")

    assert done.exit_code == 0, done.output
    events = [json.loads(line) for line in file.read_text().splitlines()]
    added = [each for each in events if each["subtype"][-1]["code"] == "user add"]
    assert [each["resourceType"] for each in added] == ["AuditEvent"] * 3
    assert hilum("audit", "verify", "--export", file).exit_code == 0

    file.write_text(file.read_text().replace("user add", "user sad", 1))
    found = hilum("audit", "verify", "--export", file)
    assert found.exit_code == 1
    assert "is not what its proof says" in found.output
