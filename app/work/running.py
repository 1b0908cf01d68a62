"""The job in hand, as its kind sees it: where to go on, and how to keep what a step has done."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from graph.errors import HilumError
from graph.jobs.claims import ClaimStore
from graph.jobs.records import Claim, Progress, Superseded
from graph.scope import AccessScope

_BEATS_PER_LEASE = 3


class Cancelled(Exception):
    """Somebody wishes for the end of the job."""


class Interrupted(Exception):
    """The worker stops; the job goes on elsewhere."""


class Running:
    """A claimed job. `cursor` is what the last step kept, None before the first."""

    def __init__(
        self, claims: ClaimStore, scope: AccessScope, claim: Claim, lease: float, stop: Event
    ) -> None:
        self.scope = scope
        self.cursor: Any = claim.cursor
        self.progress = claim.progress
        self._claims, self._claim, self._lease, self._stop = claims, claim, lease, stop
        self._stepped = time.monotonic()

    @property
    def id(self) -> str:
        """The id of the job."""
        return self._claim.id

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the job was asked for with."""
        return self._claim.parameters

    def step(self, cursor: Any, done: int, *, total: int | None = None, note: str = "") -> None:
        """Keep where to go on from, and that `done` of `total` is done; `note` holds no patient data.

        Raises `Cancelled`, `Interrupted`, and `Superseded` where another worker has the job by now.
        """
        self.cursor, self.progress = cursor, Progress(done, total, note)
        cancelled = self._claims.step(self.scope, self._claim, cursor, self.progress, self._lease)
        self._stepped = time.monotonic()
        if cancelled:
            raise Cancelled
        if self._stop.is_set():
            raise Interrupted

    @contextmanager
    def beating(self, patience: float) -> Iterator[None]:
        """Keep the lease within the block, for up to `patience` seconds of one step."""
        done = Event()
        thread = Thread(target=self._beat, args=(done, patience), name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _beat(self, done: Event, patience: float) -> None:
        while not done.wait(self._lease / _BEATS_PER_LEASE):
            if time.monotonic() - self._stepped > patience:
                return
            try:
                self._claims.renew(self.scope, self._claim, self._lease)
            except Superseded:
                return
            except HilumError:
                continue  # the graph is away: the next beat, or the end of the lease
