"""How much the gateway holds, counted now and then: who shows it is open to anybody, and counting costs."""

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeAlias

Totals: TypeAlias = dict[str, int]
SECONDS = 10.0


class Census:
    """Remembers what `count` returned for `SECONDS`; of those who ask meanwhile, none counts again."""

    def __init__(self, count: Callable[[], Totals], clock: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._clock = clock
        self._lock = Lock()
        self._known: Totals = {}
        self._until = 0.0

    def counts(self) -> Totals:
        """How many of what, by name, at most `SECONDS` old; raises `Unavailable`."""
        with self._lock:
            if not self._known or self._clock() >= self._until:
                self._known = self._count()
                self._until = self._clock() + SECONDS
            return self._known
