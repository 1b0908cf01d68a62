"""The folders that jobs write their files to: one of each job, with one writer at a time.

The lock of a folder goes with the process that holds it.
"""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.blobs.space import told_as_failure
from graph.errors import Unavailable

_LOCK = ".lock"


class JobFolders:
    """The folders below one, each called as its job: `names` says how; `touched` when one was written in."""

    def __init__(self, root: Path, names: re.Pattern[str], touched: Callable[[Path], float]) -> None:
        self.root = root
        self._names = names
        self._touched = touched

    def exists(self, job_id: str) -> bool:
        """Whether there is a folder of a job."""
        return self._names.fullmatch(job_id) is not None and (self.root / job_id).is_dir()

    @contextmanager
    def locked(self, job_id: str, *within: str) -> Iterator[Path]:
        """Hold the folder of a job within the block, made where it is not there, with folders in it.

        Raises `Unavailable` where another process has it, `ValueError` for a name that is none of a job.
        """
        if self._names.fullmatch(job_id) is None:
            raise ValueError(f"no job that writes files here has the name {job_id!r}")
        folder = self.root / job_id
        with told_as_failure():
            for each in (folder, *(folder / name for name in within)):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Unavailable("another worker writes these files") from None
            yield folder
        finally:
            os.close(lock)

    def remove(self, job_id: str) -> bool:
        """Remove the folder of a job; return whether there was one."""
        if not self.exists(job_id):
            return False
        shutil.rmtree(self.root / job_id, ignore_errors=True)
        return True

    def older(self, seconds: float) -> Iterator[str]:
        """The jobs in whose folders nothing was written for so long."""
        if not self.root.is_dir():
            return
        before = time.time() - seconds
        for folder in sorted(self.root.iterdir()):
            if self._names.fullmatch(folder.name) and self._touched(folder) < before:
                yield folder.name
