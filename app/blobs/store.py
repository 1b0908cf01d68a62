"""The local blob store: immutable bytes in one or more replica folders of ordinary file systems.

`<root>/<shard>/<blob id>` holds a blob, `<blob id>.deleted` beside it says that it was deleted (a rebuild
from blobs must not bring it back), `<root>/temp` holds unfinished uploads, `<root>/quarantine` blobs that
nobody owns. Every replica is written before a blob counts as stored; reading falls back to the next one, and
`repair` rewrites a bad one from a good one.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, TypeVar

from app.blobs.blob_ids import is_blob_id, shard_of
from app.blobs.durability import Folders, make_root, sync_folder
from app.blobs.quarantine import QUARANTINE, empty, set_aside
from app.blobs.rooms import TEMP, TempRoom, sweep
from app.blobs.space import Budget, DiskFloor, StorageRoom, told_as_failure
from app.blobs.upload import Upload
from graph.errors import NotFound, Unavailable

_DELETED = ".deleted"
_COPY_BLOCK = 1 << 20
_Read = TypeVar("_Read")


class State(StrEnum):
    """What a replica of a blob was found to be."""

    GOOD = "good"
    MISSING = "missing"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one replica."""

    root: Path
    state: State


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob as `walk` finds it; `deleted` when its tombstone lies beside it.

    `since`: when it got its name, in seconds since the epoch.
    """

    blob_id: str
    size: int
    deleted: bool
    since: float = 0.0


class BlobStore:
    """Puts, reads and deletes blobs; safe to share by threads, and made anew in each process.

    `floor` is how many bytes stay free, `in_flight` how many may be in unfinished uploads of this process.
    Raises `ValueError` without a folder.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        floor: int = 1 << 30,
        in_flight: int = 8 << 30,
        sync_threads: int = 4,
    ) -> None:
        if not roots:
            raise ValueError("a blob store needs a folder")
        self._roots = tuple(roots)
        for root in self._roots:
            make_root(root)
        self._folders = Folders()
        self._floor = DiskFloor(self._roots, floor)
        self._budget = Budget(in_flight)
        self._pool: Executor = ThreadPoolExecutor(sync_threads, "blob-sync")
        self._name = f"{os.getpid()}-{os.urandom(6).hex()}"
        self._rooms: tuple[TempRoom, ...] = ()
        self._lock = threading.Lock()

    @property
    def roots(self) -> tuple[Path, ...]:
        """The replica folders, the first of them read first."""
        return self._roots

    def begin(self, blob_id: str, *, expected: int = 0, zeroed: int = 0) -> Upload:
        """Start writing a blob of about `expected` bytes, its first `zeroed` bytes replaced by zeros.

        Raises `StorageFull` below the disk floor, `Unavailable` beyond the budget of bytes in flight.
        """
        self._floor.check(expected)
        self._budget.admit(expected)
        folders = [room.folder for room in self._own_rooms()]
        return Upload(
            blob_id,
            list(zip(self._roots, folders, strict=True)),
            zeroed=zeroed,
            budget=self._budget,
            floor=self._floor,
            folders=self._folders,
            pool=self._pool,
        )

    @property
    def scratch(self) -> Path:
        """A folder for what must be written for a moment; it vanishes with the process."""
        return self._own_rooms()[0].folder

    def room(self) -> StorageRoom:
        """How much room there is where there is least."""
        return self._floor.room()

    def check_space(self) -> None:
        """Raise `StorageFull` below the disk floor."""
        self._floor.check()

    def path(self, blob_id: str) -> Path:
        """Return where the first present replica lies, for sendfile.

        Raises `NotFound`, or `Unavailable` where no good copy is left.
        """
        return self._first(blob_id, _present)

    def open(self, blob_id: str) -> BinaryIO:
        """Open the first replica that opens; raises `NotFound`, or `Unavailable` when none can be read."""
        return self._first(blob_id, _opened)

    def read(self, blob_id: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer at the end.

        Raises `NotFound`, or `Unavailable` where no good copy is left.
        """

        def piece(path: Path) -> bytes:
            with path.open("rb", buffering=0) as file:
                return os.pread(file.fileno(), length, offset)

        return self._first(blob_id, piece)

    def delete(self, blob_id: str) -> None:
        """Remove the bytes and then the tombstone; a blob that is gone already is no error."""
        with told_as_failure():
            for path in self._paths(blob_id):
                path.unlink(missing_ok=True)
                _tombstone(path).unlink(missing_ok=True)

    def entomb(self, blob_id: str) -> None:
        """Leave a durable tombstone beside a blob that the graph no longer owns."""
        with told_as_failure():
            for root, path in zip(self._roots, self._paths(blob_id), strict=True):
                self._folders.ensure(path.parent, root)
                _tombstone(path).touch()
                sync_folder(path.parent)

    def walk(self) -> Iterator[StoredBlob]:
        """Yield every blob of every replica once, in the order of the ids within a replica."""
        for number, root in enumerate(self._roots):
            for path in _blobs_below(root):
                if not any(
                    (other / shard_of(path.name) / path.name).exists() for other in self._roots[:number]
                ):
                    yield from _stored(path)

    def verify(self, blob_id: str, digest: str) -> tuple[Finding, ...]:
        """Read every replica whole and compare its SHA-256 (hex) with the graph's."""
        paths = zip(self._roots, self._paths(blob_id), strict=True)
        return tuple(Finding(root, _state(path, digest)) for root, path in paths)

    def repair(self, blob_id: str, digest: str) -> tuple[Finding, ...]:
        """Rewrite the replicas that are not good from one that is; return what was found before.

        Raises `Unavailable` when no replica is good.
        """
        findings = self.verify(blob_id, digest)
        good = next((found.root for found in findings if found.state is State.GOOD), None)
        if good is None:
            raise Unavailable("no good copy of the blob is left")
        for found, room in zip(findings, self._own_rooms(), strict=True):
            if found.state is not State.GOOD:
                self._rewrite(good, found.root, room, blob_id)
        return findings

    def quarantine(self, blob_id: str) -> None:
        """Take a blob that nobody owns out of sight; `empty_quarantine` removes it for good."""
        with told_as_failure():
            for root, path in zip(self._roots, self._paths(blob_id), strict=True):
                set_aside(root, path)

    def empty_quarantine(self, before: float) -> int:
        """Remove what was set aside before a moment (seconds since the epoch); return how many files."""
        with told_as_failure():
            return sum(empty(root, before) for root in self._roots)

    def sweep(self) -> int:
        """Remove what processes that are gone left in the temp folders; return how many files."""
        return sum(sweep(root) for root in self._roots)

    def close(self) -> None:
        """End the threads and remove this process's temp folders."""
        self._pool.shutdown()
        for room in self._rooms:
            room.close()
        self._rooms = ()

    def _paths(self, blob_id: str) -> list[Path]:
        shard = shard_of(blob_id)
        return [root / shard / blob_id for root in self._roots]

    def _first(self, blob_id: str, read: Callable[[Path], _Read]) -> _Read:
        """What `read` makes of the first replica that is there and can be read."""
        failure: OSError | None = None
        for path in self._paths(blob_id):
            try:
                return read(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                failure = error
        if failure:
            raise Unavailable("the storage failed") from failure
        raise NotFound("no such blob")

    def _own_rooms(self) -> tuple[TempRoom, ...]:
        """The temp folders of this process, made at the first upload: a process that only reads has none."""
        with self._lock, told_as_failure():
            if not self._rooms:
                self._rooms = tuple(TempRoom(root, self._name) for root in self._roots)
        return self._rooms

    def _rewrite(self, source: Path, target: Path, room: TempRoom, blob_id: str) -> None:
        shard = shard_of(blob_id)
        copy = room.folder / f"{blob_id}.repair"
        with told_as_failure(), (source / shard / blob_id).open("rb") as good, copy.open("wb") as file:
            while block := good.read(_COPY_BLOCK):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
            self._folders.ensure(target / shard, target)
            copy.rename(target / shard / blob_id)
            sync_folder(target / shard)


def _present(path: Path) -> Path:
    path.stat()
    return path


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


def _tombstone(path: Path) -> Path:
    return path.with_name(path.name + _DELETED)


def _stored(path: Path) -> Iterator[StoredBlob]:
    """The blob, unless it went meanwhile. The inode changed last when the file got its name."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    yield StoredBlob(path.name, found.st_size, _tombstone(path).exists(), found.st_ctime)


def _blobs_below(root: Path) -> Iterator[Path]:
    others = (TEMP, QUARANTINE)
    for folder in sorted(each for each in root.iterdir() if each.is_dir() and each.name not in others):
        for shard in sorted(folder.iterdir()):
            yield from sorted(path for path in shard.iterdir() if is_blob_id(path.name))


def _state(path: Path, digest: str) -> State:
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return State.MISSING
    except OSError:
        return State.UNREADABLE
    return State.GOOD if found == digest else State.DAMAGED
