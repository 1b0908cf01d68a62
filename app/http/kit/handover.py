"""A connection that stays open is handed over: the web server keeps its threads, the role `events` has it.

A web process admits the request as any other, asks over a local socket whether there is room, and when its
audit entry is durable passes the connection on (SCM_RIGHTS). It answers nothing; who takes it over does.
"""

import errno
import pickle
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.security.browser_sessions import SessionHandle
from graph.errors import Throttled, Unavailable
from graph.local.sockets import connect

ROOM, NO_ROOM = b"\x01", b"\x00"
_LENGTH = struct.Struct("<I")
_LONGEST = 1 << 16
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class HandedConnection:
    """What is known of a connection: the request as HTTP, by whom it was made, what they asked for.

    `last` is the last event that the client says to have, None where it says nothing. With `cast` it is the
    channel of a FHIRcast subscription: `title` is its secret, and nobody shows credentials.
    """

    head: bytes
    credentials: str | SessionHandle
    subject: str
    title: str
    last: int | None = None
    cast: bool = False


class Handing:
    """A connection on its way to who keeps it open."""

    def __init__(self, listener: socket.socket, connection: socket.socket) -> None:
        self._listener = listener
        self._connection = connection

    def body(self) -> Iterator[bytes]:
        """Pass the connection on when the answer would leave, and end without a byte of it.

        Raises `BrokenPipeError`, by which the web server lets go of a connection that is nobody's any more.
        """
        socket.send_fds(self._listener, [ROOM], [self._connection.fileno()])
        raise BrokenPipeError(errno.EPIPE, "the connection was handed over")
        yield b""

    def close(self) -> None:
        """Let go of it, passed on or not."""
        self._listener.close()


class Handover:
    """Asks at the address of the role whether there is room; `origins` are those of pages that may ask."""

    def __init__(self, address: Path, origins: frozenset[str]) -> None:
        self._address = address
        self.origins = origins

    def begin(self, handed: HandedConnection, connection: socket.socket | None) -> Handing:
        """Ask for room for a connection.

        Raises `Throttled` where its caller has too many, `Unavailable` where nobody keeps connections open.
        """
        try:
            listener = connect(self._address, _SECONDS)
        except OSError:
            raise Unavailable("events are not served now", retry_after=1) from None
        try:
            body = pickle.dumps(handed, pickle.HIGHEST_PROTOCOL)
            listener.sendall(_LENGTH.pack(len(body)) + body)
            answer = listener.recv(1)
        except OSError:
            answer = b""
        if answer != ROOM or connection is None:
            listener.close()
            if answer == NO_ROOM:
                raise Throttled("too many channels are open: close one", retry_after=5)
            raise Unavailable("events are not served now", retry_after=1)
        return Handing(listener, connection)


def received(asking: socket.socket) -> HandedConnection | None:
    """What a web process says of a connection; None where it says nothing whole."""
    asking.settimeout(_SECONDS)
    head = _exactly(asking, _LENGTH.size)
    (length,) = _LENGTH.unpack(head) if head else (0,)
    body = _exactly(asking, length) if 0 < length <= _LONGEST else b""
    if not body:
        return None
    found = pickle.loads(body)  # noqa: S301 - from a process of our own user: `is_ours`
    return found if isinstance(found, HandedConnection) else None


def taken(asking: socket.socket) -> socket.socket | None:
    """The connection itself; None where it was not passed on after all."""
    with suppress(OSError):
        _, descriptors, _, _ = socket.recv_fds(asking, 1, 1)
        for descriptor in descriptors:
            return socket.socket(fileno=descriptor)
    return None


def _exactly(asking: socket.socket, length: int) -> bytes:
    """So many bytes; nothing where the other end says fewer."""
    found = b""
    with suppress(OSError):
        while len(found) < length and (step := asking.recv(length - len(found))):
            found += step
    return found if len(found) == length else b""
