"""The files of extracts: a folder each, with what is to be had in it and what its job works with.

`<root>/<job>/out` holds what is handed over, `<root>/<job>/work` what a job has to remember and nobody else
may see: keys of patients are in it. A file gets its name when it is whole and on the disk. One writer at a
time: the lock of a folder goes with the process that holds it.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from app.blobs.space import DiskFloor, told_as_failure
from app.work.job_folders import JobFolders
from graph.errors import NotFound

_OUT, _WORK, _PART = "out", "work", ".part"
_JOB = re.compile(r"extract-[0-9a-f]{32}")
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that is whole: its path in the extract, bytes, SHA-256 in hexadecimal."""

    path: str
    size: int
    sha256: str


class ExtractFiles(JobFolders):
    """The folders of extracts under one folder; `floor` is how many bytes of the disk stay free."""

    def __init__(self, root: Path, floor: int) -> None:
        super().__init__(root, _JOB, _touched)
        self._floor = floor

    def path(self, job_id: str, name: str) -> Path:
        """The path of a file that is handed over; raises `NotFound`."""
        parts = name.split("/")
        sound = len(parts) <= _DEEPEST and all(map(_SEGMENT.fullmatch, parts))
        found = self.root / job_id / _OUT / name
        if not (self.exists(job_id) and sound and found.is_file()):
            raise NotFound("there is no such file")
        return found

    def read(self, job_id: str, name: str) -> bytes | None:
        """What a job remembered under a name; None where it did not."""
        found = self.root / job_id / _WORK / name
        return found.read_bytes() if self.exists(job_id) and found.is_file() else None

    @contextmanager
    def held(self, job_id: str) -> Iterator["ExtractFolder"]:
        """Hold the folder of a job within the block, made where it is not there; raises as `locked`."""
        with self.locked(job_id, _OUT, _WORK) as folder:
            yield ExtractFolder(folder, DiskFloor((folder,), self._floor))


class ExtractFolder:
    """The folder of an extract in the hand of its one writer."""

    def __init__(self, folder: Path, floor: DiskFloor) -> None:
        self.out = folder / _OUT
        self._work = folder / _WORK
        self._floor = floor

    @property
    def work(self) -> Path:
        """Where a job keeps what it works with."""
        return self._work

    def remember(self, name: str, at: int, data: bytes) -> int:
        """Write behind the first `at` bytes of what a job remembers; on the disk when it returns the length.

        Raises `StorageFull` below the floor of the disk, `Unavailable` where the disk fails.
        """
        with told_as_failure():
            self._floor.check(len(data))
            with (self._work / name).open("r+b" if (self._work / name).exists() else "w+b") as file:
                file.truncate(at)
                file.seek(at)
                file.write(data)
                file.flush()
                os.fdatasync(file.fileno())
        return at + len(data)

    def lines(self, name: str, end: int, start: int = 0) -> Iterator[bytes]:
        """The lines of what was remembered, from a place to another."""
        path = self._work / name
        if start >= end or not path.exists():
            return
        with path.open("rb") as file:
            file.seek(start)
            while start < end and (line := file.readline()):
                start += len(line)
                yield line

    def publish(self, name: str, write: Callable[[BinaryIO], object]) -> WrittenFile:
        """Write a file that is handed over: it has its name when it is whole, and replaces one that was.

        Raises `StorageFull` below the floor of the disk, `Unavailable` where the disk fails, and what `write`
        raises, after which there is no such file.
        """
        target = self.out / name
        part = self._work / _PART
        with told_as_failure():
            self._floor.check()
            try:
                with part.open("w+b") as file:
                    write(file)
                    file.flush()
                    os.fdatasync(file.fileno())
                    size = file.seek(0, os.SEEK_END)
                    file.seek(0)
                    digest = file_digest(file, "sha256").hexdigest()
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                part.rename(target)
            finally:
                part.unlink(missing_ok=True)
        return WrittenFile(name, size, digest)

    def forget(self, name: str) -> None:
        """Remove a file that is handed over, and the folders that it leaves empty."""
        target = self.out / name
        target.unlink(missing_ok=True)
        with suppress(OSError):  # of a folder that is not empty
            for folder in target.parents:
                if folder == self.out:
                    break
                folder.rmdir()

    def settle(self) -> None:
        """Remove all that a job worked with, but what it listed; raises `Unavailable`."""
        with told_as_failure():
            for path in self._work.iterdir():
                if path.name not in (FILES, ERRORS):
                    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


FILES, ERRORS = "files.ndjson", "errors.ndjson"
"""What is kept beside what is handed over: the list of files, and what could not be."""


def _touched(folder: Path) -> float:
    """When something was last written in a folder, in seconds since the epoch."""
    times = [path.stat().st_mtime for path in (folder, folder / _OUT, folder / _WORK) if path.exists()]
    return max(times)
