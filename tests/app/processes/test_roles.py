"""The table of roles: each row is a child that a supervisor can start, in an order that the stop reverses."""

from pathlib import Path

from app.config import Config
from app.processes.roles import ROLES


def config(home: Path, **settings: str) -> Config:
    return Config.from_env({"HILUM_HOME": str(home), **settings})


def names(given: Config) -> list[str]:
    return [command.name for role in ROLES for command in role.commands(given)]


def test_the_worker_is_there_before_the_web_server(tmp_path: Path) -> None:
    assert names(config(tmp_path)) == ["committer", "worker", "web"]


def test_there_are_as_many_workers_as_are_wanted(tmp_path: Path) -> None:
    assert names(config(tmp_path, HILUM_WORKERS="3")) == [
        "committer",
        "worker",
        "worker-2",
        "worker-3",
        "web",
    ]
    assert names(config(tmp_path, HILUM_WORKERS="0")) == ["committer", "web"]


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
