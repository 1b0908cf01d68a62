"""How a process asks a renderer: one connection a task, the open file beside it, notes and one answer back.

Both ends are of one gateway, one user and one release. An answer that is long comes as an open file.
"""

import pickle
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct
from typing import Any, BinaryIO

from app.imaging.render.tasks import Develop, Task

_HEAD = Struct("<BQ")
_STEP = 1 << 18
_MOST_FILES = 2
INLINE = 1 << 20  # bytes of an answer that travels by itself


class Word(IntEnum):
    """What a message says."""

    TASK = 1  # with the files it is done on
    FRAME = 2  # the number of the frame that is about to be touched
    PIECES = 3  # the lengths of the pieces, and these
    FILE = 4  # the lengths of the pieces, with a file of these
    REFUSED = 5  # why it cannot be done


class Cut(Exception):
    """The connection ended before the answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """A word, what it says, and the files that came with it."""

    word: Word
    content: Any
    descriptors: tuple[int, ...] = ()


def send_task(connection: socket.socket, task: Task | Develop, files: Sequence[BinaryIO]) -> None:
    """Ask for a task on open files, that of the instance first."""
    _send(connection, Word.TASK, task, [file.fileno() for file in files])


def send_frame(connection: socket.socket, number: int) -> None:
    """Note that a frame is about to be touched."""
    _send(connection, Word.FRAME, number)


def send_refusal(connection: socket.socket, why: str) -> None:
    """Answer that it cannot be done."""
    _send(connection, Word.REFUSED, why)


def send_pieces(connection: socket.socket, lengths: Sequence[int], file: BinaryIO) -> None:
    """Answer with the pieces that a file holds from its start."""
    file.flush()
    file.seek(0)
    if sum(lengths) <= INLINE:
        _send(connection, Word.PIECES, (tuple(lengths), file.read()))
    else:
        _send(connection, Word.FILE, tuple(lengths), [file.fileno()])


def receive(connection: socket.socket) -> Message:
    """Receive one message; raises `Cut` at the end of the connection."""
    head, descriptors, _, _ = socket.recv_fds(connection, _HEAD.size, _MOST_FILES)
    while len(head) < _HEAD.size:
        head += _some(connection, _HEAD.size - len(head))
    word, length = _HEAD.unpack(head)
    body = bytearray()
    while len(body) < length:
        body += _some(connection, min(_STEP, length - len(body)))
    content = pickle.loads(bytes(body))  # noqa: S301 - from a process of our own user: `sockets.is_ours`
    return Message(Word(word), content, tuple(descriptors))


def _send(connection: socket.socket, word: Word, content: Any, descriptors: Sequence[int] = ()) -> None:
    body = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    head = _HEAD.pack(word, len(body))
    if descriptors:
        sent = socket.send_fds(connection, [head], descriptors)
        head = head[sent:]
    connection.sendall(head + body)


def _some(connection: socket.socket, most: int) -> bytes:
    if not (data := connection.recv(most)):
        raise Cut
    return data
