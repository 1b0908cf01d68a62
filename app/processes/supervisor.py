"""Keep the children running; stop them in order.

The stop goes against the order of the starts (web server, workers, committer, Neo4j), so that requests in
flight and the job in hand still have their graph. A child that dies is started again after a pause that
doubles; the others stay up, and readiness says which one is down.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TypeAlias

from app.processes.backoff import Backoff
from app.processes.child import Child
from app.processes.state import ChildState, forget_state, write_state
from graph.errors import HilumError
from graph.local.locks import held
from graph.local.process import ProcessRecord, started_mark

TICK_SECONDS = 0.1
ChildListener: TypeAlias = Callable[[str, str], None]


def ignore_events(_child: str, _event: str) -> None:
    """Listen to nothing."""


class Supervisor:
    """Runs children under one home folder; `listener` is told of a child's name and what became of it."""

    def __init__(self, home: Path, listener: ChildListener = ignore_events) -> None:
        self.home = home
        self._listener = listener
        self._children: list[Child] = []
        self._backoffs: dict[str, Backoff] = {}
        self._restarts: dict[str, int] = {}

    def start(self, child: Child) -> None:
        """Start a child, and from now on keep it running."""
        self._children.append(child)
        self._restarts[child.name] = 0
        child.start()
        self._backoffs[child.name] = Backoff(started=time.monotonic())
        self._remember()

    def watch(self, stop: Event) -> None:
        """Start again what dies, until `stop` is set."""
        while not stop.wait(TICK_SECONDS):
            for child in self._children:
                self._look_at(child, time.monotonic())

    def stop(self) -> None:
        """Stop every child, the last started first; one that resists is killed after its grace."""
        while self._children:
            child = self._children.pop()
            self._listener(child.name, "stopping")
            child.stop()
        forget_state(self.home)

    def _look_at(self, child: Child, now: float) -> None:
        backoff = self._backoffs[child.name]
        if child.running():
            return
        if backoff.died is None:
            self._backoffs[child.name] = backoff.at_death(now)
            self._listener(child.name, "died")
        elif now >= backoff.due:
            self._start_again(child, backoff, now)

    def _start_again(self, child: Child, backoff: Backoff, now: float) -> None:
        self._restarts[child.name] += 1
        try:
            child.start()
        except (HilumError, OSError) as failure:
            self._backoffs[child.name] = backoff.at_death(now)
            self._listener(child.name, f"not started: {failure}")
        else:
            self._backoffs[child.name] = backoff.at_start(now)
            self._listener(child.name, "started again")
        self._remember()

    def _remember(self) -> None:
        supervisor = ProcessRecord(os.getpid(), started_mark(os.getpid()) or "")
        children = [
            ChildState(child.name, child.process, self._restarts[child.name]) for child in self._children
        ]
        write_state(self.home, supervisor, children)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Let one supervisor at a time run on a home folder; raises `Conflict` for the second."""
    with held(home / "supervisor.lock", "Hilum is already running on this home folder; stop it first"):
        yield
