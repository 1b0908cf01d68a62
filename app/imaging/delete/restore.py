"""The use case that brings deleted pictures back, for as long as their bytes are kept.

What comes back is read from its bytes again, as if it were stored, so it is in every window at once: in
QIDO-RS, WADO-RS, FHIR and the feed. What was stored in its place meanwhile stays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.blobs import BlobStore, SealedBlob
from app.imaging.store.limits import Limits
from app.imaging.store.reading import Terms, read_file
from app.imaging.store.refusal import Refused
from graph.clock import now
from graph.errors import Conflict, NotFound
from graph.jobs.records import SECOND
from graph.records import InstanceRow
from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore
from graph.studies.removals import DeletedBlob, DeletedStudy, RemovalStore

_TOGETHER = 256  # instances that come back in one commit
_LISTED = 1_000


@dataclass(frozen=True, slots=True)
class Restored:
    """How many instances came back, and how many did not since something is in their place."""

    instances: int
    taken: int


class ImagingRestoration:
    """Restores studies, series and instances that were deleted at most `grace` seconds ago."""

    def __init__(
        self,
        imaging: ImagingStore,
        removals: RemovalStore,
        blobs: BlobStore,
        *,
        limits: Limits,
        today: Callable[[], str],
        grace: int,
    ) -> None:
        self._imaging, self._removals, self._blobs = imaging, removals, blobs
        self._limits, self._today, self._grace = limits, today, grace * SECOND

    def restore(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Restored:
        """Bring back what these UIDs name, each instance as it was last.

        Raises `NotFound` where nothing can come back, `Conflict` where all places are taken.
        """
        scope.require("imaging.delete")
        found = self._removals.restorable(scope, study, series, instance, since=now() - self._grace)
        restored = taken = 0
        for start in range(0, len(found), _TOGETHER):
            if rows := list(self._rows(found[start : start + _TOGETHER])):
                told = self._imaging.restore(scope, rows, grace=self._grace)
                restored, taken = restored + told.restored, taken + told.taken
        if not restored and taken:
            raise Conflict("what is stored in their place stays: delete it first", code="conflict")
        if not restored:
            raise NotFound("nothing that was deleted of it can be restored")
        return Restored(restored, taken)

    def deleted(self, scope: AccessScope) -> list[DeletedStudy]:
        """The studies of which something can be restored, the last deleted first; at most a thousand."""
        return self._removals.deleted(scope, since=now() - self._grace, limit=_LISTED)

    def _rows(self, blobs: list[DeletedBlob]) -> Iterator[InstanceRow]:
        """The instances, read from their bytes; those that are gone or not readable any more are left out."""
        terms = Terms(self._limits, self._today())
        for each in blobs:
            try:
                with self._blobs.open(each.blob_id) as file:
                    reading = read_file(file.fileno(), terms, self._blobs.scratch)
                    path = self._blobs.path(each.blob_id)
                    yield reading.row(SealedBlob(each.blob_id, each.digest, path.stat().st_size, path))
            except (NotFound, Refused):
                continue
