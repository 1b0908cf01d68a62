"""Asking for a job: it is queued in the graph, and the workers of this machine are told."""

from app.work.waking import Topic, Waker
from graph.jobs.jobs import JobStore
from graph.jobs.records import Job, Wanted
from graph.scope import AccessScope


class JobQueue:
    """Where use cases ask for what takes long."""

    def __init__(self, jobs: JobStore, waker: Waker) -> None:
        self._jobs = jobs
        self._waker = waker

    def ask(self, scope: AccessScope, wanted: Wanted) -> Job:
        """Queue a job, once for each id, and return it as it is; a worker begins within a second."""
        job = self._jobs.ask(scope, wanted)
        self._waker.wake(Topic.JOBS)
        return job
