"""The table of roles: each row is a child that a supervisor can start, in an order that the stop reverses."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Config
from app.processes.role import handed_password, password_file
from app.processes.roles import ROLES
from graph.local.process import wait_until


def config(home: Path, **settings: str) -> Config:
    return Config.from_env({"HILUM_HOME": str(home), **settings})


def names(given: Config) -> list[str]:
    return [command.name for role in ROLES for command in role.commands(given)]


def test_the_worker_is_there_before_the_web_server(tmp_path: Path) -> None:
    assert names(config(tmp_path)) == ["committer", "renderer", "events", "worker", "web"]


def test_there_are_as_many_workers_as_are_wanted(tmp_path: Path) -> None:
    assert names(config(tmp_path, HILUM_WORKERS="3")) == [
        "committer",
        "renderer",
        "events",
        "worker",
        "worker-2",
        "worker-3",
        "web",
    ]
    assert names(config(tmp_path, HILUM_WORKERS="0")) == ["committer", "renderer", "events", "web"]


PRINTING = "import os; print(sorted(each for each in os.environ.items() if each[0].startswith('NEO4J')))"


def test_no_process_has_the_password_of_the_graph_in_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter2")
    given = config(tmp_path, NEO4J_URI="bolt://graph:7687", NEO4J_PASSWORD="hunter2")
    for role in ROLES:
        (command,) = role.commands(given)
        child = replace(command, argv=(sys.executable, "-c", PRINTING), scratch=None)
        child.start()
        assert wait_until(lambda child=child: not child.running(), 10)

        assert child.log is not None
        said = child.log.read_text()
        assert "hunter2" not in said
        assert str(password_file(given)) in said


def test_without_a_password_of_ours_there_is_no_file_of_it(tmp_path: Path) -> None:
    assert handed_password(config(tmp_path))["NEO4J_PASSWORD_FILE"] is None
    named = config(tmp_path, NEO4J_PASSWORD_FILE="/run/secrets/graph")
    assert handed_password(named)["NEO4J_PASSWORD_FILE"] == "/run/secrets/graph"


def test_each_process_has_a_log_and_a_mark_of_its_own(tmp_path: Path) -> None:
    given = config(tmp_path, HILUM_WORKERS="2")
    commands = [command for role in ROLES for command in role.commands(given)]

    assert {command.log for command in commands} == {
        tmp_path / "logs" / f"{name}.log" for name in names(given)
    }
    assert len({command.mark for command in commands}) == len(commands)


def test_the_metrics_of_the_web_server_begin_empty(tmp_path: Path) -> None:
    (web,) = (role for role in ROLES if role.name == "web")
    (command,) = web.commands(config(tmp_path))

    assert command.scratch == tmp_path / "metrics"
    assert command.environment["PROMETHEUS_MULTIPROC_DIR"] == str(command.scratch)
