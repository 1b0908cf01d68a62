"""Locks between processes that the kernel drops when their holder dies, however it dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import Conflict


@contextmanager
def held(path: Path, refusal: str) -> Iterator[None]:
    """Hold the lock on `path`; raises `Conflict` with the words `refusal` when another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(refusal) from None
        yield


@contextmanager
def awaited(path: Path) -> Iterator[None]:
    """Hold the lock on `path`, waiting for its holder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
