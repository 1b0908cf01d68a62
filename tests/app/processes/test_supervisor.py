"""The supervisor with real processes: start order, restart, stop order, and what a kill leaves."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from app.processes.child import Command
from app.processes.state import children_down, read_state
from app.processes.supervisor import Supervisor, only_one
from graph.errors import Conflict
from graph.local.process import marked, wait_until

PATIENT = "import time; time.sleep(600)"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(600)
"""
PARENT = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
time.sleep(600)
"""


def child(name: str, home: Path, program: str = PATIENT, grace: float = 5.0) -> Command:
    return Command(name, (sys.executable, "-c", program), home, grace, log=home / f"{name}.log")


@contextmanager
def watched(supervisor: Supervisor) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=supervisor.watch, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        supervisor.stop()


def kill(command: Command) -> None:
    assert command.process is not None
    os.kill(command.process.pid, signal.SIGKILL)


def test_a_killed_child_is_started_again_and_the_others_stay(tmp_path: Path) -> None:
    first, second = child("first", tmp_path), child("second", tmp_path)
    supervisor = Supervisor(tmp_path)
    supervisor.start(first)
    supervisor.start(second)
    killed, untouched = first.process, second.process

    with watched(supervisor):
        kill(first)
        assert wait_until(lambda: first.running() and first.process != killed, 20)
        assert wait_until(lambda: children_down(tmp_path) == (), 5)
        assert second.process == untouched
        state = read_state(tmp_path)

    assert state is not None
    assert {kept.name: kept.restarts for kept in state.children} == {"first": 1, "second": 0}


def test_readiness_knows_the_child_that_is_down(tmp_path: Path) -> None:
    web, worker = child("web", tmp_path), child("worker", tmp_path)
    supervisor = Supervisor(tmp_path)
    supervisor.start(worker)
    supervisor.start(web)

    assert children_down(tmp_path) == ()
    kill(worker)
    assert wait_until(lambda: not worker.running(), 5)
    assert children_down(tmp_path) == ("worker",)

    supervisor.stop()
    assert children_down(tmp_path) == ()


def test_children_stop_in_the_other_order(tmp_path: Path) -> None:
    heard: list[str] = []
    children = [child(name, tmp_path) for name in ("neo4j", "worker", "web")]
    supervisor = Supervisor(tmp_path, lambda name, _: heard.append(name))
    for each in children:
        supervisor.start(each)

    supervisor.stop()

    assert heard == ["web", "worker", "neo4j"]
    assert not any(marked(each.mark) for each in children)
    assert read_state(tmp_path) is None


def test_a_child_that_ignores_the_request_is_killed_after_its_grace(tmp_path: Path) -> None:
    stubborn = child("stubborn", tmp_path, STUBBORN, grace=0.2)
    stubborn.start()
    assert wait_until(lambda: (tmp_path / "stubborn.log").read_text(encoding="utf-8") == "up\n", 20)

    stubborn.stop()

    assert not marked(stubborn.mark)


def test_what_a_killed_child_started_itself_is_ended_before_the_next_start(tmp_path: Path) -> None:
    parent = child("parent", tmp_path, PARENT)
    parent.start()
    old = parent.process
    assert old is not None
    assert wait_until(lambda: len(old.members) == 2, 20)
    kill(parent)
    assert wait_until(lambda: len(old.members) == 1, 5)

    parent.start()

    assert old.members == ()
    parent.stop()


def test_a_later_supervisor_ends_the_children_of_a_killed_one(tmp_path: Path) -> None:
    orphan = child("web", tmp_path)
    orphan.start()
    left = orphan.process
    assert left is not None

    successor = child("web", tmp_path)
    successor.start()

    assert not left.alive
    assert successor.running()
    successor.stop()


def test_children_of_another_home_are_left_alone(tmp_path: Path) -> None:
    ours, others = child("web", tmp_path / "a"), child("web", tmp_path / "b")
    for each in (ours, others):
        each.log = None
        each.start()

    ours.stop()

    assert others.running()
    others.stop()


def test_ctrl_c_in_the_terminal_reaches_no_child(tmp_path: Path) -> None:
    command = child("web", tmp_path)
    command.start()
    assert command.process is not None

    assert os.getsid(command.process.pid) == command.process.pid

    command.stop()


def test_one_home_folder_has_one_supervisor(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(Conflict, match="already running"), only_one(tmp_path):
        pytest.fail("two supervisors run one home folder")
