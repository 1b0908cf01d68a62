"""Events of workitems (PS3.4 table CC.2.4-1): written by the commit that they tell of, and read in its order.

    (:WorkitemEvent {key: "t|-|event|sequence", feed, sequence, …})

Whom an event is for is decided when it is sent, by the subscriptions and the rights of that moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

from fhir_profiles.mapping.workitem_attributes import WorkitemJson, listed, said, tag_of
from graph.commit import Counter, Ledger, Numbers, Part
from graph.keys import workitem_event_key
from graph.packing import packed, unpacked


class UpsEvent(IntEnum):
    """What an event tells, by its Event Type ID."""

    STATE_REPORT = 1
    CANCEL_REQUESTED = 2
    PROGRESS_REPORT = 3
    SCP_STATUS_CHANGE = 4
    ASSIGNED = 5


WORKLIST, FILTERED = "1.2.840.10008.5.1.4.34.5", "1.2.840.10008.5.1.4.34.5.1"
"""The UIDs of the subscription to all workitems, and to those that a filter matches."""

_PROGRESS = "ProcedureStepProgressInformationSequence"
_TOLD: Mapping[UpsEvent, tuple[str, ...]] = {
    UpsEvent.STATE_REPORT: ("ProcedureStepState", "InputReadinessState"),
    UpsEvent.PROGRESS_REPORT: (_PROGRESS,),
    UpsEvent.ASSIGNED: ("ScheduledStationNameCodeSequence",),
}
_PERFORMERS = "ScheduledHumanPerformersSequence"
_CODE, _ORGANIZATION = "HumanPerformerCodeSequence", "HumanPerformerOrganization"
_REASONS = ("ReasonForCancellation", "ProcedureStepDiscontinuationReasonCodeSequence")


@dataclass(frozen=True, slots=True)
class WorkitemEvent:
    """Something that happened to a workitem.

    `attributes` are those of the event, in the JSON model; `task`, `compartment` and `partition` are what
    rights look at. `title` is the one application that it is for, None where it is for all who subscribed.
    """

    uid: str
    type: UpsEvent
    attributes: WorkitemJson
    task: str
    compartment: tuple[str, ...]
    partition: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class SentEvent:
    """An event with its place in the order of events, and its moment in µs."""

    sequence: int
    at: int
    event: WorkitemEvent


@dataclass(frozen=True, slots=True)
class ReportedEvent:
    """An event, with what tells whom it is for: `judged` for rights, data set and creation for filters."""

    sent: SentEvent
    dataset: bytes
    links: str
    judged: tuple[Any, ...]


def attributes_of(kind: UpsEvent, dataset: WorkitemJson) -> dict[str, Any]:
    """What an event of a kind tells of a workitem as it is."""
    found = {tag: dataset[tag] for tag in map(tag_of, _TOLD[kind]) if tag in dataset}
    if kind is UpsEvent.STATE_REPORT:
        found |= _from_item(dataset, _PROGRESS, _REASONS)
    elif kind is UpsEvent.ASSIGNED:
        found |= _performers(dataset)
    return dict(sorted(found.items()))


def _performers(dataset: WorkitemJson) -> dict[str, Any]:
    """The codes of all who are to do it, and their organization where they have one in common."""
    people = [each for each in listed(dataset, _PERFORMERS) if isinstance(each, Mapping)]
    codes = [code for each in people for code in listed(each, _CODE)]
    found = {tag_of(_CODE): {"vr": "SQ", "Value": codes}} if codes else {}
    organizations = {said(each, _ORGANIZATION) for each in people}
    if len(organizations) == 1 and (name := organizations.pop()):
        found[tag_of(_ORGANIZATION)] = {"vr": "LO", "Value": [name]}
    return found


def _from_item(dataset: WorkitemJson, sequence: str, keywords: tuple[str, ...]) -> dict[str, Any]:
    """The attributes of the first item of a sequence that has values."""
    items: list[WorkitemJson] = listed(dataset, sequence)
    item = items[0] if items else {}
    return {tag_of(keyword): item[tag_of(keyword)] for keyword in keywords if listed(item, keyword)}


def _row(event: WorkitemEvent, numbers: Numbers, ledger: Ledger) -> dict[str, Any]:
    return {
        "key": workitem_event_key(ledger.tenant, numbers.event),
        "feed": ledger.tenant,
        "sequence": numbers.event,
        "at": numbers.now,
        "uid": event.uid,
        "type": int(event.type),
        "attributes": packed(orjson.dumps(event.attributes)),
        "task": event.task,
        "compartment": list(event.compartment),
        "partition": event.partition,
        "title": event.title,
    }


def event_of(row: Mapping[str, Any]) -> SentEvent:
    """The event of the properties of its node."""
    event = WorkitemEvent(
        row["uid"],
        UpsEvent(row["type"]),
        orjson.loads(unpacked(bytes(row["attributes"]))),
        row["task"],
        tuple(row["compartment"]),
        row["partition"],
        row.get("title"),
    )
    return SentEvent(row["sequence"], row["at"], event)


EVENTS: Part[WorkitemEvent] = Part(
    name="events",
    statement="CREATE (e:WorkitemEvent) SET e = row",
    key=lambda event: f"{event.task}|{event.type}|{event.title}|{orjson.dumps(event.attributes)!r}",
    row=_row,
    draws=lambda _: (Counter.EVENT,),
    merged=lambda earlier, _: earlier,
)
"""The events of a commit; what is told twice with the same words is told once."""
