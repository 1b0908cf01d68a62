"""The committer process: takes units from every process of the gateway and commits them, in one thread.

While a commit is on its way, what arrives waits in the sockets; the next look takes all of it into the next
commit. A connection is one waiting thread of a web process.
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.commit.committer import GATHERING, Committing, batched
from graph.commit.group import Outcome
from graph.commit.unit import Unit
from graph.commit.wire import FrameKind, Frames, encoded, portable, receive
from graph.local.sockets import is_ours, listen

_LONGEST_WAIT = 0.5  # seconds between two looks whether to stop


@dataclass(eq=False, slots=True)
class _Client:
    """One connection: what it has asked, what it was told, and whether it has announced more."""

    connection: socket.socket
    frames: Frames = field(default_factory=Frames)
    asked: int = 0
    told: list[Outcome] = field(default_factory=list)
    announced: bool = False


class CommitterProcess:
    """Listens at `address`; `run` serves until it is told to stop."""

    def __init__(self, address: Path, committing: Committing) -> None:
        self._committing = committing
        self._selector = selectors.DefaultSelector()
        self._queue: deque[tuple[_Client, Unit[Any]]] = deque()
        self._clients: set[_Client] = set()
        self._listener = listen(address)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Commit what arrives until `stopping` says so; then what has arrived, and no more."""
        while not stopping():
            self._look(_LONGEST_WAIT if not self._queue else 0)
            self._gather()
            self._commit()
        while self._queue:
            self._commit()

    def close(self) -> None:
        """Close every connection; who waits for an answer learns that it is cut off."""
        for client in tuple(self._clients):
            self._drop(client)
        self._listener.close()
        self._selector.close()

    def _look(self, seconds: float) -> None:
        """Take in what the sockets have, waiting so long for the first of it."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                self._accept()
            else:
                self._read(key.data)

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        if not is_ours(connection):
            connection.close()
            return
        client = _Client(connection)
        self._clients.add(client)
        self._selector.register(connection, selectors.EVENT_READ, client)

    def _read(self, client: _Client) -> None:
        try:
            there = receive(client.connection, client.frames)
        except OSError:
            there = False
        if not there:
            self._drop(client)
            return
        while frame := client.frames.next():
            kind, content = frame
            client.announced = kind is FrameKind.ANNOUNCE or (client.announced and kind is FrameKind.UNITS)
            if kind is FrameKind.UNITS:
                client.asked = len(content)
                self._queue.extend((client, unit) for unit in content)

    def _gather(self) -> None:
        """Wait a moment for those who said that they are about to send."""
        until = time.monotonic() + GATHERING
        while self._queue and (left := until - time.monotonic()) > 0:
            busy = {client for client, _ in self._queue}
            if not any(client.announced and client not in busy for client in self._clients):
                return
            self._look(left)

    def _commit(self) -> None:
        if not self._queue:
            return
        batch = list(batched(list(self._queue), lambda waiting: waiting[1]))
        outcomes = self._committing.first([unit for _, unit in batch])
        settled = {id(waiting) for waiting in batch[: len(outcomes)]}
        self._queue = deque(waiting for waiting in self._queue if id(waiting) not in settled)
        for (client, _), outcome in zip(batch, outcomes, strict=False):
            self._settle(client, outcome)

    def _settle(self, client: _Client, outcome: Outcome) -> None:
        """Note an outcome, and answer when all that this client asked for is settled."""
        error = portable(outcome.error) if outcome.error else None
        client.told.append(Outcome(outcome.answer, error))
        if len(client.told) < client.asked:
            return
        answer, client.told, client.asked = encoded(FrameKind.OUTCOMES, client.told), [], 0
        try:
            client.connection.sendall(answer)
        except OSError:
            self._drop(client)

    def _drop(self, client: _Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
            self._selector.unregister(client.connection)
            client.connection.close()
