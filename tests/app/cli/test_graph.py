"""`hilum graph` against a real local Neo4j of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main

ABSENT = dict.fromkeys(("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD"))


def hilum(home: Path, *arguments: str, typed: str = "", **environment: str) -> Result:
    settings = {**ABSENT, "HILUM_HOME": str(home), "COLUMNS": "100", **environment}
    return CliRunner().invoke(main, ["graph", *arguments], env=settings, input=typed)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, neo4j_jars: tuple[Path, ...]) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    started = hilum(folder, "start")
    assert started.exit_code == 0, started.output
    yield folder
    hilum(folder, "stop")


def test_before_the_first_start_it_says_how_to_start(tmp_path: Path) -> None:
    result = hilum(tmp_path, "status")

    assert result.exit_code == 1
    assert "hilum graph start" in result.output


def test_a_started_graph_answers_migrates_and_says_its_schema(home: Path) -> None:
    migrated = hilum(home, "migrate")
    assert migrated.exit_code == 0, migrated.output

    status = hilum(home, "status")

    assert status.exit_code == 0
    assert "bolt://127.0.0.1:" in status.output
    assert "schema 0" not in status.output


def test_starting_twice_keeps_the_one_server(home: Path) -> None:
    before = (home / "neo4j" / "state.json").read_text(encoding="utf-8")

    assert hilum(home, "start").exit_code == 0

    assert (home / "neo4j" / "state.json").read_text(encoding="utf-8") == before


def test_the_shell_shows_rows_and_goes_on_after_a_mistake(home: Path) -> None:
    result = hilum(home, "shell", typed="NOT CYPHER\nUNWIND [7, 8] AS number RETURN number\n")

    assert result.exit_code == 0
    assert "Invalid input" in result.output
    assert "number" in result.output
    assert "2 rows" in result.output


def test_a_stopped_graph_is_said_to_be_stopped(home: Path) -> None:
    assert hilum(home, "stop").exit_code == 0

    status = hilum(home, "status")

    assert status.exit_code == 1
    assert "does not run" in status.output


@pytest.mark.parametrize("command", ["start", "stop"])
def test_a_graph_that_is_not_ours_is_not_started_or_stopped(tmp_path: Path, command: str) -> None:
    result = hilum(tmp_path, command, NEO4J_URI="bolt://127.0.0.1:1", NEO4J_PASSWORD=os.urandom(4).hex())

    assert result.exit_code == 1
    assert "does not run; unset it" in result.output
