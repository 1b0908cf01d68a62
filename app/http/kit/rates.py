"""How often somebody may ask: a stock of requests for each caller and each address, by class of route.

A stock is filled at the limit of its class and holds a minute of it, so that whoever opens a study may ask
for all of its frames at once, and nobody asks for more than the limit for long. All web processes of a home
folder draw on the same stocks. They lie in one file of a fixed size, a table of the moments at which stocks
will be full again (the generic cell rate algorithm, ITU-T I.371 annex A); names are kept as digests. Where a
row of the table has no place left, the stock that is nearest to being full makes room, and is full.

A process draws a lot of a fiftieth of a second at a time, and asks the file again when that is used up: most
requests cost no lock of a file. So somebody may ask a lot a process more than a stock holds, never less.
"""

import fcntl
import os
import struct
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from hashlib import blake2b
from math import ceil
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from weakref import finalize

from app.http.kit.metrics import count_throttled
from app.security.networks import network_of
from app.security.policy import PERMISSIONS
from graph.errors import Throttled
from graph.scope import AccessScope


class RateClass(StrEnum):
    """What requests cost, by the permission that their route asks for."""

    READS = "reads"
    WRITES = "writes"
    HEAVY = "heavy"  # long questions over many rows
    OPEN = "open"  # what anybody may ask for, and what leads to no route


_HEAVY = frozenset({"fhir.bulk", "cohort.query", "cohort.count", "imaging.export", "record.erase"})
_READS = frozenset(
    {"imaging.read", "workitem.read", "tags.read", "feed.read", "fhir.read", "fhir.count", "audit.read"}
    | {"audit.own", "break-glass.review", "operations.read"}
)
CLASS_OF: Mapping[str, RateClass] = MappingProxyType(
    {
        name: RateClass.HEAVY if name in _HEAVY else RateClass.READS if name in _READS else RateClass.WRITES
        for name in PERMISSIONS
    }
)
"""The class of a permission; a route that asks for several is of the dearest."""
_DEARER = (RateClass.HEAVY, RateClass.WRITES, RateClass.READS)

STOCK_SECONDS = 60.0
"""What a stock holds: so many seconds of its limit."""
CALLERS_OF_AN_ADDRESS = 4  # a department behind one address may ask as much as so many of its members
_LOT_SECONDS = 0.02
_MOST_LOTS = 4_096  # which a process keeps; the oldest goes
_ROWS, _PLACES = 16_384, 4
_ROUNDING = 1e-6  # of a request: moments are seconds since the start of the machine
_PLACE = struct.Struct("<8sd")  # a digest, and the moment when its stock is full
_ROW = _PLACE.size * _PLACES
_IN_PROCESS = Lock()  # locks of a file hold other processes back, not the threads of this one


def class_of(permissions: tuple[str, ...]) -> RateClass:
    """The class of a route by the permissions that it asks for, none where anybody may call it."""
    found = {CLASS_OF[each] for each in permissions}
    return next((each for each in _DEARER if each in found), RateClass.OPEN)


def limits_of(named: Iterable[str]) -> Mapping[RateClass, float]:
    """The limits as the settings write them, `reads=1000`."""
    return {RateClass(name): float(limit) for name, _, limit in (each.partition("=") for each in named)}


class Rates:
    """The stocks in a file; `limits` are requests a second of one caller. Safe between processes and threads.

    `clock` tells seconds since the machine started, the same in each process.
    """

    def __init__(
        self, path: Path, limits: Mapping[RateClass, float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._limits = limits
        self._clock = clock
        self._file: int | None = None
        self._lots: dict[bytes, int] = {}  # what is left of each, by digest

    def admit_address(self, rate: RateClass, address: str) -> None:
        """Take a request from the stock of an address; raises `Throttled` where that is empty."""
        callers = 1 if rate is RateClass.OPEN else CALLERS_OF_AN_ADDRESS
        self._take(rate, f"address\0{network_of(address)}", self._limits[rate] * callers, "address")

    def admit_caller(self, rate: RateClass, scope: AccessScope) -> None:
        """Take a request from the stock of a caller; raises `Throttled` where that is empty."""
        self._take(rate, f"caller\0{scope.tenant}\0{scope.subject}", self._limits[rate], "caller")

    def _take(self, rate: RateClass, who: str, limit: float, counted_by: str) -> None:
        digest = blake2b(f"{rate}\0{who}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with _IN_PROCESS:
            left = self._lots.pop(digest, 0) or self._draw(digest, limit)
            if left > 1:
                self._lots[digest] = left - 1
                if len(self._lots) > _MOST_LOTS:
                    del self._lots[next(iter(self._lots))]
        if left < 0:
            count_throttled(rate, counted_by)
            raise Throttled(
                "too many requests: %(limit)g a second of this kind, a minute of them at once",
                retry_after=-left,
                limit=limit,
            )

    def _draw(self, digest: bytes, limit: float) -> int:
        """Draw a lot, or what there is of it: how many requests; below 0 the seconds until there is one."""
        name, row = digest[:8], int.from_bytes(digest[8:]) % _ROWS
        with self._row(row) as file:
            now = self._clock()
            places = list(_PLACE.iter_unpack(os.pread(file, _ROW, row * _ROW)))
            at = next((at for at, (held, _) in enumerate(places) if held == name), None)
            # A moment that no stock can have is of before the machine was restarted.
            moments = [full if full <= now + STOCK_SECONDS else 0.0 for _, full in places]
            full = max(moments[at], now) if at is not None else now
            at = moments.index(min(moments)) if at is None else at
            seconds = now + STOCK_SECONDS - full
            drawn = min(int(seconds * limit + _ROUNDING), max(int(limit * _LOT_SECONDS), 1))
            if drawn:
                os.pwrite(file, _PLACE.pack(name, full + drawn / limit), row * _ROW + at * _PLACE.size)
        return drawn or -ceil(1 / limit - seconds)

    @contextmanager
    def _row(self, row: int) -> Iterator[int]:
        """The file, with one row of it held against every other process; threads wait before."""
        if self._file is None:
            self._file = _opened(self._path)
            finalize(self, os.close, self._file)
        fcntl.lockf(self._file, fcntl.LOCK_EX, _ROW, row * _ROW)
        try:
            yield self._file
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, _ROW, row * _ROW)


def _opened(path: Path) -> int:
    """The file of the table, all of it on the disk, so that no later write finds the disk full."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.posix_fallocate(file, 0, _ROWS * _ROW)
    return file
