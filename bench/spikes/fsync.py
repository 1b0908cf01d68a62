"""What durability costs on this disk: blobs (file and folder) and lines of the audit spool.

    python -m bench.spikes.fsync [--folder PATH]

Prints medians and 99 % in milliseconds; the groups print lines a second.
"""

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

TIMES = 150
LINE = b"x" * 399 + b"\n"
BLOB = os.urandom(1 << 19)


def _timed(title: str, action: Callable[[int], None]) -> None:
    taken = []
    for number in range(TIMES):
        started = time.perf_counter()
        action(number)
        taken.append((time.perf_counter() - started) * 1000)
    print(f"| {title} | {statistics.median(taken):.2f} | {statistics.quantiles(taken, n=100)[98]:.2f} |")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


def _write(path: Path, *, sync: bool) -> None:
    with path.open("wb", buffering=0) as file:
        file.write(BLOB)
        if sync:
            os.fsync(file.fileno())


def _store(folder: Path, number: int) -> None:
    """A blob as the product stores it: temp, fsync, rename, fsync of the folder."""
    temporary = folder / f"{number}.tmp"
    _write(temporary, sync=True)
    temporary.rename(folder / f"{number}.stored")
    _sync_folder(folder)


class GroupSync:
    """Appends of many threads share one fdatasync: whoever finds no sync running makes it for all before."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._written = self._synced = self.syncs = 0

    def append(self, line: bytes) -> None:
        """Return when the line is on the disk."""
        with self._count:
            os.write(self._handle, line)
            self._written += 1
            mine = self._written
        with self._turn:
            if self._synced >= mine:
                return
            reached = self._written
            os.fdatasync(self._handle)
            self._synced, self.syncs = reached, self.syncs + 1


def _groups(path: Path, threads: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    group, lines = GroupSync(handle), 800 // threads

    def write() -> None:
        for _ in range(lines):
            group.append(LINE)

    workers = [threading.Thread(target=write) for _ in range(threads)]
    started = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rate = lines * threads / (time.perf_counter() - started)
    print(
        f"| group sync, {threads} threads | {rate:.0f} lines/s | {group.syncs} syncs of {lines * threads} |"
    )
    os.close(handle)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", default=".")
    with tempfile.TemporaryDirectory(dir=parser.parse_args().folder) as name:
        folder = Path(name)
        spool = os.open(folder / "spool", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

        def append(_: int) -> None:
            os.write(spool, LINE)
            os.fdatasync(spool)

        print("| step | median ms | 99 % ms |\n|---|---|---|")
        _timed("write 0.5 MB", lambda n: _write(folder / f"{n}.plain", sync=False))
        _timed("write 0.5 MB and fsync", lambda n: _write(folder / f"{n}.synced", sync=True))
        _timed("fsync of a folder, nothing new", lambda _: _sync_folder(folder))
        _timed("write, fsync, rename, fsync of the folder", lambda n: _store(folder, n))
        _timed("append a line of 400 bytes and fdatasync", append)
        for threads in (1, 4, 8, 32):
            _groups(folder / f"group{threads}", threads)
        os.close(spool)


if __name__ == "__main__":
    main()
