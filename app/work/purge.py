"""Removes the bytes of deleted instances: by blob id, which is never used again by a newer picture.

A follower of the feed asks for a purge after a deletion, due when a read that began before the deletion has
opened its file. The purge removes whatever is old enough, and one that recurs finds what nobody asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.blobs import BlobStore
from app.work.kinds import Retry
from app.work.queue import JobQueue
from app.work.running import Running
from graph.clock import now
from graph.jobs.records import SECOND, Wanted
from graph.records import Change
from graph.scope import AccessScope
from graph.studies.removals import RemovalStore

GRACE_SECONDS = 60
TOGETHER_SECONDS = 10  # what is deleted within so many seconds is purged by one job
_SKEW_SECONDS = 5  # between the clocks of who deletes and who removes
_BATCH = 200


def purge_deleted(removals: RemovalStore, blobs: BlobStore, scope: AccessScope, now: int) -> int:
    """Remove the bytes of a batch of tombstones (`now` in µs); return how many went.

    The sidecar comes first: a rebuild from blobs must not bring a deleted picture back.
    """
    blob_ids = removals.due(scope, before=now - GRACE_SECONDS * SECOND, limit=_BATCH)
    for blob_id in blob_ids:
        blobs.entomb(blob_id)
        blobs.delete(blob_id)
    removals.done(scope, blob_ids, now)
    return len(blob_ids)


class Purge:
    """The job: batches until nothing is old enough. It needs no cursor, since what is done is marked so."""

    name = "purge"
    retry = Retry()

    def __init__(self, removals: RemovalStore, blobs: BlobStore) -> None:
        self._removals = removals
        self._blobs = blobs

    def run(self, job: Running) -> Mapping[str, Any]:
        """Remove what was deleted longer ago than the grace."""
        while gone := purge_deleted(self._removals, self._blobs, job.scope, now()):
            job.step(None, job.progress.done + gone, note="blobs removed")
        return {"removed": job.progress.done}


class PurgeFollower:
    """Asks for a purge after each deletion of the feed."""

    name = "purge"

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    def handle(self, scope: AccessScope, changes: Sequence[Change]) -> None:
        """Ask for one purge for everything that was deleted up to the last of these deletions."""
        deletions = [change.timestamp for change in changes if change.action == "Delete"]
        if deletions:
            moment = max(deletions) // (TOGETHER_SECONDS * SECOND)
            delay = TOGETHER_SECONDS + GRACE_SECONDS + _SKEW_SECONDS
            self._queue.ask(scope, Wanted(f"purge-after-{moment}", Purge.name, delay=delay))
