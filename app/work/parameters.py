"""Indexes what is there by search parameters that a tenant added, as durable jobs.

A lane looks which SearchParameters were written since it looked last and asks for a job for each that changes
what can be searched by. Its id names the version, so that many workers ask for one.
"""

import time
from collections.abc import Callable, Mapping
from threading import Event
from typing import Any

from app.records.parameters import KNOWN_SECONDS, Indexing, ParameterIndexer
from app.work.kinds import Retry
from app.work.queue import JobQueue
from app.work.running import Running
from app.work.waking import Topic
from app.work.worker import Lane
from graph.jobs.records import Wanted
from graph.scope import AccessScope

LANE = "search-parameters"
_PAGE = 200
_GATHERING = 1.0  # seconds behind a commit


class ParameterJob:
    """The job: takes the parameters of one SearchParameter, waits until every process writes their values,
    and then indexes what was there before; they can be asked when it is done.

    `wait` is in seconds. The cursor is the parameter in hand and the creation number that was reached.
    """

    name = "search-parameter"
    retry = Retry()

    def __init__(
        self,
        indexer: ParameterIndexer,
        wait: float = 2 * KNOWN_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._indexer = indexer
        self._wait = wait
        self._sleep = sleep

    def run(self, job: Running) -> Mapping[str, Any]:
        """Take, wait, index."""
        resource_id = str(job.parameters["id"])
        added = self._indexer.take(job.scope, resource_id)
        if not added:
            return {"parameters": 0}
        place, after, failed = job.cursor or (0, 0, 0)
        if job.cursor is None:
            self._sleep(self._wait)
        total = sum(self._indexer.size(job.scope, each) for each in added)
        state = Indexing(job.progress.done, failed)
        while place < len(added):
            reached = self._indexer.batch(job.scope, added[place], after, state)
            place, after = (place + 1, 0) if reached is None else (place, reached)
            job.step((place, after, state.failed), state.done, total=total, note="resources indexed")
        self._indexer.finish(job.scope, resource_id)
        return {"parameters": len(added), "indexed": state.done, "failed": state.failed}


class ParameterWatch:
    """Asks for the jobs; it begins at the first version of all, and what was done is not done again."""

    def __init__(self, indexer: ParameterIndexer, queue: JobQueue) -> None:
        self._indexer = indexer
        self._queue = queue
        self._seen = 0

    def look(self, scope: AccessScope, stop: Event) -> int:
        """Ask for a job for each new version that changes what can be searched by; return how many."""
        asked = 0
        while not stop.is_set() and (page := self._indexer.newer(scope, self._seen, _PAGE)):
            for version in page:
                if self._indexer.concerns(scope, version):
                    job_id = f"{ParameterJob.name}-{version.resource_id}-{version.version}"
                    self._queue.ask(scope, Wanted(job_id, ParameterJob.name, {"id": version.resource_id}))
                    asked += 1
            self._seen = page[-1].sequence
        return asked


def parameter_lane(watch: ParameterWatch, scope: AccessScope) -> Lane:
    """The lane that looks for SearchParameters, a second after a commit."""

    def work(stop: Event) -> None:
        watch.look(scope, stop)

    return Lane(LANE, (Topic.CHANGES,), work, _GATHERING)
