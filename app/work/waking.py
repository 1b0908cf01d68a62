"""Wakes the workers of this machine when there is something to do, so that none of them has to poll.

A listener has a FIFO of its own in a folder of the home, `wake/<pid>-<number>.fifo`; whoever has work for it
writes one byte into each, the letter of a topic. Waking never waits and never fails: a full FIFO belongs to a
listener that is awake already, and one without a reader to a listener that was killed, whose FIFO is removed.
Nothing depends on a byte that arrives: a worker looks for work by itself every `FALLBACK_SECONDS`, which is
also how it hears of what other machines commit.
"""

import errno
import os
import select
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from enum import StrEnum
from itertools import count
from pathlib import Path
from threading import Event, Thread

FOLDER = "wake"
FALLBACK_SECONDS = 30.0
_SUFFIX = ".fifo"
_DRAINED = 4096
_STOP = b"."
_NUMBERS = count(1)


class Topic(StrEnum):
    """What a listener can be woken for."""

    CHANGES = "c"  # something was committed
    JOBS = "j"  # somebody asked for a job
    AUDIT = "a"  # an audit file was closed
    CASTS = "k"  # something was said on a topic of FHIRcast


class Waker:
    """Wakes the listeners of a home folder; safe between threads and across a fork."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def wake(self, topic: Topic) -> None:
        """Wake every listener of a topic; returns at once, whatever becomes of it."""
        with suppress(OSError):
            for entry in os.scandir(self._folder):
                if entry.name.endswith(_SUFFIX):
                    _poke(entry.path, topic.encode("ascii"))

    def changed(self) -> None:
        """Wake the followers of the feed: to be called after a commit."""
        self.wake(Topic.CHANGES)


def _poke(path: str, byte: bytes) -> None:
    try:
        fifo = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENXIO:  # nobody reads it: its listener was killed
            Path(path).unlink(missing_ok=True)
        return
    try:
        os.write(fifo, byte)
    except OSError:
        return  # full: it is awake
    finally:
        os.close(fifo)


class Listener:
    """Sets the events of a topic when somebody wakes it; one for each process that works."""

    def __init__(self, home: Path) -> None:
        folder = home / FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{next(_NUMBERS)}{_SUFFIX}"
        self._fifo = _opened(self._path)
        self._events: defaultdict[bytes, list[Event]] = defaultdict(list)
        self._thread = Thread(target=self._listen, name="listener", daemon=True)
        self._thread.start()

    def event(self, topics: Iterable[Topic]) -> Event:
        """A new event that each of the topics sets."""
        made = Event()
        for topic in topics:
            self._events[topic.encode("ascii")].append(made)
        return made

    def close(self) -> None:
        """Stop listening."""
        self._path.unlink(missing_ok=True)
        os.write(self._fifo, _STOP)
        self._thread.join()
        os.close(self._fifo)

    def _listen(self) -> None:
        heard_from = select.poll()  # select() takes no descriptor beyond 1,023
        heard_from.register(self._fifo, select.POLLIN)
        while True:
            heard_from.poll()
            heard = os.read(self._fifo, _DRAINED)
            for topic, events in list(self._events.items()):
                if topic in heard:
                    for each in events:
                        each.set()
            if _STOP in heard:
                return


def _opened(path: Path) -> int:
    """Make a FIFO with a reader under its name; before it has one, it goes by another."""
    unnamed = path.with_suffix(".new")
    unnamed.unlink(missing_ok=True)  # of a process that had this number before
    os.mkfifo(unnamed, 0o600)
    fifo = os.open(unnamed, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    unnamed.rename(path)
    return fifo
