"""Temp folders: each process writes in one of its own, and sweeps those whose process is gone.

Life is told by a lock that the kernel drops with the process, however it ends; a pid may be another's by now.
"""

import fcntl
import os
from pathlib import Path

TEMP = "temp"
_LOCK = "lock"


class TempRoom:
    """This process's own temp folder below a root; it lives as long as the process, or until `close`."""

    def __init__(self, root: Path, name: str) -> None:
        self.folder = root / TEMP / name
        self._lock = _locked(self.folder)

    def close(self) -> None:
        """Remove the folder and what is left in it."""
        if self._lock >= 0:
            _empty(self.folder)
            os.close(self._lock)
            self._lock = -1


def sweep(root: Path) -> int:
    """Remove the temp folders of processes that are gone; return how many files that freed."""
    temp = root / TEMP
    if not temp.is_dir():
        return 0
    return sum(_sweep_room(room) for room in sorted(temp.iterdir()))


def _locked(folder: Path) -> int:
    """Make the folder and hold its lock; again where a sweep took it between the two."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except FileNotFoundError:
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock).st_nlink:
            return lock
        os.close(lock)


def _sweep_room(room: Path) -> int:
    try:
        lock = os.open(room / _LOCK, os.O_RDWR)
    except OSError:
        _remove_folder(room)  # its maker died before it had a lock, or makes it again
        return 0
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _empty(room)
    except BlockingIOError:
        return 0
    finally:
        os.close(lock)


def _empty(room: Path) -> int:
    """Remove a room's files, its lock last: what a crash leaves can be swept again."""
    files = [file for file in room.iterdir() if file.name != _LOCK]
    for file in files:
        file.unlink(missing_ok=True)
    (room / _LOCK).unlink(missing_ok=True)
    _remove_folder(room)
    return len(files)


def _remove_folder(room: Path) -> None:
    try:
        room.rmdir()
    except OSError:
        return
