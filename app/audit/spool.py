"""The audit spool: append-only files of lines, each chained to the one before by its hash, synced in groups.

One process writes one chain of segments, `<chain>-<number>.open`, holding a lock on the open one; a closed
segment is `.closed`, and the worker moves it into the graph. A line is `<hash> <text>`, its hash keyed and
made of the one before it (`app/audit/chain.py`); a segment's first line names the last hash of the segment
before.

Recording only writes. Of the threads that wait for their line, one syncs for all that was written so far and
the others wait for it, so waiting together costs one sync. Where the disk is slow, a line that is wanted
`soon` is synced by the keeper, a thread, while its writer does other work, and waiting late costs none; a
fast disk would be done before a thread is awake. What cannot be written is `Unavailable`.
"""

import fcntl
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from threading import Condition, Lock, Thread

import orjson
import structlog

from app.audit.chain import START, chained, line_of
from graph.errors import Unavailable

OPEN, CLOSED = ".open", ".closed"
WAIT_SECONDS = 15.0
LAZY_SECONDS = 1.0
SLOW_SECONDS = 0.0005  # a sync that takes longer is worth waking the keeper for
_MEMORY = 0.9  # of what was known of the disk, so much stays after another sync
_log = structlog.get_logger("hilum.audit")


@dataclass(frozen=True, slots=True)
class SpoolLimits:
    """A segment is closed at `segment_bytes`, or when it holds lines and is `segment_seconds` old."""

    segment_bytes: int = 8 << 20
    segment_seconds: float = 30.0


