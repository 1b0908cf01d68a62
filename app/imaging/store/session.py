"""One run of storing: receives part after part and commits them in chunks."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain

from app.blobs import BlobStore, Upload, seal_all
from app.imaging.store import kill_points
from app.imaging.store.beginnings import LOOKED_AT, Beginning, beginning_for
from app.imaging.store.failure_reasons import FailureReason
from app.imaging.store.imaging import Imaging
from app.imaging.store.outcomes import InstanceOutcome, committed, exhausted, failed, refused, repeated
from app.imaging.store.part10 import HEAD, PREAMBLE, is_dicom
from app.imaging.store.reading import Reading, Terms, read_file
from app.imaging.store.refusal import Refused
from graph.errors import HilumError, NotFound, StorageFull, TooLarge, Unavailable
from graph.records import StoredInstance, StoreOutcome, StoreStatus
from graph.scope import AccessScope

ROWS = 64
SECONDS = 1.0
EXHAUSTED = (StorageFull, Unavailable, TooLarge)


@dataclass(frozen=True, slots=True)
class Item:
    """One part on its way in: its bytes, and the file it comes from where there is one."""

    chunks: Iterable[bytes]
    source: str | None = None


@dataclass(frozen=True, slots=True)
class _Received:
    """An instance that is read and waits for its commit."""

    upload: Upload
    reading: Reading
    source: str | None


class Session:
    """Stores a stream of items; outcomes come in their order, memory holds one chunk of rows."""

    def __init__(
        self,
        blobs: BlobStore,
        imaging: Imaging,
        scope: AccessScope,
        terms: Terms,
        *,
        new_blob_id: Callable[[], str],
        clock: Callable[[], float],
        skip_known: bool,
        replacing: bool,
    ) -> None:
        self._blobs, self._imaging, self._scope, self._terms = blobs, imaging, scope, terms
        self._new_blob_id, self._clock = new_blob_id, clock
        self._skip_known, self._replacing = skip_known, replacing
        self._waiting: list[_Received | InstanceOutcome] = []
        self._since = 0.0

    def run(self, items: Iterable[Item]) -> Iterator[InstanceOutcome]:
        """Yield the outcome of each item.

        Raises what the items raise, and one of `EXHAUSTED` after the outcomes of what could be stored and of
        what could not; whatever else is unfinished then leaves no trace.
        """
        try:
            for item in items:
                yield from self._take(item)
                if self._due():
                    yield from self._commit()
            yield from self._commit()
        finally:
            for waiting in self._waiting:
                if isinstance(waiting, _Received):
                    waiting.upload.discard()

    def _take(self, item: Item) -> Iterator[InstanceOutcome]:
        try:
            received = self._receive(item)
        except EXHAUSTED:
            yield from self._commit()
            yield exhausted(item.source)
            raise
        if not self._waiting:
            self._since = self._clock()
        self._waiting.append(received)

    def _due(self) -> bool:
        return len(self._waiting) >= ROWS or self._clock() - self._since >= SECONDS

    def _receive(self, item: Item) -> _Received | InstanceOutcome:
        try:
            lacking, chunks = _begun(item.chunks)
        except Refused as error:
            return refused(error, item.source)
        upload = self._blobs.begin(self._new_blob_id(), zeroed=PREAMBLE)
        try:
            self._fill(upload, chunks)
            reading = self._read(upload)
            if lacking.warning:
                reading = replace(reading, warnings=(lacking.warning, *reading.warnings))
            known = self._known(reading)
            if known is None:
                upload.sync_later()
                return _Received(upload, reading, item.source)
        except Refused as error:
            upload.discard()
            return refused(error, item.source)
        except BaseException:
            upload.discard()
            raise
        upload.discard()
        if known.digest == upload.digest:
            return repeated(reading, item.source)
        return failed(reading, FailureReason.EXISTS, item.source)

    def _fill(self, upload: Upload, chunks: Iterable[bytes]) -> None:
        limit = self._terms.limits.file_bytes
        for chunk in chunks:
            upload.write(chunk)
            if upload.size > limit:
                raise TooLarge(f"an instance is larger than {limit} bytes")

    def _read(self, upload: Upload) -> Reading:
        """Read the file while its fsync runs; what may be known already is not worth the fsync yet."""
        if not self._skip_known:
            upload.sync_later()
        return read_file(upload.fileno(), self._terms, upload.folder)

    def _known(self, reading: Reading) -> StoredInstance | None:
        """What a run that resumes finds of these UIDs and skips; None where the commit is to look."""
        if not self._skip_known:
            return None
        uids = reading.identity
        try:
            (known,) = self._imaging.instances(self._scope, uids.study_uid, uids.series_uid, uids.sop_uid)
        except NotFound:
            return None
        return known

    def _commit(self) -> Iterator[InstanceOutcome]:
        """Store what waits; yield the outcomes of it and of what was refused between."""
        waiting, self._waiting = self._waiting, []
        received = [each for each in waiting if isinstance(each, _Received)]
        try:
            told = iter(self._store(received) if received else ())
        except EXHAUSTED:
            for each in waiting:
                yield each if isinstance(each, InstanceOutcome) else _left_out(each)
            raise
        for each in waiting:
            yield (
                each
                if isinstance(each, InstanceOutcome)
                else committed(each.reading, next(told), each.source, replacing=self._replacing)
            )

    def _store(self, received: list[_Received]) -> list[StoreOutcome]:
        """Give the blobs their names and the graph its rows.

        When the commit raises, the blobs stay: whether the rows are visible is then not known, and a blob too
        many is found by `hilum check`, while one too few is a lost picture.
        """
        blobs = seal_all([each.upload for each in received])
        kill_points.reach(kill_points.AFTER_RENAME)
        rows = [each.reading.row(blob) for each, blob in zip(received, blobs, strict=True)]
        kill_points.reach(kill_points.BEFORE_COMMIT)
        told = self._imaging.store(self._scope, rows, replacing=self._replacing)
        kill_points.reach(kill_points.AFTER_COMMIT)
        for outcome, blob in zip(told, blobs, strict=True):
            if outcome.status is not StoreStatus.STORED:
                with suppress(HilumError):
                    self._blobs.delete(blob.blob_id)
        return told


def _begun(chunks: Iterable[bytes]) -> tuple[Beginning, Iterator[bytes]]:
    """What a file lacks in front, and its chunks with that.

    Raises `Refused` before any file is made for what does not begin like a DICOM file.
    """
    rest = iter(chunks)
    first = b""
    while len(first) < (HEAD if is_dicom(first) else LOOKED_AT):
        chunk = next(rest, None)
        if chunk is None:
            break
        first += chunk
    if not first:
        raise Refused("The part is empty.")
    lacking = beginning_for(first)
    return lacking, chain((lacking.added, first) if lacking.added else (first,), rest)


def _left_out(received: _Received) -> InstanceOutcome:
    return failed(received.reading, FailureReason.OUT_OF_RESOURCES, received.source)
