"""Admission: a floor of free disk that stays for the database, and a budget of bytes in flight."""

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from graph.errors import StorageFull, Unavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
RETRY_AFTER = 5


class StorageRoom(NamedTuple):
    """Bytes of the fullest folder of blobs: free, in all, and how many stay free."""

    free: int
    total: int
    floor: int


class DiskFloor:
    """Refuses writes while fewer than `floor` bytes are free: a full disk breaks the log of Neo4j."""

    def __init__(self, roots: tuple[Path, ...], floor: int) -> None:
        self._roots = roots
        self._floor = floor

    def room(self) -> StorageRoom:
        """How much there is where there is least."""
        found = [os.statvfs(root) for root in self._roots]
        least = min(found, key=lambda each: each.f_bavail * each.f_frsize)
        return StorageRoom(least.f_bavail * least.f_frsize, least.f_blocks * least.f_frsize, self._floor)

    def check(self, needed: int = 0) -> None:
        """Raise `StorageFull` where `needed` more bytes would pass the floor."""
        for root in self._roots:
            status = os.statvfs(root)
            if status.f_bavail * status.f_frsize - needed < self._floor:
                raise StorageFull("the storage is full", retry_after=RETRY_AFTER)


class Budget:
    """Counts the bytes of unfinished uploads in this process."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._used = 0
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        """Bytes of the uploads that are neither sealed nor discarded."""
        return self._used

    def admit(self, expected: int) -> None:
        """Raise `Unavailable` when another upload of this size would pass the limit; a lone one may."""
        if self._used and self._used + expected >= self._limit:
            raise Unavailable("too many uploads at once", retry_after=RETRY_AFTER)

    def take(self, size: int) -> None:
        """Count bytes that arrived."""
        with self._lock:
            self._used += size

    def give_back(self, size: int) -> None:
        """Stop counting them."""
        with self._lock:
            self._used -= size


@contextmanager
def told_as_failure() -> Iterator[None]:
    """Turn an error of the file system into the category that the client is told.

    Raises `StorageFull` where there is no room, `Unavailable` for any other failure of the disk.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("the storage is full", retry_after=RETRY_AFTER) from error
        raise Unavailable("the storage failed", retry_after=RETRY_AFTER) from error
