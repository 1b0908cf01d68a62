"""Local sockets by which the processes of one gateway talk, open to our own user alone."""

import hashlib
import os
import socket
import struct
import tempfile
from pathlib import Path

from graph.errors import Unavailable

_LONGEST_ADDRESS = 100  # bytes; the kernel takes 107 on Linux, 103 on macOS
_BACKLOG = 1024


def address_in(home: Path, name: str) -> Path:
    """Where a role of a home folder listens: in it, or in a folder of ours where its path is long."""
    near = home / name
    if len(os.fsencode(near)) <= _LONGEST_ADDRESS:
        return near
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"hilum-{os.getuid()}-{digest}", near.name)


def listen(address: Path) -> socket.socket:
    """Listen at an address, in the place of a dead process; raises `Unavailable` where it is not ours."""
    folder = address.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise Unavailable("the folder of a socket belongs to somebody else")
    address.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(os.fspath(address))
    address.chmod(0o600)
    listener.listen(_BACKLOG)
    return listener


def connect(address: Path, seconds: float | None = None) -> socket.socket:
    """Connect to who listens at an address; raises `OSError` where nobody does, or somebody else."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect(os.fspath(address))
        if not is_ours(connection):
            raise OSError("the socket is somebody else's")
    except OSError:
        connection.close()
        raise
    return connection


def listens(address: Path) -> bool:
    """Whether somebody listens at an address."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(os.fspath(address)) == 0


def is_ours(connection: socket.socket) -> bool:
    """Whether the other end runs as our user; where the system cannot say, the folder's mode has said it."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", credentials)
    return bool(uid == os.getuid())
