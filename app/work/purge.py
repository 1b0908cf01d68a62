"""Removes the bytes of deleted instances: by blob id, which is never used again by a newer picture.

A follower of the feed asks for a purge after a deletion, due when it can no longer be restored and a read
that began before has opened its file. The purge removes whatever is old enough, and one that recurs finds
what nobody asked for.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.blobs import BlobStore
from app.imaging.render.derived import DerivedStore
from app.work.kinds import Retry
from app.work.queue import JobQueue
from app.work.running import Running
from graph.clock import now
from graph.jobs.records import SECOND, Wanted
from graph.records import Change
from graph.scope import AccessScope
from graph.studies.removals import RemovalStore

GRACE_SECONDS = 60  # behind the time in which it may be restored: who reads or restores comes to an end
TOGETHER_SECONDS = 10  # what is deleted within so many seconds is purged by one job, at least
_TOGETHER_SHARE = 100  # of the time in which it may be restored, one part of so many
_SKEW_SECONDS = 5  # between the clocks of who deletes and who removes
_BATCH = 200
_LEAVING = frozenset({"Delete", "Update"})


def purge_deleted(
    removals: RemovalStore,
    blobs: BlobStore,
    derived: DerivedStore,
    scope: AccessScope,
    now: int,
    *,
    kept: int = 0,
) -> int:
    """Remove the bytes of a batch of tombstones (`now` in µs), and what was made of them.

    Returns how many went. What was deleted within the last `kept` seconds may be restored, and stays. The
    sidecar comes first: a rebuild from blobs must not bring a deleted picture back.
    """
    blob_ids = removals.due(scope, before=now - (kept + GRACE_SECONDS) * SECOND, limit=_BATCH)
    for blob_id in blob_ids:
        blobs.entomb(blob_id)
        blobs.delete(blob_id)
        derived.forget(blob_id)
    removals.done(scope, blob_ids, now)
    return len(blob_ids)


class Purge:
    """The job: what may not be restored any more goes, in batches until nothing is left to go.

    `kept` is in seconds. It needs no cursor, since what is done is marked so.
    """

    name = "purge"
    retry = Retry()

    def __init__(
        self, removals: RemovalStore, blobs: BlobStore, derived: DerivedStore, kept: int = 0
    ) -> None:
        self._removals = removals
        self._blobs = blobs
        self._derived = derived
        self._kept = kept

    def run(self, job: Running) -> Mapping[str, Any]:
        """Remove what was deleted longer ago than the grace."""
        stores = self._removals, self._blobs, self._derived
        while gone := purge_deleted(*stores, job.scope, now(), kept=self._kept):
            job.step(None, job.progress.done + gone, note="blobs removed")
        return {"removed": job.progress.done}


class PurgeFollower:
    """Asks for a purge after what each deletion or replacement of the feed left can no longer be restored."""

    name = "purge"

    def __init__(self, queue: JobQueue, kept: int = 0) -> None:
        self._queue = queue
        self._kept = kept

    def handle(self, scope: AccessScope, changes: Sequence[Change]) -> None:
        """Ask for one purge for everything that was deleted up to the last of these deletions."""
        deletions = [change.timestamp for change in changes if change.action in _LEAVING]
        if deletions:
            together = max(TOGETHER_SECONDS, self._kept // _TOGETHER_SHARE)
            moment = max(deletions) // (together * SECOND)
            delay = self._kept + together + GRACE_SECONDS + _SKEW_SECONDS
            self._queue.ask(scope, Wanted(f"purge-after-{moment}", Purge.name, delay=delay))
