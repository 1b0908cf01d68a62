"""The use case that retrieves pictures: the instances that UIDs name, their files, frames and metadata.

Bytes are those that were stored; each frame is read from its place in the file, which storing noted.
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import BinaryIO

from app.blobs import BlobStore
from app.imaging.retrieve.frames import is_encapsulated
from app.imaging.store.frames import byte_range, codestream, pixels
from app.imaging.store.inflating import inflated_ranges
from app.imaging.store.part10 import read_meta
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of
from graph.errors import NotFound, Unavailable
from graph.records import StoredInstance
from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore, frame_table

CHUNK = 1 << 20
_TAG = 32  # hexadecimal digits
_MOST_HELD = 8 << 20  # bytes of frames that are read together
UNREADABLE = "the file of an instance cannot be read now"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The attributes of instances, each a zlib-compressed DICOM JSON object.

    `tag` changes when they do, and tells nothing else.
    """

    objects: tuple[bytes, ...]
    tag: str


class ImagingRetrieval:
    """Retrieves instances, their frames and their metadata.

    `tag_key` is the secret under which tags are made: what they are made of counts what others store.
    """

    def __init__(self, imaging: ImagingStore, blobs: BlobStore, *, tag_key: bytes) -> None:
        self._imaging = imaging
        self._blobs = blobs
        self._tag_key = tag_key

    def instances(
        self,
        scope: AccessScope,
        study: str,
        series: str | None = None,
        instance: str | None = None,
        *,
        frames: bool = False,
    ) -> list[StoredInstance]:
        """The instances that these UIDs name, in the order of storing; raises `NotFound`.

        `frames`: with the tables of their frames.
        """
        scope.require("imaging.read")
        return self._imaging.instances(scope, study, series, instance, frames=frames)

    def open(self, instance: StoredInstance) -> BinaryIO:
        """The file of an instance; raises `Unavailable` where it cannot be read."""
        try:
            return self._blobs.open(instance.blob_id)
        except NotFound:  # it is in the graph, so it is there: a lost file is our failure, not an absence
            raise Unavailable(UNREADABLE, retry_after=60) from None

    def chunks(self, instance: StoredInstance) -> Iterator[bytes]:
        """The bytes of an instance's file, opened when the first are asked for; raises `Unavailable`."""
        with self.open(instance) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def piece(self, instance: StoredInstance, start: int, end: int) -> Iterator[bytes]:
        """The bytes of an instance's file from `start` up to `end`; raises `Unavailable`."""
        for offset in range(start, end, CHUNK):
            yield self._blobs.read(instance.blob_id, offset, min(CHUNK, end - offset))

    def tag_of(self, instance: StoredInstance, representation: str) -> str:
        """The entity tag of what one file alone makes, as an opaque text; it changes with either."""
        return self._tag(f"{instance.digest} {representation}")

    def with_frames(self, scope: AccessScope, study: str, series: str, instance: str) -> StoredInstance:
        """One instance with the table of its frames; raises `NotFound`."""
        scope.require("imaging.read")
        (found,) = self._imaging.instances(scope, study, series, instance, frames=True)
        return found

    def frames(self, instance: StoredInstance, numbers: Sequence[int]) -> Iterator[bytes]:
        """The frames of these numbers, counted from 1, as native pixels or as one codestream each.

        They are read some at a time. Raises `NotFound` where there is no such frame, or where no frame lies
        in the file by itself, and `Unavailable` where a file is damaged.
        """
        table = frame_table(instance.frames)
        if not table and instance.number_of_frames:
            raise NotFound("the instance has no frames that can be retrieved one by one")
        if any(number > len(table) for number in numbers):
            raise NotFound("the instance has no such frame", location="frames")
        return self._read_frames(instance, [table[number - 1] for number in numbers])

    def _read_frames(self, instance: StoredInstance, places: Sequence[tuple[int, int]]) -> Iterator[bytes]:
        encapsulated = is_encapsulated(instance.transfer_syntax_uid)
        for some in _together(places):
            pieces = self._pieces(instance, [byte_range(place) for place in some])
            for place, piece in zip(some, pieces, strict=True):
                yield codestream(piece) if encapsulated else pixels(piece, place)

    def _pieces(self, instance: StoredInstance, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Ranges of a file, or of the inflated data set of a deflated one (PS3.5 A.5)."""
        if not syntax_of(instance.transfer_syntax_uid).deflated:
            return [self._blobs.read(instance.blob_id, offset, length) for offset, length in ranges]
        try:
            with self.open(instance) as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
                return inflated_ranges(data, read_meta(data).start, ranges)
        except Refused as damaged:  # it was read when it came
            raise Unavailable(UNREADABLE, retry_after=60) from damaged

    def metadata(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Metadata:
        """The attributes of the instances that these UIDs name; no file is opened. Raises `NotFound`."""
        scope.require("imaging.read")
        rows = self._imaging.metadata(scope, study, series, instance)
        newest = max(sequence for sequence, _ in rows)
        state = f"{scope.tenant} {scope.partition} {study} {series} {instance} {newest} {len(rows)}"
        return Metadata(tuple(written for _, written in rows), self._tag(state))

    def _tag(self, state: str) -> str:
        return hmac.digest(self._tag_key, state.encode(), "sha256").hex()[:_TAG]


def _together(places: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The places of frames in groups of no more bytes than are held at a time, or of one."""
    group: list[tuple[int, int]] = []
    size = 0
    for place in places:
        length = byte_range(place)[1]
        if group and size + length > _MOST_HELD:
            yield group
            group, size = [], 0
        group.append(place)
        size += length
    if group:
        yield group
