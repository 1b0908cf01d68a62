"""How series and instances enter and leave the graph, each with its entry of the change feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from graph.commit import Counter, Ledger, Numbers, Part, Shelf, ShelfRow, Shelves

Properties: TypeAlias = Mapping[str, Any]


class Action(StrEnum):
    """What an entry of the change feed says."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True)
class InstanceState:
    """An instance that is there: the blob that holds its bytes, and their digest."""

    blob_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class SeriesWrite:
    """A series of the study of this DICOM key: its `properties` are laid over what it has.

    `serial` is None for a new one.
    """

    key: str
    study: str
    partition: str
    serial: int | None
    properties: Properties


@dataclass(frozen=True, slots=True)
class SeriesRemoval:
    """A series whose last instance left."""

    key: str
    study: str


@dataclass(frozen=True, slots=True)
class InstanceChange:
    """What the feed tells of an instance; `instance` is its key."""

    study_uid: str
    series_uid: str
    sop_uid: str
    partition: str
    instance: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A new instance under its series, and its entry in the feed."""

    series: str
    properties: Properties
    change: InstanceChange


@dataclass(frozen=True, slots=True)
class Removal:
    """An instance that leaves the index, what its tombstone remembers, and its entry in the feed."""

    tombstone: Properties
    change: InstanceChange


@dataclass(frozen=True, slots=True)
class Replacement:
    """An instance that takes the place of another of its UIDs, and what the tombstone of that remembers."""

    tombstone: Properties
    arrival: Arrival


def tombstone_of(instance: Mapping[str, Any], series: str) -> Properties:
    """What a tombstone remembers of an instance (a row of `LEAVING`) of the series of this key."""
    kept = {name: value for name, value in instance.items() if name not in ("key", "blobId")}
    return {**kept, "key": instance["blobId"], "instance": instance["key"], "series": series}


LEAVING = (
    "{.key, .SOPInstanceUID, .SOPClassUID, .InstanceNumber, .title, .transcript, .blobId, .digest, .sequence}"
)
"""The map of an instance that a tombstone is made of."""


def _series_of(rows: Sequence[ShelfRow]) -> Mapping[str, Properties]:
    ordered = sorted((row["series"] for row in rows), key=lambda series: int(series["serial"]))
    return {series["key"]: series for series in ordered}


def _instance(rows: Sequence[ShelfRow]) -> InstanceState | None:
    return InstanceState(rows[0]["blobId"], rows[0]["digest"]) if rows else None


SERIES_OF: Shelf[Mapping[str, Properties]] = Shelf(
    "series",
    """MATCH (:ImagingStudy {dicomKey: key})-[:HAS_SERIES]->(x:Series)
    WITH {key: key, series: properties(x)} AS row""",
    _series_of,
)
"""The series of a study (its DICOM key) by their keys, in the order of their creation."""

INSTANCES: Shelf[InstanceState | None] = Shelf(
    "instances",
    "MATCH (i:Instance {key: key}) WITH {key: key, blobId: i.blobId, digest: i.digest} AS row",
    _instance,
)
"""The instance of a key; None where there is none now."""


def _change_row(change: InstanceChange, action: Action, numbers: Numbers, tenant: str) -> dict[str, Any]:
    return {
        "key": f"{tenant}|{numbers.sequence}",
        "feed": tenant,
        "sequence": numbers.sequence,
        "partition": change.partition,
        "StudyInstanceUID": change.study_uid,
        "SeriesInstanceUID": change.series_uid,
        "SOPInstanceUID": change.sop_uid,
        "action": action,
        "instance": change.instance,
        "timestamp": numbers.now,
    }


def _series_properties(write: SeriesWrite, numbers: Numbers) -> dict[str, Any]:
    return {
        **write.properties,
        "key": write.key,
        "partition": write.partition,
        "serial": write.serial or numbers.serial,
    }


def _remember_series(shelves: Shelves, write: SeriesWrite, numbers: Numbers) -> None:
    known = shelves.get(SERIES_OF, write.study)
    whole = {**known.get(write.key, {}), **_series_properties(write, numbers)}
    shelves.put(SERIES_OF, write.study, {**known, write.key: whole})


def _forget_series(shelves: Shelves, removal: SeriesRemoval, _: Numbers) -> None:
    known = shelves.get(SERIES_OF, removal.study)
    left = {key: series for key, series in known.items() if key != removal.key}
    shelves.put(SERIES_OF, removal.study, left)


def _series_row(write: SeriesWrite, numbers: Numbers, _: Ledger) -> dict[str, Any]:
    return {"key": write.key, "study": write.study, "properties": _series_properties(write, numbers)}


def _arrival_row(arrival: Arrival, numbers: Numbers, ledger: Ledger) -> dict[str, Any]:
    return {
        "series": arrival.series,
        "properties": _numbered(arrival, numbers),
        "change": _change_row(arrival.change, Action.CREATE, numbers, ledger.tenant),
    }


def _numbered(arrival: Arrival, numbers: Numbers) -> dict[str, Any]:
    """The properties of an instance that enters with these numbers."""
    drawn = {"sequence": numbers.sequence, "serial": numbers.sequence, "storedAt": numbers.now}
    return {**arrival.properties, **drawn}


def _removal_row(removal: Removal, numbers: Numbers, ledger: Ledger) -> dict[str, Any]:
    return {
        "key": removal.change.instance,
        "tombstone": _dated(removal.tombstone, numbers, ledger.tenant),
        "change": _change_row(removal.change, Action.DELETE, numbers, ledger.tenant),
    }


def _dated(tombstone: Properties, numbers: Numbers, tenant: str) -> dict[str, Any]:
    """A tombstone of this moment, whose bytes wait to be removed."""
    left = {"deletedAt": numbers.now, "deletedSequence": numbers.sequence}
    return {**tombstone, **left, "feed": tenant, "waiting": tenant}


def _replacement_row(replacement: Replacement, numbers: Numbers, ledger: Ledger) -> dict[str, Any]:
    arrival = replacement.arrival
    return {
        "key": arrival.change.instance,
        "tombstone": _dated(replacement.tombstone, numbers, ledger.tenant),
        "properties": _numbered(arrival, numbers),
        "change": _change_row(arrival.change, Action.UPDATE, numbers, ledger.tenant),
    }


def _remember_arrival(shelves: Shelves, arrival: Arrival, _: Numbers) -> None:
    state = InstanceState(arrival.properties["blobId"], arrival.properties["digest"])
    shelves.put(INSTANCES, arrival.change.instance, state)


SERIES: Part[SeriesWrite] = Part(
    name="series",
    statement="""
