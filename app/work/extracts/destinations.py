"""Where the files of an extract go when all are written: a further destination is a class and its row.

`deliver` may be done twice, since a worker may die before it is noted.
"""

import os
from pathlib import Path
from shutil import copyfileobj, rmtree
from typing import BinaryIO, Protocol
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import orjson

from app.blobs.durability import sync_folder
from app.blobs.space import DiskFloor, told_as_failure
from app.work.extracts.files import FILES, ExtractFolder
from app.work.extracts.manifest import SUMS, note_files
from app.work.extracts.wishes import ExtractWish
from graph.errors import Conflict, Forbidden
from graph.wording import marked

ARCHIVE = "export.zip"
_NO_FOLDERS = marked("nothing is exported into folders here")
_OLDEST = (1980, 1, 1, 0, 0, 0)  # of all entries: when they were written tells nothing
_CHUNK = 1 << 20
_MODE = 0o100600 << 16


class ExtractDestination(Protocol):
    """Takes files to where they go."""

    def check(self, wish: ExtractWish) -> None:
        """Raise `Conflict` or `Forbidden` where a wish cannot go there."""

    def deliver(self, job_id: str, wish: ExtractWish, folder: ExtractFolder) -> None:
        """Bring the files there; raises `StorageFull`, `Unavailable`, `Conflict`."""

    def withdraw(self, job_id: str, wish: ExtractWish) -> None:
        """Remove what a delivery that was not finished has left."""


class Waiting:
    """The files wait where they are, to be downloaded one by one."""

    def check(self, wish: ExtractWish) -> None:
        """Nothing keeps them from it."""

    def deliver(self, job_id: str, wish: ExtractWish, folder: ExtractFolder) -> None:
        """Leave them."""

    def withdraw(self, job_id: str, wish: ExtractWish) -> None:
        """Leave nothing."""


class Zipped:
    """All files as one, uncompressed: pictures would not become smaller."""

    def check(self, wish: ExtractWish) -> None:
        """Nothing keeps them from it."""

    def deliver(self, job_id: str, wish: ExtractWish, folder: ExtractFolder) -> None:
        """Write the archive, list it in place of them, and remove them."""
        listed = [orjson.loads(line)["path"] for line in (folder.work / FILES).read_bytes().splitlines()]
        names = sorted({*_below(folder.out)} - {ARCHIVE})

        def write(file: BinaryIO) -> None:
            with ZipFile(file, "w", ZIP_STORED) as archive:
                for name in names:
                    _add(archive, folder.out / name, name)

        if listed != [ARCHIVE]:  # else it was written before, and not noted
            note_files(folder, [folder.publish(ARCHIVE, write)])
        for name in names:
            folder.forget(name)

    def withdraw(self, job_id: str, wish: ExtractWish) -> None:
        """Leave nothing."""


class Foldered:
    """A folder below a root that the operator named; it gets its name when it is whole.

    `root` is None where there is none.
    """

    def __init__(self, root: Path | None, floor: int) -> None:
        self._root = root
        self._floor = floor

    def check(self, wish: ExtractWish) -> None:
        """Raise `Forbidden` without a root, `Conflict` where something has the name."""
        if self._root is None:
            raise Forbidden(_NO_FOLDERS, location="$.destination", code="forbidden")
        if os.path.lexists(self._root / wish.path):
            raise Conflict("something has that name already", location="$.destination.path")

    def deliver(self, job_id: str, wish: ExtractWish, folder: ExtractFolder) -> None:
        """Copy the files beside where they go, and give them the name.

        Raises `Forbidden` without a root and for a path that leads out of it, `Conflict` where something has
        the name, `StorageFull`, `Unavailable`.
        """
        part = self._part(job_id)
        if part is None or self._root is None:
            raise Forbidden(_NO_FOLDERS, location="$.destination", code="forbidden")
        target = self._root / wish.path
        names = sorted(_below(folder.out))
        if _is_there(target, folder, names):
            return  # it was delivered before, and not noted
        with told_as_failure():
            self._require_below(target)
            if os.path.lexists(target):
                raise Conflict("something has that name already", location="$.destination.path")
            for name in names:
                _copy(folder.out / name, part / name, self._floor)
            part.rename(target)
            sync_folder(target.parent)

    def withdraw(self, job_id: str, wish: ExtractWish) -> None:
        """Remove the copies that have no name yet."""
        part = self._part(job_id)
        if part is not None:
            rmtree(part, ignore_errors=True)

    def _part(self, job_id: str) -> Path | None:
        return self._root / f".{job_id}" if self._root else None

    def _require_below(self, target: Path) -> None:
        """Make the folders above a target; raise `Forbidden` where one of them leads out of the root."""
        root = self._root.resolve() if self._root else target
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(root):
            raise Forbidden("the folder is not below that of exports", location="$.destination.path")


def _below(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def _add(archive: ZipFile, path: Path, name: str) -> None:
    info = ZipInfo(name, _OLDEST)
    info.external_attr, info.file_size = _MODE, path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
        copyfileobj(source, target, _CHUNK)


def _copy(source: Path, target: Path, floor: int) -> None:
    """Copy a file, on the disk when it returns."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    DiskFloor((target.parent,), floor).check(source.stat().st_size)
    with source.open("rb") as read, target.open("wb") as written:
        copyfileobj(read, written, _CHUNK)
        written.flush()
        os.fdatasync(written.fileno())


def _is_there(target: Path, folder: ExtractFolder, names: list[str]) -> bool:
    """Whether a folder is what is to be delivered: the checksums name every file, so they tell it."""
    sums = target / SUMS
    return sums.is_file() and sums.read_bytes() == (folder.out / SUMS).read_bytes() and bool(names)
