"""What renderers made, kept beside the blobs as long as there is room: a cache that may be lost at any time.

`<root>/<shard>/<blob id>/<name>` holds the answer to one task on one instance, so that what was made of an
instance goes with it. What was used longest ago goes first.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from struct import Struct
from threading import Lock
from typing import Any

from app.blobs.blob_ids import shard_of
from app.imaging.render.renderers import Pieces
from app.imaging.render.tasks import Subject, Task
from app.imaging.render.wire import INLINE

LARGEST = 16 << 20  # bytes of an answer that is kept
_EDITION = "2"  # of what renderers make of the same task
_LOOKS = 16  # how often the room is looked at while it is filled once
_LEFT = 0.9  # of the room, after a look that found it full
_COUNT = Struct("<Q")


class DerivedStore:
    """Keeps answers of renderers in `root`, up to `limit` bytes of all processes together."""

    def __init__(self, root: Path, limit: int) -> None:
        self._root = root
        self._limit = limit
        self._lock = Lock()
        self._added = 0

    def get(self, task: Task) -> Pieces | None:
        """The answer to a task; None where it is not kept."""
        path = self._path(task)
        try:
            file = path.open("rb")
        except OSError:
            return None
        (count,) = _COUNT.unpack(file.read(_COUNT.size))
        lengths = Struct(f"<{count}Q")
        with suppress(OSError):  # another process may just have removed it
            os.utime(path)
        found = lengths.unpack(file.read(lengths.size))
        if sum(found) > INLINE:
            return Pieces(found, file=file, start=_COUNT.size + lengths.size)
        with file:
            return Pieces(found, file.read())

    def keep(self, task: Task, answer: Pieces) -> Pieces:
        """Keep an answer, if it is not too long and the disk takes it; return one that can be read."""
        size = sum(answer.lengths)
        if size > min(LARGEST, self._limit):
            return answer
        pieces = list(answer.each())
        path = self._path(task)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, pieces)
            self._look(size)
        return Pieces(answer.lengths, b"".join(pieces))

    def forget(self, blob_id: str) -> None:
        """Remove everything that was made of an instance."""
        rmtree(self._folder(blob_id), ignore_errors=True)

    def _path(self, task: Task) -> Path:
        name = sha256(f"{_EDITION}{_told(task)}".encode()).hexdigest()[:32]
        return self._folder(task.subject.blob_id) / name

    def _folder(self, blob_id: str) -> Path:
        return self._root / shard_of(blob_id) / blob_id

    def _look(self, added: int) -> None:
        """Make room, when this process has added so much that it may be needed."""
        with self._lock:
            self._added += added
            if self._added < self._limit // _LOOKS:
                return
            self._added = 0
        with _alone(self._root / "lock") as first:
            if first:
                self._make_room()

    def _make_room(self) -> None:
        found = sorted(_files(self._root), key=lambda file: file[0])
        size = sum(size for _, size, _ in found)
        if size <= self._limit:
            return
        for _, gone, path in found:
            path.unlink(missing_ok=True)
            size -= gone
            with suppress(OSError):  # others are in it
                path.parent.rmdir()
            if size <= self._limit * _LEFT:
                return


def _told(value: Any) -> str:
    """A text that is the same for the same task in every process."""
    if isinstance(value, Subject):
        return value.blob_id
    if is_dataclass(value):
        told = (f"{field.name}={_told(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}({','.join(told)})"
    if isinstance(value, frozenset):
        return repr(sorted(value))
    return repr(value)


def _write(path: Path, pieces: Sequence[bytes]) -> None:
    """Write a file that is whole or not there; nobody misses it after a power cut, so nothing is synced."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with unfinished.open("xb") as file:
            file.write(_COUNT.pack(len(pieces)))
            file.write(Struct(f"<{len(pieces)}Q").pack(*map(len, pieces)))
            file.writelines(pieces)
        unfinished.replace(path)
    except OSError:  # a full disk is not filled further with halves of files
        unfinished.unlink(missing_ok=True)
        raise


def _files(root: Path) -> Iterator[tuple[float, int, Path]]:
    """Every file below a folder: when it was used last, its size, its path."""
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            with suppress(OSError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether nobody else is at it; the block runs either way."""
    with path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
