"""The one use case that stores an instance: STOW-RS, C-STORE and `hilum load` all come through here.

Bytes first, then one visible commit: each part is streamed into the blob store and read while its fsync runs;
up to 64 of them, or what a second brings, get their names together and enter the graph in one transaction.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import monotonic

from app.blobs import BlobStore
from app.imaging.store.imaging import Imaging
from app.imaging.store.limits import Limits
from app.imaging.store.outcomes import InstanceOutcome, StoreReport
from app.imaging.store.reading import Terms
from app.imaging.store.session import EXHAUSTED, Item, Session
from app.imaging.store.sources import sources
from graph.errors import HilumError
from graph.scope import AccessScope


class Ingest:
    """Stores instances.

    `new_blob_id` makes ids (`app.blobs.new_blob_id`), `today` tells the day as YYYYMMDD.
    """

    def __init__(
        self,
        blobs: BlobStore,
        imaging: Imaging,
        *,
        new_blob_id: Callable[[], str],
        today: Callable[[], str],
        limits: Limits | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._blobs = blobs
        self._imaging = imaging
        self._new_blob_id = new_blob_id
        self._today = today
        self._limits = limits or Limits()
        self._clock = clock

    def store(
        self,
        scope: AccessScope,
        parts: Iterable[Iterable[bytes]],
        *,
        study_uid: str | None = None,
        replacing: bool = False,
    ) -> StoreReport:
        """Store the parts of a request, each an iterable of chunks that may be left unread.

        `replacing`: one of other bytes takes the place of the instance of its UIDs, which needs the right to
        delete. Raises what `parts` raises, and `StorageFull`, `Unavailable` or `TooLarge` when that kept
        every part from being stored; if some are stored already, the report says where it stopped.
        """
        scope.require("imaging.store")
        if replacing:
            scope.require("imaging.delete")
        outcomes: list[InstanceOutcome] = []
        stopped: HilumError | None = None
        items = (Item(part) for part in parts)
        try:
            with self._imaging.expecting(scope):
                session = self._session(scope, study_uid, replacing=replacing)
                for outcome in session.run(items):
                    outcomes.append(outcome)
        except EXHAUSTED as error:
            if not any(outcome.stored for outcome in outcomes):
                raise
            stopped = error
        return StoreReport(tuple(outcomes), stopped)

    def store_files(self, scope: AccessScope, paths: Iterable[Path]) -> Iterator[InstanceOutcome]:
        """Store files, folders and zips; yield the outcome of each file, those stored before as repeated.

        Raises `StorageFull` or `Unavailable` when there is no use in going on; running it again resumes.
        """
        scope.require("imaging.store")
        items = (Item(source, source.name) for source in sources(paths, self._limits.file_bytes))
        yield from self._session(scope, None, skip_known=True).run(items)

    def _session(
        self,
        scope: AccessScope,
        study_uid: str | None,
        *,
        skip_known: bool = False,
        replacing: bool = False,
    ) -> Session:
        return Session(
            self._blobs,
            self._imaging,
            scope,
            Terms(self._limits, self._today(), study_uid),
            new_blob_id=self._new_blob_id,
            clock=self._clock,
            skip_known=skip_known,
            replacing=replacing,
        )
