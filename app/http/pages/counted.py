"""The counts of the front page, taken now and then: the page is open to anybody, and counting costs."""

import time
from collections.abc import Callable
from threading import Lock

Counts = dict[str, int]
SECONDS = 10.0


class Counted:
    """Remembers what `count` returned for `SECONDS`; of those who ask meanwhile, none counts again."""

    def __init__(self, count: Callable[[], Counts], clock: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._clock = clock
        self._lock = Lock()
        self._known: Counts = {}
        self._until = 0.0

    def __call__(self) -> Counts:
        """The counts, at most `SECONDS` old."""
        with self._lock:
            if not self._known or self._clock() >= self._until:
                self._known = self._count()
                self._until = self._clock() + SECONDS
            return self._known
