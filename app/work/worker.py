"""A worker: lanes beside one another, each asleep until there is something for it to do.

A lane does what there is and says when it wants to look again; until then it sleeps, unless it is woken. What
fails is tried again after a pause that doubles.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import structlog

from app.work.waking import FALLBACK_SECONDS, Listener, Topic
from graph.errors import HilumError

FIRST_PAUSE = 0.5
_log = structlog.get_logger("hilum.worker")


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of work of a worker.

    `work` does what there is, ends early when the event is set, and returns the seconds until it wants to
    look again (None: when it is woken, or by the fallback). `gathering` seconds pass between being woken and
    looking, so that many changes make one look.
    """

    name: str
    topics: Sequence[Topic]
    work: Callable[[Event], float | None]
    gathering: float = 0.0


class Worker:
    """Runs lanes on a home folder until it is told to stop; `fallback` is in seconds."""

    def __init__(self, home: Path, lanes: Sequence[Lane], fallback: float = FALLBACK_SECONDS) -> None:
        self._home = home
        self._lanes = lanes
        self._fallback = fallback

    def run(self, stop: Event) -> None:
        """Work until `stop` is set; a job in hand comes to its next step."""
        listener = Listener(self._home)
        woken = {lane.name: listener.event(lane.topics) for lane in self._lanes}
        threads = [
            Thread(target=self._run_lane, args=(lane, woken[lane.name], stop), name=lane.name)
            for lane in self._lanes
        ]
        try:
            for thread in threads:
                thread.start()
            stop.wait()
        finally:
            for event in woken.values():
                event.set()
            for thread in threads:
                thread.join()
            listener.close()

    def _run_lane(self, lane: Lane, woken: Event, stop: Event) -> None:
        failures = 0
        while True:
            woken.clear()
            if stop.is_set():  # after the clearing, which may have taken the last waking
                return
            try:
                pause, failures = lane.work(stop), 0
            except Exception as error:  # whatever it was, the lane lives, and the others are not disturbed
                failures += 1
                log = _log.warning if isinstance(error, HilumError | OSError) else _log.error
                log("will be tried again", lane=lane.name, error=type(error).__name__)
                stop.wait(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), self._fallback))
                continue
            if woken.wait(self._fallback if pause is None else min(max(pause, 0.0), self._fallback)):
                stop.wait(lane.gathering)
