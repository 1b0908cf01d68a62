"""Small jobs that recur, and a follower that only remembers: each a line or two around what does the work."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.blobs import BlobStore
from app.blobs.ownership import remember
from app.work.kinds import Retry
from app.work.running import Running
from graph.jobs.jobs import JobStore
from graph.jobs.records import SECOND
from graph.records import Change
from graph.scope import AccessScope
from graph.studies.removals import RemovalStore
from graph.workitems.subscriptions import SubscriptionStore

KEPT_SECONDS = 7 * 86_400


class UploadSweep:
    """The job that removes unfinished uploads of processes that are gone."""

    name = "uploads"
    retry = Retry()

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def run(self, job: Running) -> Mapping[str, Any]:
        """Sweep the temp folders once."""
        return {"removed": self._blobs.sweep()}


class JobForgetting:
    """The job that removes jobs which ended a week ago."""

    name = "forget-jobs"
    retry = Retry()

    def __init__(self, jobs: JobStore) -> None:
        self._jobs = jobs

    def run(self, job: Running) -> Mapping[str, Any]:
        """Remove them, a batch a step."""
        while gone := self._jobs.forget(job.scope, KEPT_SECONDS):
            job.step(None, job.progress.done + gone, note="jobs forgotten")
        return {"forgotten": job.progress.done}


class EventForgetting:
    """The job that removes events of workitems of more than a week ago: who was away longer searches anew."""

    name = "forget-events"
    retry = Retry()

    def __init__(self, subscriptions: SubscriptionStore) -> None:
        self._subscriptions = subscriptions

    def run(self, job: Running) -> Mapping[str, Any]:
        """Remove them, a batch a step."""
        while gone := self._subscriptions.purge(job.scope, KEPT_SECONDS * SECOND):
            job.step(None, job.progress.done + gone, note="events forgotten")
        return {"forgotten": job.progress.done}


class FeedMark:
    """The follower that notes the newest change in the home, so that a graph from before it is recognised."""

    name = "feed-mark"

    def __init__(self, removals: RemovalStore, home: Path) -> None:
        self._removals = removals
        self._home = home

    def handle(self, scope: AccessScope, changes: Sequence[Change]) -> None:
        """Note it; raises `Conflict` where the graph has forgotten what was noted before."""
        remember(self._removals, self._home, scope)