class Segment:
    """An open segment, locked for as long as its process lives; it gets its name when it is locked."""

    def __init__(self, folder: Path, key: bytes, chain: str, number: int, previous: str) -> None:
        self.path = folder / f"{chain}-{number:06d}{OPEN}"
        self.chain, self.number, self.hash = chain, number, previous
        self._key = key
        self.size = self.lines = 0
        unnamed = self.path.with_suffix(".new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self.file = os.open(unnamed, flags, 0o600)
        fcntl.flock(self.file, fcntl.LOCK_EX)
        header = {"kind": "segment", "chain": chain, "number": number, "previous": previous, "keyed": True}
        self.append(orjson.dumps(header))
        unnamed.rename(self.path)
        _sync_folder(folder)

    def append(self, text: bytes) -> None:
        """Write one line whole.

        Raises `OSError`.
        """
        following = chained(self._key, self.hash, text)
        line = line_of(following, text) + b"\n"
        if os.write(self.file, line) != len(line):
            raise OSError("the audit line was cut")
        self.hash = following
        self.size += len(line)
        self.lines += 1

    def close(self) -> None:
        """Sync, rename and unlock."""
        os.fsync(self.file)
        self.path.rename(self.path.with_suffix(CLOSED))
        _sync_folder(self.path.parent)
        os.close(self.file)

    def abandon(self) -> None:
        """Give the file up as it is; the worker takes what is whole."""
        os.close(self.file)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A line that was written; `wait` returns once it is durable, or raises `Unavailable`."""

    spool: "Spool"
    era: int
    place: int

    def wait(self) -> None:
        """Wait until the disk has it."""
        self.spool.wait_for(self.era, self.place)


class Spool:
    """The spool of one process; opens its first segment on first use, so it may be made before a fork.

    Under an empty `key` its chain shows accidents only: anybody can make such lines.
    """

    def __init__(
        self,
        folder: Path,
        limits: SpoolLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sync: Callable[[int], None] = os.fdatasync,
        closed: Callable[[], None] = lambda: None,
        *,
        key: bytes = b"",
    ) -> None:
        self._folder = folder
        self._key = key
        self._limits = limits or SpoolLimits()
        self._clock = clock
        self._sync = sync
        self._closed = closed
        self._forget()

    def _forget(self) -> None:
        """The state before the first line, also that of a child which must not write its parent's file."""
        lock = Lock()
        self._changed, self._finish = Condition(lock), Condition(lock)
        self._segment: Segment | None = None
        self._keeper: Thread | None = None
        self._owner = os.getpid()
        self._opened = 0.0
        self._era = 0  # grows when a write or a sync fails
        self._durable: dict[int, int] = {}  # how far each era before this one got
        self._written = self._synced = 0
        self._syncing = self._closing = self._hurried = False
        self._sync_seconds = SLOW_SECONDS  # what a sync takes lately; not known yet

    def record(self, text: bytes, *, soon: bool = False) -> Ticket:
        """Append a line; if nobody waits for it, it is synced with the next one, or within a second.

        `soon` has a slow disk sync it meanwhile: for a line that is waited for later. Raises `Unavailable`.
        """
        if self._owner != os.getpid():
            self._forget()
        with self._changed:
            try:
                self._ready().append(text)
            except OSError as error:
                self._give_up(self._segment, error)
                raise _unwritable() from error
            self._written += 1
            if soon and not self._hurried and self._sync_seconds >= SLOW_SECONDS:
                self._hurried = True
                self._finish.notify()
            return Ticket(self, self._era, self._written)

    def wait_for(self, era: int, place: int) -> None:
        """Return when line `place` of `era` is durable: sync, or wait for whoever is syncing."""
        patience = self._clock() + WAIT_SECONDS
        with self._changed:
            while self._reached(era) < place:
                if self._era != era or self._clock() > patience:
                    raise _unwritable()
                if self._syncing:
                    self._changed.wait(WAIT_SECONDS)
                else:
                    self._sync_all()

    def _reached(self, era: int) -> int:
        return self._synced if era == self._era else self._durable[era]

    def close(self) -> None:
        """Sync everything and close the segment; later records open a new one."""
        with self._changed:
            keeper = self._keeper
            self._closing = keeper is not None
            self._finish.notify()
        if keeper is not None:
            keeper.join(WAIT_SECONDS)

    def _ready(self) -> Segment:
        """The open segment, and the thread that keeps it."""
        if self._segment is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            chain = f"{time.time_ns() // 1000:016d}-{os.getpid()}-{token_hex(4)}"
            self._segment = self._begin(chain, 1, START)
        if self._keeper is None:
            self._keeper = Thread(target=self._keep, name="audit-keeper", daemon=True)
            self._keeper.start()
        return self._segment

    def _begin(self, chain: str, number: int, previous: str) -> Segment:
        self._opened = self._clock()
        return Segment(self._folder, self._key, chain, number, previous)

    def _sync_all(self) -> None:
        """Sync all that is written; called with the lock, and lets it go meanwhile: others write on."""
        segment, target = self._segment, self._written
        if segment is None or target == self._synced:
            return
        failure: OSError | None = None
        self._syncing = True
        self._changed.release()
        started = self._clock()
        try:
            self._sync(segment.file)
        except OSError as error:
            failure = error
        finally:
            self._changed.acquire()
            self._syncing = False
        taken = self._clock() - started
        self._sync_seconds = _MEMORY * self._sync_seconds + (1 - _MEMORY) * taken
        if failure is not None:
            self._give_up(segment, failure)
        elif self._segment is segment:
            self._synced = target
            if segment.size >= self._limits.segment_bytes:
                self._rotate(closing=False)
        self._changed.notify_all()

    def _keep(self) -> None:
        """The keeper: sync what is wanted soon, and once a second what is not; close the segment when due."""
        closing = False
        while not closing:
            with self._changed:
                self._finish.wait_for(lambda: self._closing or self._hurried, LAZY_SECONDS)
                self._changed.wait_for(lambda: not self._syncing, WAIT_SECONDS)
                closing, self._hurried = self._closing, False
                self._sync_all()
                self._rotate(closing)

    def _rotate(self, closing: bool) -> None:
        segment = self._segment
        if segment is not None and not self._syncing and (closing or self._is_due(segment)):
            try:
                segment.close()
                self._closed()
                self._synced = self._written
                self._segment = None
                self._changed.notify_all()
                if not closing:
                    self._segment = self._begin(segment.chain, segment.number + 1, segment.hash)
            except OSError as error:
                self._give_up(self._segment, error)
        if closing:
            self._keeper, self._closing = None, False

    def _is_due(self, segment: Segment) -> bool:
        if segment.size >= self._limits.segment_bytes:
            return True
        return segment.lines > 1 and self._clock() - self._opened >= self._limits.segment_seconds

    def _give_up(self, segment: Segment | None, error: OSError) -> None:
        """After a failed write or sync nothing unsynced is promised; the next record starts a new chain."""
        if segment is not self._segment:
            return
        _log.error("audit spool failed", error=type(error).__name__, number=error.errno)
        if segment is not None:
            segment.abandon()
        self._segment = None
        self._durable[self._era] = self._synced
        self._era += 1
        self._written = self._synced
        self._changed.notify_all()


def _unwritable() -> Unavailable:
    return Unavailable("the audit trail cannot be written now, so nothing is answered", retry_after=5)
