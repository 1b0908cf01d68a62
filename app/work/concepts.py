"""The job that brings the concepts of stored CodeSystems into the graph, and the lane that asks for it.

A commit wakes the lane; what is to be done stands in the graph, so a wake that is lost delays it and no more.
"""

from collections.abc import Mapping
from hashlib import sha256
from threading import Event
from typing import Any

from app.terminology.loading import ConceptLoader
from app.work.kinds import Retry
from app.work.queue import JobQueue
from app.work.running import Running
from app.work.waking import Topic
from app.work.worker import Lane
from graph.jobs.records import Wanted
from graph.scope import AccessScope

LOOK_SECONDS = 60.0  # between two looks that nobody woke
_GATHERING = 1.0  # seconds after a commit


class ConceptLoad:
    """The job: what is behind is brought in, a part a step."""

    name = "concepts"
    retry = Retry()

    def __init__(self, loader: ConceptLoader) -> None:
        self._loader = loader

    def run(self, job: Running) -> Mapping[str, Any]:
        """Bring in what is behind; where it was stopped, what is there already is passed over by itself."""
        done = 0
        for written in self._loader.catch_up(job.scope):
            done += written
            job.step(None, done, note="concepts written")
        return {"written": done}


def concept_lane(loader: ConceptLoader, queue: JobQueue, scope: AccessScope) -> Lane:
    """A lane that asks for the job where CodeSystems are behind: one job for the same ones."""

    def work(_stop: Event) -> float:
        if behind := loader.behind(scope):
            named = " ".join(each.source for each in behind)
            digest = sha256(named.encode()).hexdigest()[:32]
            queue.ask(scope, Wanted(f"{ConceptLoad.name}-{digest}", ConceptLoad.name))
        return LOOK_SECONDS

    return Lane(ConceptLoad.name, (Topic.CHANGES,), work, _GATHERING)
