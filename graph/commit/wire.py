"""How a gateway's processes talk to its one committer: frames over a local socket, of our own user alone.

A frame is its length, its kind and a pickle. Both ends are of one gateway, one user and one release: nobody
else may open the socket, and each end asks the kernel who the other one is.
"""

import pickle
import socket
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from fhir_profiles.issues import ProfileError
from graph.errors import HilumError
from graph.local.sockets import address_in

_HEAD = struct.Struct("<QB")
_STEP = 1 << 18


class FrameKind(IntEnum):
    """What a frame says."""

    ANNOUNCE = 1  # this connection is about to send units
    WITHDRAW = 2  # it no longer is
    UNITS = 3  # a list of units, to be answered
    OUTCOMES = 4  # the answer: a list of outcomes, in the order of the units


def encoded(kind: FrameKind, content: Any = None) -> bytes:
    """The bytes of a frame."""
    body = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return _HEAD.pack(len(body), kind) + body


@dataclass(slots=True)
class Frames:
    """Cuts what arrives on one connection into frames."""

    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        """Take in what was received."""
        self._buffer += data

    def next(self) -> tuple[FrameKind, Any] | None:
        """The next whole frame; None until it is there."""
        if len(self._buffer) < _HEAD.size:
            return None
        length, kind = _HEAD.unpack_from(self._buffer)
        end = _HEAD.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[_HEAD.size : end])
        del self._buffer[:end]
        return FrameKind(kind), pickle.loads(body)  # noqa: S301 - from a process of our own user: `sockets.is_ours`


def receive(connection: socket.socket, frames: Frames) -> bool:
    """Read what there is; False at the end of the connection."""
    data = connection.recv(_STEP)
    frames.feed(data)
    return bool(data)


def address_of(home: Path) -> Path:
    """Where the committer of a home folder listens."""
    return address_in(home, "committer.sock")


def portable(error: BaseException) -> BaseException:
    """The error as another process may raise it: our own categories as they are, a mistake by its name."""
    return error if isinstance(error, HilumError | ProfileError) else RuntimeError(type(error).__name__)
