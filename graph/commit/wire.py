"""How a gateway's processes talk to its one committer: frames over a local socket, of our own user alone.

A frame is its length, its kind and a pickle. Both ends are of one gateway, one user and one release: nobody
else may open the socket, and each end asks the kernel who the other one is.
"""

import hashlib
import os
import pickle
import socket
import struct
import tempfile
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any

from fhir_profiles.issues import ProfileError
from graph.errors import HilumError, Unavailable

_HEAD = struct.Struct("<QB")
_STEP = 1 << 18
_LONGEST_ADDRESS = 100  # bytes; the kernel takes 107 on Linux, 103 on macOS


class Frame(IntEnum):
    """What a frame says."""

    ANNOUNCE = 1  # this connection is about to send units
    WITHDRAW = 2  # it no longer is
    UNITS = 3  # a list of units, to be answered
    OUTCOMES = 4  # the answer: a list of outcomes, in the order of the units


def encoded(kind: Frame, content: Any = None) -> bytes:
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

    def next(self) -> tuple[Frame, Any] | None:
        """The next whole frame; None until it is there."""
        if len(self._buffer) < _HEAD.size:
            return None
        length, kind = _HEAD.unpack_from(self._buffer)
        end = _HEAD.size + length
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[_HEAD.size : end])
        del self._buffer[:end]
        return Frame(kind), pickle.loads(body)  # noqa: S301 - from a process of our own user: `is_ours`


def receive(connection: socket.socket, frames: Frames) -> bool:
    """Read what there is; False at the end of the connection."""
    data = connection.recv(_STEP)
    frames.feed(data)
    return bool(data)


def address_in(home: Path) -> Path:
    """Where the committer of a home folder listens: in it, or in a folder of ours where its path is long."""
    near = home / "committer.sock"
    if len(os.fsencode(near)) <= _LONGEST_ADDRESS:
        return near
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"hilum-{os.getuid()}-{digest}", near.name)


def prepare(address: Path) -> None:
    """Make the folder of an address, and free it of a dead committer's socket; raises `Unavailable`."""
    folder = address.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Unavailable("the folder of the committer's socket belongs to somebody else")
    address.unlink(missing_ok=True)


def is_ours(connection: socket.socket) -> bool:
    """Whether the other end runs as our user; where the system cannot say, the folder's mode has said it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", credentials)
    return bool(uid == os.getuid())


def portable(error: BaseException) -> BaseException:
    """The error as another process may raise it: our own categories as they are, a mistake by its name."""
    return error if isinstance(error, HilumError | ProfileError) else RuntimeError(type(error).__name__)
