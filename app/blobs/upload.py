"""One blob on its way in: temp file, hash while writing, fsync, rename, fsync of the folder.

Until the rename nothing has the blob's name; after it the bytes are whole and durable.
"""

import os
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from app.blobs.blob_ids import shard_of
from app.blobs.durability import Folders, sync_folder
from app.blobs.space import Budget, DiskFloor, told_as_failure

_BUFFER = 1 << 16
_FLOOR_INTERVAL = 64 << 20


@dataclass(frozen=True, slots=True)
class SealedBlob:
    """A blob that survives a power cut: SHA-256 in hex, size in bytes, where its first replica lies."""

    blob_id: str
    digest: str
    size: int
    path: Path


class Upload:
    """A blob that is being written to the temp folder of every replica; not safe to share by threads.

    As a context manager it discards itself unless it was sealed.
    """

    def __init__(
        self,
        blob_id: str,
        rooms: Sequence[tuple[Path, Path]],
        *,
        zeroed: int,
        budget: Budget,
        floor: DiskFloor,
        folders: Folders,
        pool: Executor,
    ) -> None:
        self.blob_id = blob_id
        self.size = 0
        self._roots = tuple(root for root, _ in rooms)
        self._temps = tuple(room / f"{blob_id}.part" for _, room in rooms)
        self._zeroed = zeroed
        self._budget, self._floor, self._folders, self._pool = budget, floor, folders, pool
        self._hash = sha256()
        self._syncs: list[Future[None]] = []
        self._files: list[BinaryIO] = []
        self._next_check = _FLOOR_INTERVAL
        self._open()

    def _open(self) -> None:
        try:
            with told_as_failure():
                for temp in self._temps:
                    self._files.append(temp.open("x+b", buffering=_BUFFER))
        except BaseException:
            self.discard()
            raise

    def write(self, chunk: bytes) -> None:
        """Append a chunk, its bytes zeroed as `begin` asked; raises `StorageFull` or `Unavailable`."""
        if self.size < self._zeroed:
            hidden = min(self._zeroed - self.size, len(chunk))
            chunk = bytes(hidden) + chunk[hidden:]
        with told_as_failure():
            for file in self._files:
                file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)
        self._budget.take(len(chunk))
        if self.size >= self._next_check:
            self._next_check += _FLOOR_INTERVAL
            self._floor.check()

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of what was written so far."""
        return self._hash.hexdigest()

    @property
    def folder(self) -> Path:
        """Where this upload lies: room for scratch files that vanish with the process."""
        return self._temps[0].parent

    def fileno(self) -> int:
        """The descriptor of the first replica, all bytes written so far behind it."""
        with told_as_failure():
            self._files[0].flush()
        return self._files[0].fileno()

    def sync_later(self) -> None:
        """Start the fsync on another thread; the caller reads the file meanwhile, and `seal` waits for it."""
        if self._syncs:
            return
        with told_as_failure():
            for file in self._files:
                file.flush()
        self._syncs = [self._pool.submit(os.fsync, file.fileno()) for file in self._files]

    def seal(self) -> SealedBlob:
        """Make the blob durable under its name."""
        return seal_all([self])[0]

    def discard(self) -> None:
        """Forget the blob; harmless after `seal` and when called twice."""
        self._close()
        for temp in self._temps:
            temp.unlink(missing_ok=True)
        self._temps = ()

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def _synced(self) -> None:
        """Wait until the bytes are on the disk; an fsync that failed is never tried again, for it may lie."""
        self.sync_later()
        with told_as_failure():
            for sync in self._syncs:
                sync.result()

    def _rename(self) -> list[Path]:
        """Give the temp files their name; return the folders that must be synced."""
        folders = []
        with told_as_failure():
            for root, temp in zip(self._roots, self._temps, strict=True):
                folder = root / shard_of(self.blob_id)
                self._folders.ensure(folder, root)
                temp.rename(folder / self.blob_id)
                folders.append(folder)
        return folders

    def _sealed(self) -> SealedBlob:
        self._close()
        self._temps = ()
        path = self._roots[0] / shard_of(self.blob_id) / self.blob_id
        return SealedBlob(self.blob_id, self.digest, self.size, path)

    def _close(self) -> None:
        for sync in self._syncs:
            sync.exception()
        for file in self._files:
            _close_quietly(file)
        if self._files:
            self._budget.give_back(self.size)
        self._files = []


def seal_all(uploads: Sequence[Upload]) -> list[SealedBlob]:
    """Seal several uploads with one fsync per folder instead of one per blob.

    On an error none of them counts as stored; names that were given already are taken back.
    """
    try:
        folders: dict[Path, None] = {}
        for upload in uploads:
            upload._synced()
        for upload in uploads:
            folders.update(dict.fromkeys(upload._rename()))
        with told_as_failure():
            for folder in folders:
                sync_folder(folder)
    except BaseException:
        for upload in uploads:
            _take_back(upload)
        raise
    return [upload._sealed() for upload in uploads]


def _take_back(upload: Upload) -> None:
    for root in upload._roots:
        (root / shard_of(upload.blob_id) / upload.blob_id).unlink(missing_ok=True)
    upload.discard()


def _close_quietly(file: BinaryIO) -> None:
    """Close; what a last flush of a discarded file says does not matter, sealed ones are flushed already."""
    try:
        file.close()
    except OSError:
        return
