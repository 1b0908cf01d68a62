"""The values that cross between the stores and the application: frozen, and free of driver types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

AttributeValue: TypeAlias = str | int | float | tuple[str, ...] | tuple[int, ...]
Facts: TypeAlias = Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True)
class TranscriptPart:
    """One resource of what FHIR tells of a structured report, by its `name` in it; `body` is its JSON.

    Not in it are its id, whose and of which study it is; it refers to another part by that one's name.
    """

    resource_type: str
    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """One SOP instance whose bytes are already durable, on its way into the graph.

    `study`, `series` and `instance` hold the attributes of `graph.query.attributes` by keyword;
    `metadata` is its DICOM JSON object (PS3.18 F, no bulk data), zlib-compressed; `frames` packs the
    (offset, length) of each frame in the blob as little-endian unsigned 64-bit pairs, empty where unknown.
    """

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    blob_id: str
    size: int
    digest: str
    study: Facts
    series: Facts
    instance: Facts
    metadata: bytes
    frames: bytes = b""
    warnings: tuple[str, ...] = ()
    transcript: tuple[TranscriptPart, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """What a retrieval needs to know of one instance; `frames` None is a frame table that was not read."""

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    blob_id: str
    size: int
    digest: str
    number_of_frames: int
    sequence: int
    frames: bytes | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the DICOM change feed, numbered without gaps in commit order."""

    sequence: int
    partition: str
    study_uid: str
    series_uid: str
    sop_uid: str
    action: str  # Create | Update | Delete
    state: str  # Current | Replaced | Deleted
    timestamp: int  # microseconds since the epoch, UTC
    metadata: bytes | None = None
    whose: tuple[str, ...] = field(default=(), compare=False)  # keys of its patients and study, where known


@dataclass(frozen=True, slots=True)
class ResourceVersion:
    """One version of a FHIR resource, its text as it is served.

    `compartment` holds the keys of whom it is about; None where everybody may read it.
    """

    key: str
    resource_type: str
    resource_id: str
    version_id: int
    last_updated: int  # microseconds since the epoch, UTC
    sequence: int
    method: str  # POST | PUT | PATCH | DELETE
    body: bytes  # b"" for a deletion
    compartment: tuple[str, ...] | None = None

    @property
    def whose(self) -> tuple[str, ...]:
        """The keys of the patients whose record it is of, and of the study where it is one."""
        study = (self.key,) if self.resource_type == "ImagingStudy" else ()
        return (*(self.compartment or ()), *study)

    @property
    def deleted(self) -> bool:
        """Whether this version says that the resource was deleted."""
        return self.method == "DELETE"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of an answer: the rows, and the keyset of the last one where more may follow."""

    keys: tuple[str, ...]
    after: tuple[object, ...] | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


class StoreStatus(StrEnum):
    """What became of one instance on its way into the graph."""

    STORED = "stored"
    REPEATED = "repeated"  # the same bytes are there already, or before it in the same commit
    EXISTS = "exists"  # other bytes have its UIDs, and stay
    SUPERSEDED = "superseded"  # replaced by one that came after it in the same commit


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """What became of one instance, and what its sender should know of it.

    `whose` are the keys of the patient and of the study that it is, or would have been, of.
    """

    status: StoreStatus
    warnings: tuple[str, ...] = ()
    whose: tuple[str, ...] = field(default=(), compare=False)
