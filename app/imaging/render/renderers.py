"""The renderers, as a web process or a worker asks them: what they cannot do is an error, never a death.

A codec that crashes, hangs or eats memory ends the renderer that ran it. Its connection ends with it, and the
frame that it noted last is the one that nobody can read.
"""

import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from app.imaging.render.tasks import Develop, Task
from app.imaging.render.wire import Cut, Word, receive, send_task
from graph.errors import NotAcceptable, Unavailable
from graph.local.sockets import connect

_CHUNK = 1 << 20
_BUSY = "no renderer is free now"
_PATIENCE = 2.0  # seconds over the time of a task, for its answer to arrive


@dataclass(slots=True)
class Pieces:
    """The answer to a task, read once: pieces of so many bytes each, in memory or in a file from `start`."""

    lengths: tuple[int, ...]
    content: bytes = b""
    file: BinaryIO | None = None
    start: int = 0

    def chunks(self) -> Iterator[bytes]:
        """All bytes, in order."""
        with self._opened() as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def each(self) -> Iterator[bytes]:
        """Piece by piece."""
        with self._opened() as file:
            for length in self.lengths:
                yield file.read(length)

    def between(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes from one place up to another."""
        with self._opened() as file:
            file.seek(self.start + start)
            while start < end and (chunk := file.read(min(_CHUNK, end - start))):
                start += len(chunk)
                yield chunk

    def _opened(self) -> BinaryIO:
        file = self.file or BytesIO(self.content)
        file.seek(self.start)
        return file


class Renderers:
    """Asks the renderers that listen at `address`; `seconds` is the longest that a task may take."""

    def __init__(self, address: Path, seconds: float) -> None:
        self._address = address
        self._seconds = seconds

    def ask(self, task: Task | Develop, *files: BinaryIO) -> Pieces:
        """Have a task done on open files, that of the instance first.

        Raises `NotAcceptable` with what cannot be done and at which frame, `Unavailable` where no renderer
        takes the task within the time of one.
        """
        with self._connected() as connection:
            return self._answer(connection, task, files)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            connection = connect(self._address, self._seconds)
        except OSError:
            raise Unavailable(_BUSY, retry_after=2) from None
        with connection:
            yield connection

    def _answer(self, connection: socket.socket, task: Task | Develop, files: Sequence[BinaryIO]) -> Pieces:
        asked, begun, number = time.monotonic(), False, None
        connection.settimeout(2 * self._seconds + _PATIENCE)  # one task may be before ours
        try:
            send_task(connection, task, files)
            while (message := receive(connection)).word is Word.FRAME:
                begun, number = True, message.content or None
        except TimeoutError:
            raise Unavailable(_BUSY, retry_after=5) from None
        except (Cut, OSError):
            if not begun:  # it was stopped before it looked at anything
                raise Unavailable(_BUSY, retry_after=2) from None
            raise NotAcceptable(self._death(number, time.monotonic() - asked)) from None
        if message.word is Word.REFUSED:
            raise NotAcceptable(message.content)
        if message.word is Word.PIECES:
            return Pieces(*message.content)
        return Pieces(message.content, file=_opened(message.descriptors))

    def _death(self, number: int | None, seconds: float) -> str:
        """What to say of a task that ended its renderer."""
        where = f"frame {number}: " if number else ""
        if seconds >= self._seconds:
            return f"{where}reading it takes more than {self._seconds:g} seconds"
        return f"{where}the decoder did not survive it"


def _opened(descriptors: Sequence[int]) -> BinaryIO:
    if not descriptors:
        raise Unavailable("the answer of a renderer was lost", retry_after=2)
    return os.fdopen(descriptors[0], "rb")
