"""The files of bulk jobs: a folder each in the home folder, of NDJSON that is written step by step.

A step that was not kept is cut off before the next one is written: a file holds each line once, however
often its writer was killed. One writer at a time: the lock of a folder goes with the process that holds it.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.blobs.space import DiskFloor, told_as_failure
from app.work.job_folders import JobFolders
from graph.errors import NotFound

_SUFFIX = ".ndjson"
_JOB = re.compile(r"[a-z]+-[0-9a-f]{32}")
_NAME = re.compile(r"[A-Za-z]{1,64}-[0-9]{1,6}\.ndjson")


class BulkFiles(JobFolders):
    """The folders of bulk jobs under one folder; `floor` is how many bytes of the disk stay free."""

    def __init__(self, root: Path, floor: int) -> None:
        super().__init__(root, _JOB, _touched)
        self._floor = floor

    def path(self, job_id: str, name: str) -> Path:
        """The path of a file that is there; raises `NotFound`."""
        if not (self.exists(job_id) and _NAME.fullmatch(name)):
            raise NotFound("there is no such file")
        found = self.root / job_id / name
        if not found.is_file():
            raise NotFound("there is no such file")
        return found

    @contextmanager
    def held(self, job_id: str) -> Iterator["BulkFolder"]:
        """Hold the folder of a job within the block, made where it is not there; raises as `locked`."""
        with self.locked(job_id) as folder:
            yield BulkFolder(folder, DiskFloor((folder,), self._floor))


class BulkFolder:
    """The folder of a job in the hand of its one writer."""

    def __init__(self, folder: Path, floor: DiskFloor) -> None:
        self._folder = folder
        self._floor = floor
        self._written: set[str] = set()  # and not settled

    def write(self, name: str, at: int, data: bytes) -> int:
        """Write bytes behind the first `at` of a file, on the disk once `settle` is done; return its length.

        Raises `StorageFull` below the floor of the disk, `Unavailable` where the disk fails.
        """
        with told_as_failure():
            self._floor.check(len(data))
            descriptor = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._written.add(name)
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                file.truncate(at)
                file.seek(at)
                view = memoryview(data)
                while view:
                    view = view[file.write(view) or 0 :]
        return at + len(data)

    def settle(self) -> None:
        """See on the disk what was written: before that it is not kept that it was.

        Raises `Unavailable` where the disk fails.
        """
        with told_as_failure():
            for name in sorted(self._written):
                descriptor = os.open(self._folder / name, os.O_WRONLY | os.O_CLOEXEC)
                try:
                    os.fdatasync(descriptor)
                finally:
                    os.close(descriptor)
        self._written.clear()

    def keep_only(self, names: frozenset[str]) -> None:
        """Remove files that a step which was not kept began."""
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if path.name not in names:
                path.unlink(missing_ok=True)


def file_name(kind: str, number: int) -> str:
    """The name of the file of a type with a number."""
    return f"{kind}-{number}{_SUFFIX}"


def _touched(folder: Path) -> float:
    """When something was last written in a folder, in seconds since the epoch."""
    return max((path.stat().st_mtime for path in folder.iterdir()), default=folder.stat().st_mtime)
