"""When a graph of this machine's own was last written: its edition, in a file that its processes share.

What rights are made of, accounts and Consents, have editions of their own.

Whoever writes changes the edition before and after, and answers only then. So what was read in one edition is
still what the graph says, as far as writes were answered, while that edition stands. Only a graph that no
other machine writes may have one (ADR 7).
"""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SIZE = 16  # bytes: random, so that two writers at once need no lock, and none comes twice


class Edition:
    """The edition in a file of a folder; safe between threads and processes, and across a fork."""

    def __init__(self, folder: Path, name: str = "edition") -> None:
        self._descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._descriptor).st_size < _SIZE:
            self.change()
        self._shown = mmap.mmap(self._descriptor, _SIZE, access=mmap.ACCESS_READ)

    def current(self) -> bytes:
        """The edition that stands now."""
        return self._shown[:]

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Run a block that writes: whatever becomes of it, what was read before or meanwhile is outdated."""
        self.change()
        try:
            yield
        finally:
            self.change()

    def change(self) -> None:
        """Have another edition from now on: what was written before is to be looked at anew."""
        os.pwrite(self._descriptor, os.urandom(_SIZE), 0)

    def close(self) -> None:
        """Give the file back."""
        self._shown.close()
        os.close(self._descriptor)
