"""The command table, and how failures are told."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import COMMANDS, main


def test_help_lists_every_command_without_importing_one() -> None:
    before = set(sys.modules)

    result = CliRunner().invoke(main, ["--help"])

    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)
    assert not {f"app.cli.{name}" for name in COMMANDS} & (set(sys.modules) - before)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_of_the_table_exists_and_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])

    assert result.exit_code == 0, result.output
    assert f"hilum {name}" in result.output


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["upp"]).exit_code == 2


def test_a_wrong_setting_is_one_message_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HILUM_HOME", str(tmp_path))
    monkeypatch.setenv("HILUM_PORT", "many")

    result = CliRunner().invoke(main, ["graph", "status"])

    assert result.exit_code == 1
    assert result.output.startswith("Error: HILUM_PORT must be")
