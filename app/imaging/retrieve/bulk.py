"""The use case that retrieves bulk data: one value by its path, or all of a study, series or instance.

A value is found by walking the headers of its file under the limits of ingest, when it is asked for: files
that were stored before their metadata named bulk data have it too. Its bytes go out in chunks.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from mmap import ACCESS_READ, mmap

from app.blobs import BlobStore
from app.imaging.bulk_paths import BulkPath, bulk_root
from app.imaging.retrieve.bulk_values import BulkValue, value_at, values_of
from app.imaging.retrieve.frames import is_encapsulated
from app.imaging.retrieve.retrieve import CHUNK, UNREADABLE, ImagingRetrieval
from app.imaging.store.binary import swapped
from app.imaging.store.elements import Walked, walk
from app.imaging.store.frames import byte_range, codestream
from app.imaging.store.headers import Buffer, Footprint
from app.imaging.store.inflating import inflated
from app.imaging.store.layouts import layout_of
from app.imaging.store.limits import Limits
from app.imaging.store.part10 import read_meta
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of
from graph.errors import Unavailable
from graph.records import StoredInstance
from graph.scope import AccessScope
from graph.studies.imaging import frame_table

_REMEMBERED = 1024


@dataclass(frozen=True, slots=True)
class StoredBulk:
    """A value of an instance that is stored."""

    instance: StoredInstance
    value: BulkValue

    @property
    def has_frames(self) -> bool:
        """Whether it goes out frame by frame: compressed pixels of several frames (PS3.18 8.7.3.3.2)."""
        return self._is_clip and bool(self.instance.frames)

    @property
    def is_split(self) -> bool:
        """Whether each piece that goes out is one codestream, and not several that cannot be told apart."""
        return self.has_frames or not self._is_clip

    @property
    def _is_clip(self) -> bool:
        return self.value.fragmented and self.value.is_pixels and self.instance.number_of_frames > 1

    @property
    def address(self) -> str:
        """Its BulkDataURI, below the base of DICOMweb."""
        of = self.instance
        return f"{bulk_root(of.study_uid, of.series_uid, of.sop_uid)}{self.value.path}"


class BulkRetrieval:
    """Finds bulk data and reads it.

    A file never changes, so where its values lie is remembered: viewers ask for one in ranges.
    """

    def __init__(self, retrieval: ImagingRetrieval, blobs: BlobStore, limits: Limits) -> None:
        self._retrieval = retrieval
        self._blobs = blobs
        self._limits = limits
        self._located = lru_cache(maxsize=_REMEMBERED)(self._locate)

    def value(self, scope: AccessScope, study: str, series: str, instance: str, path: BulkPath) -> StoredBulk:
        """The value at a path of an instance.

        Raises `NotFound` where the instance or the value is not there, `Unavailable` where its file cannot be
        read.
        """
        found = self._retrieval.with_frames(scope, study, series, instance)
        # The table of frames is not what is remembered: it may be large, and says nothing of the place.
        return StoredBulk(found, self._located(replace(found, frames=None), path))

    def instances(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> list[StoredInstance]:
        """The instances that these UIDs name, with what finds the frames of compressed ones.

        Raises `NotFound`.
        """
        found = self._retrieval.instances(scope, study, series, instance)
        if any(each.number_of_frames > 1 and is_encapsulated(each.transfer_syntax_uid) for each in found):
            return self._retrieval.instances(scope, study, series, instance, frames=True)
        return found

    def values(self, instances: Iterable[StoredInstance]) -> Iterator[StoredBulk]:
        """Every value that the metadata of instances names, file by file; raises `Unavailable`."""
        for instance in instances:
            with self._walked(instance) as (data, walked):
                values = list(values_of(data, walked, inline=self._limits.inline_binary))
            yield from (StoredBulk(instance, value) for value in values)

    def chunks(self, bulk: StoredBulk, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes of a value from `start` up to `end`, little endian; raises `Unavailable`."""
        value = bulk.value
        end = value.size if end is None else end
        if value.width == 1:
            yield from self._raw(bulk, start, end)
            return
        first, last = start - start % value.width, min(value.size, end + -end % value.width)
        at = first
        for chunk in self._raw(bulk, first, last):
            turned = swapped(chunk, value.width)
            yield turned[max(0, start - at) : end - at]
            at += len(chunk)

    def frames(self, bulk: StoredBulk) -> Iterator[bytes]:
        """The codestreams of compressed pixel data, one after the other, where they can be told apart."""
        for place in frame_table(bulk.instance.frames):
            offset, length = byte_range(place)
            yield codestream(self._blobs.read(bulk.instance.blob_id, offset, length))

    def _raw(self, bulk: StoredBulk, start: int, end: int) -> Iterator[bytes]:
        ranges = _cut(bulk.value.pieces, start, end)
        if not syntax_of(bulk.instance.transfer_syntax_uid).deflated:
            for offset, length in ranges:
                yield self._blobs.read(bulk.instance.blob_id, offset, length)
            return
        with self._data(bulk.instance) as (data, _):
            footprint = Footprint(data)
            for offset, length in ranges:
                footprint.at(offset)
                yield data[offset : offset + length]

    def _locate(self, instance: StoredInstance, path: BulkPath) -> BulkValue:
        with self._walked(instance) as (data, walked):
            return value_at(data, walked, path)

    @contextmanager
    def _walked(self, instance: StoredInstance) -> Iterator[tuple[Buffer, Walked]]:
        with self._data(instance) as (data, start):
            syntax = layout_of(data, start, syntax_of(instance.transfer_syntax_uid))
            try:
                walked = walk(
                    data, start, implicit=syntax.implicit, little=syntax.little, limits=self._limits
                )
            except Refused as damaged:  # it was read when it came
                raise Unavailable(UNREADABLE, retry_after=60) from damaged
            yield data, walked

    @contextmanager
    def _data(self, instance: StoredInstance) -> Iterator[tuple[Buffer, int]]:
        """The data set of a file and where it begins; one that is deflated is inflated to the disk."""
        with (
            self._retrieval.open(instance) as file,
            mmap(file.fileno(), 0, access=ACCESS_READ) as data,
        ):
            try:
                start = read_meta(data).start
                if not syntax_of(instance.transfer_syntax_uid).deflated:
                    yield data, start
                    return
                limit, folder = self._limits.inflated_bytes, self._blobs.scratch
                with inflated(data, start, limit=limit, folder=folder) as plain:
                    yield plain, 0
            except Refused as damaged:
                raise Unavailable(UNREADABLE, retry_after=60) from damaged


def _cut(pieces: tuple[tuple[int, int], ...], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The ranges of a file, of a chunk at most, that bytes `start` to `end` of a value are."""
    at = 0
    for offset, length in pieces:
        first, last = max(start - at, 0), min(end - at, length)
        for begin in range(first, last, CHUNK):
            yield offset + begin, min(CHUNK, last - begin)
        at += length
