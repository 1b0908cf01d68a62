"""Jobs that recur: one for each period, by its number in the job's id, however many workers ask for it."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.work.queue import JobQueue
from graph.jobs.records import Wanted
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True)
class Recurring:
    """A kind of job that is due once in every `seconds`."""

    kind: str
    seconds: float


class Calendar:
    """Asks for the recurring jobs of a tenant; `clock` gives seconds since the epoch."""

    def __init__(
        self,
        queue: JobQueue,
        recurring: Iterable[Recurring],
        scope: AccessScope,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._queue = queue
        self._recurring = tuple(recurring)
        self._scope = scope
        self._clock = clock
        self._asked: dict[str, int] = {}

    def ask_due(self) -> float:
        """Ask for those whose period has begun; return the seconds until the next period of any begins.

        A period that nobody was there for is left out. Raises `Unavailable`.
        """
        now = self._clock()
        for each in self._recurring:
            period = int(now // each.seconds)
            if self._asked.get(each.kind) != period:
                self._queue.ask(self._scope, Wanted(f"{each.kind}-{period}", each.kind))
                self._asked[each.kind] = period
        return min(each.seconds - now % each.seconds for each in self._recurring)
