"""How often a client secret may be guessed: a tally of wrong ones, shared by all processes of a home folder.

Wrong secrets are counted by client and address together, and by address whatever the client. Beyond a few,
the next try has to wait, each time twice as long as before, up to `LONGEST_WAIT`. A client that is guessed at
from many addresses has no more than one free try at each new one; it is never shut out itself, since an
address that has made no mistake is let in, and one where it has signed in before is not held to what others
do behind the same address.

A try is counted before its secret is looked at and taken off again when that was right, so that guesses at
the same time are no way around. Names are kept as digests.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.security.networks import network_of
from graph.errors import Throttled, Unavailable

FREE_TRIES = 10  # of one client from one address
FREE_TRIES_OF_KNOWN = 30  # the same where it has signed in before: it may ask many times at once
FREE_TRIES_OF_ADDRESS = 30  # of any client from one address
SUSPICIOUS = 50  # wrong secrets of one client, from anywhere, beyond which a new address has one free try
LONGEST_WAIT = 300.0  # seconds
FORGOTTEN = 3600.0  # seconds without a wrong secret, after which nothing is held against anybody
TRUSTED = 30 * 86_400.0  # seconds for which an address counts as one where a client has signed in
MOST_ROWS = 100_000
_PATIENCE = 5.0  # seconds to wait for another process

_TABLE = """
CREATE TABLE IF NOT EXISTS tally (name BLOB PRIMARY KEY, wrong INTEGER NOT NULL, last REAL NOT NULL,
  good REAL NOT NULL DEFAULT 0) WITHOUT ROWID
"""
_FIND = "SELECT wrong, last, good FROM tally WHERE name = ?"
_KEEP = """
INSERT INTO tally (name, wrong, last, good) VALUES (:name, :wrong, :last, :good)
ON CONFLICT (name) DO UPDATE SET wrong = :wrong, last = :last, good = :good
"""
_FORGET = "DELETE FROM tally WHERE last < ? AND good < ?"
_OLDEST = "DELETE FROM tally WHERE name IN (SELECT name FROM tally ORDER BY max(last, good) LIMIT ?)"


@dataclass(frozen=True, slots=True)
class _Tally:
    """What is held against one name: wrong secrets, the moment of the last, and of the last right one."""

    wrong: int = 0
    last: float = 0.0
    good: float = 0.0

    def at(self, now: float) -> "_Tally":
        """What of it still counts."""
        return _Tally(0, self.last, self.good) if now - self.last > FORGOTTEN else self

    def wait(self, free: int, now: float) -> float:
        """How many seconds the next try must wait."""
        if self.wrong < free:
            return 0.0
        pause = min(2.0 ** min(self.wrong - free, 30), LONGEST_WAIT)
        return max(0.0, self.last + pause - now)


@dataclass(frozen=True, slots=True)
class _Names:
    """The names that one try is counted under."""

    pair: bytes
    address: bytes
    client: bytes

    def __iter__(self) -> Iterator[bytes]:
        return iter((self.pair, self.address, self.client))


class Guesses:
    """The tally of a home folder; `clock` tells seconds since the epoch."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock

    def admit(self, client: str, address: str) -> None:
        """Count a try of a client from an address.

        Raises `Throttled` with the seconds to wait, and then counts nothing; `Unavailable` where the tally
        cannot be kept.
        """
        names, now = _names(client, address), self._clock()
        with self._tally() as tally:
            pair, everybody, anywhere = (_find(tally, name).at(now) for name in names)
            if now - pair.good <= TRUSTED:
                wait = pair.wait(FREE_TRIES_OF_KNOWN, now)
            else:
                free = 1 if anywhere.wrong >= SUSPICIOUS else FREE_TRIES
                wait = max(pair.wait(free, now), everybody.wait(FREE_TRIES_OF_ADDRESS, now))
            if wait > 0:
                raise Throttled("too many wrong client secrets: wait", retry_after=int(wait) + 1)
            for name, found in zip(names, (pair, everybody, anywhere), strict=True):
                _keep(tally, name, _Tally(found.wrong + 1, now, found.good))
            _bound(tally, now)

    def take_off(self, client: str, address: str, *, right: bool) -> None:
        """Take a try off again: nobody looked at its secret, or it was `right`.

        Then the client is known at that address from now on. Raises `Unavailable` where the tally cannot be
        kept.
        """
        names, now = _names(client, address), self._clock()
        with self._tally() as tally:
            for name in names:
                found = _find(tally, name)
                good = now if right and name == names.pair else found.good
                _keep(tally, name, _Tally(max(found.wrong - 1, 0), found.last, good))

    @contextmanager
    def _tally(self) -> Iterator[sqlite3.Connection]:
        """The table, for one process at a time."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)) as tally:
                tally.execute("PRAGMA journal_mode = WAL")  # a commit needs no sync, and a cut one is undone
                tally.execute("PRAGMA synchronous = NORMAL")
                tally.execute(_TABLE)
                tally.execute("BEGIN IMMEDIATE")
                yield tally
                tally.execute("COMMIT")
        except sqlite3.Error as error:
            raise Unavailable("sign-in is not possible now", retry_after=5) from error


def _names(client: str, address: str) -> _Names:
    """Digests, so that a name of any length takes as much room; an address of IPv6 counts by its network."""
    network = network_of(address)
    parts = (f"pair\0{client}\0{network}", f"address\0{network}", f"client\0{client}")
    return _Names(*(sha256(each.encode("utf-8", "surrogatepass")).digest()[:16] for each in parts))


def _find(tally: sqlite3.Connection, name: bytes) -> _Tally:
    row = tally.execute(_FIND, (name,)).fetchone()
    return _Tally(*row) if row else _Tally()


def _keep(tally: sqlite3.Connection, name: bytes, found: _Tally) -> None:
    values = {"name": name, "wrong": found.wrong, "last": found.last, "good": found.good}
    tally.execute(_KEEP, values)


def _bound(tally: sqlite3.Connection, now: float) -> None:
    """Forget what no longer counts, and the oldest beyond a number of rows."""
    tally.execute(_FORGET, (now - FORGOTTEN, now - TRUSTED))
    ((rows,),) = tally.execute("SELECT count(*) FROM tally")
    if rows > MOST_ROWS:
        tally.execute(_OLDEST, (rows - MOST_ROWS,))
