"""Ends in the graph what a client has left behind: the transactions of a read that nobody waits for any more.

A thread that waits for the graph cannot see its client leave, so another looks from time to time, for reads
that take longer than a look. Where a client has gone, the server is told to end what runs in its name.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

from graph.budget import RequestBudget

LOOK_SECONDS = 0.5


class Watch:
    """Looks after the reads of one process; `end` is told the name of a budget that nobody waits for.

    Its thread starts with the first read that has a client, so after a fork.
    """

    def __init__(self, end: Callable[[str], None], *, pause: float = LOOK_SECONDS) -> None:
        self._end = end
        self._pause = pause
        self._running: dict[RequestBudget, float] = {}
        self._closed = Event()
        self._lock = Lock()
        self._thread: Thread | None = None

    @contextmanager
    def over(self, budget: RequestBudget) -> Iterator[None]:
        """Watch over a read of this thread while the block runs."""
        if self._thread is None:
            self._begin()
        self._running[budget] = time.monotonic()
        try:
            yield
        finally:
            self._running.pop(budget, None)

    def close(self) -> None:
        """End the thread."""
        self._closed.set()

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._look, name="watch", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        while not self._closed.wait(self._pause):
            before = time.monotonic() - self._pause
            for budget in [each for each, since in list(self._running.items()) if since < before]:
                if budget.departed is not None and budget.departed():
                    budget.leave()
                    self._end(budget.name)
