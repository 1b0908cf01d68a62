"""Waking: at once for who listens, never in the way of who wakes, whoever was killed meanwhile."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.work.waking import FOLDER, Listener, Topic, Waker
from tests.effort import little_effort

LISTENING = """
import sys, time
from pathlib import Path
from app.work.waking import Listener
Listener(Path(sys.argv[1]))
print("listening", flush=True)
time.sleep(600)
"""


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path)
    yield made
    made.close()


def test_every_listener_of_a_topic_is_woken_and_no_other(tmp_path: Path, listener: Listener) -> None:
    another = Listener(tmp_path)
    jobs, changes, both = (
        listener.event([Topic.JOBS]),
        another.event([Topic.CHANGES]),
        another.event([Topic.CHANGES, Topic.JOBS]),
    )

    Waker(tmp_path).wake(Topic.JOBS)

    assert jobs.wait(1)
    assert both.wait(1)
    assert not changes.is_set()
    another.close()


def test_waking_takes_no_time(tmp_path: Path, listener: Listener) -> None:
    changes, waker = listener.event([Topic.CHANGES]), Waker(tmp_path)
    with little_effort():
        for _ in range(1_000):
            waker.changed()

    assert changes.wait(1)


def test_a_listener_that_does_not_read_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    fifo = tmp_path / FOLDER / "1-1.fifo"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
    waker = Waker(tmp_path)
    for _ in range(70_000):  # more than a pipe holds
        waker.changed()
    os.close(reader)


def test_where_nobody_listens_waking_is_nothing(tmp_path: Path) -> None:
    Waker(tmp_path / "not even a folder").changed()


def test_what_a_killed_listener_left_is_removed(tmp_path: Path, listener: Listener) -> None:
    changes = listener.event([Topic.CHANGES])
    command = [sys.executable, "-c", LISTENING, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "listening\n"
        other.send_signal(signal.SIGKILL)
    assert len(list((tmp_path / FOLDER).iterdir())) == 2

    Waker(tmp_path).changed()

    assert changes.wait(1)
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


@pytest.fixture
def many_open_files() -> Iterator[None]:
    """More open files than select(2) knows of: 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4_096), hard), hard))
    with ExitStack() as stack:
        for _ in range(1_100):
            stack.enter_context(Path(os.devnull).open("rb"))
        yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_open_files")
def test_a_process_with_many_files_open_is_woken(tmp_path: Path) -> None:
    listener = Listener(tmp_path)
    changes = listener.event([Topic.CHANGES])

    Waker(tmp_path).changed()

    assert changes.wait(1)
    listener.close()


def test_a_closed_listener_leaves_nothing(tmp_path: Path) -> None:
    Listener(tmp_path).close()
    assert list((tmp_path / FOLDER).iterdir()) == []
