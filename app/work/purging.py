"""The use case that has a purge done now, for any interface: what can no longer be restored goes at once."""

from uuid import uuid4

from app.work.purge import Purge
from app.work.queue import JobQueue
from graph.jobs.records import Job, Wanted
from graph.scope import AccessScope


class Purging:
    """Asks for the purge of a caller's tenant."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    def ask(self, scope: AccessScope) -> Job:
        """Queue a purge, and return it."""
        scope.require("imaging.purge")
        return self._queue.ask(scope, Wanted(f"{Purge.name}-{uuid4().hex}", Purge.name))
