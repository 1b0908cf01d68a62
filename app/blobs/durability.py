"""What must reach the disk before anybody is told that a blob is stored (file, then name, then folder).

A rename without these syncs passes every kill -9 test and loses data at a power cut: the page cache survives
the one and not the other.
"""

import os
from pathlib import Path

_REMEMBERED = 1024


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_root(folder: Path) -> None:
    """Create a folder and what is missing above it, durably."""
    if not folder.is_dir():
        make_root(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


class Folders:
    """Folders below roots that exist; each is made durable once by each process.

    That a folder is there does not tell that it would survive: the process that made it may have been killed
    before it synced the one above.
    """

    def __init__(self) -> None:
        self._durable: set[Path] = set()

    def ensure(self, folder: Path, root: Path) -> None:
        """Make sure that a folder below `root` exists and stays."""
        if folder == root or folder in self._durable:
            return
        self.ensure(folder.parent, root)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
        if len(self._durable) >= _REMEMBERED:
            self._durable.clear()
        self._durable.add(folder)
