"""The committer of a process that hands its units to the machine's one committer process.

A thread that commits has a connection to itself meanwhile, and waits on it: a unit costs one wake-up here and
one there. When the committer process dies, what was on its way may have been committed or not. A unit that
may be repeated is sent to the next committer process; any other answers `Unavailable` and says so.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from graph.commit.committer import DEADLINE, Failure, answer_of, answer_or_failure
from graph.commit.group import Outcome
from graph.commit.unit import Unit
from graph.commit.wire import FrameKind, Frames, encoded, receive
from graph.errors import Unavailable
from graph.local.sockets import connect

Answer = TypeVar("Answer")

_PAUSE = 0.1  # seconds between two looks for a committer process that is not there


class _Lost(Exception):
    """The connection ended before the answer."""


class RemoteCommitter:
    """Commits units through the committer process that listens at `address`."""

    def __init__(self, address: Path) -> None:
        self._address = address
        self._idle: list[socket.socket] = []
        self._process = os.getpid()
        self._announced = threading.local()

    def commit(self, unit: Unit[Answer]) -> Answer:
        """Commit one unit and return what it decided; raise its own error, or `Unavailable`."""
        (outcome,) = self._outcomes([unit])
        answer: Answer = answer_of(outcome)
        return answer

    def commit_each(self, units: Sequence[Unit[Answer]]) -> list[Answer | Failure]:
        """Commit units of one tenant in their order, each for itself; what a unit fails with is its outcome.

        Raises `Unavailable`.
        """
        return [answer_or_failure(outcome) for outcome in self._outcomes(units)] if units else []

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Announce that the caller is about to commit, for as long as it may still do so.

        A word that does not arrive costs nothing but a wait, so it is not missed.
        """
        try:
            connection = self._told(FrameKind.ANNOUNCE, self._taken(time.monotonic()))
        except (OSError, Unavailable):
            yield
            return
        self._announced.connection = connection
        try:
            yield
        finally:
            kept, self._announced.connection = self._announced.connection, None
            if kept is not None:
                with suppress(OSError):
                    self._idle.append(self._told(FrameKind.WITHDRAW, kept))

    def close(self) -> None:
        """Close the connections; what waits is the committer process's, which outlives this one."""
        while self._idle:
            self._idle.pop().close()

    def _outcomes(self, units: Sequence[Unit[Any]]) -> list[Outcome]:
        deadline = time.monotonic() + DEADLINE
        request = encoded(FrameKind.UNITS, list(units))
        repeatable = all(unit.repeatable for unit in units)
        while True:
            announced = getattr(self._announced, "connection", None)
            connection = announced or self._taken(deadline)
            try:
                outcomes = _asked(connection, request, deadline)
            except (_Lost, OSError):
                connection.close()
                self._announced.connection = None
                if not repeatable or time.monotonic() > deadline:
                    text = "the commit was cut off; it may have happened"
                    raise Unavailable(text, retry_after=2) from None
                continue
            if not announced:
                self._idle.append(connection)
            return outcomes

    def _taken(self, deadline: float) -> socket.socket:
        """A connection that nobody uses, made where there is none; raises `Unavailable` if nobody listens."""
        if self._process != os.getpid():  # after a fork the connections are the parent's
            self._idle, self._process = [], os.getpid()
        while self._idle:
            with suppress(IndexError):  # another thread was quicker
                if _is_open(connection := self._idle.pop()):
                    return connection
                connection.close()
        while True:
            try:
                return connect(self._address)
            except OSError:
                if time.monotonic() > deadline:
                    raise Unavailable("nothing can be written now", retry_after=2) from None
                time.sleep(_PAUSE)

    @staticmethod
    def _told(kind: FrameKind, connection: socket.socket) -> socket.socket:
        """The connection, after a word that asks for no answer."""
        connection.settimeout(_PAUSE)
        try:
            connection.sendall(encoded(kind))
        except OSError:
            connection.close()
            raise
        return connection


def _is_open(connection: socket.socket) -> bool:
    """Whether the other end still is there; it says nothing between two requests."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return True
    except OSError:
        return False


def _asked(connection: socket.socket, request: bytes, deadline: float) -> list[Outcome]:
    connection.settimeout(max(deadline - time.monotonic(), _PAUSE))
    connection.sendall(request)
    frames = Frames()
    while (frame := frames.next()) is None:
        if not receive(connection, frames):
            raise _Lost
    outcomes: list[Outcome] = frame[1]
    return outcomes