MATCH (s:ImagingStudy {dicomKey: row.study})
MERGE (x:Series {key: row.key})
SET x += row.properties
MERGE (s)-[:HAS_SERIES]->(x)
""",
    key=lambda write: write.key,
    row=_series_row,
    draws=lambda write: () if write.serial else (Counter.SERIAL,),
    remember=_remember_series,
    merged=lambda earlier, later: SeriesWrite(
        later.key, later.study, later.partition, earlier.serial, {**earlier.properties, **later.properties}
    ),
)

EMPTY_SERIES: Part[SeriesRemoval] = Part(
    name="empty_series",
    statement="MATCH (x:Series {key: row}) DETACH DELETE x",
    key=lambda removal: removal.key,
    row=lambda removal, _numbers, _ledger: removal.key,
    remember=_forget_series,
)

ARRIVALS: Part[Arrival] = Part(
    name="arrivals",
    statement="""
MATCH (x:Series {key: row.series})
CREATE (x)-[:HAS_INSTANCE]->(i:Instance)
SET i = row.properties
CREATE (c:Change)
SET c = row.change
""",
    key=lambda arrival: arrival.change.instance,
    row=_arrival_row,
    draws=lambda _: (Counter.SEQUENCE,),
    remember=_remember_arrival,
)

REPLACEMENTS: Part[Replacement] = Part(
    name="replacements",
    statement="""
MATCH (i:Instance {key: row.key})
CREATE (t:Tombstone)
SET t = row.tombstone
CREATE (c:Change)
SET c = row.change
SET i = row.properties
""",
    key=lambda replacement: replacement.arrival.change.instance,
    row=_replacement_row,
    draws=lambda _: (Counter.SEQUENCE,),
    remember=lambda shelves, replacement, numbers: _remember_arrival(shelves, replacement.arrival, numbers),
)

REMOVALS: Part[Removal] = Part(
    name="removals",
    statement="""
MATCH (i:Instance {key: row.key})
CREATE (t:Tombstone)
SET t = row.tombstone
CREATE (c:Change)
SET c = row.change
DETACH DELETE i
""",
    key=lambda removal: removal.change.instance,
    row=_removal_row,
    draws=lambda _: (Counter.SEQUENCE,),
    remember=lambda shelves, removal, _: shelves.put(INSTANCES, removal.change.instance, None),
)
