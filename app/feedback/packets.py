"""A packet: what one reader is told of how their reads turned out, and the FHIR Task that keeps it.

The Task holds all that the packet shows: the reader may have lost sight of the study since, and what is kept
for them is all that they are given of what came after. It names no patient but through what it refers to, so
that it is of no chart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import orjson

from app.feedback.reads import FinalRead
from fhir_profiles.security_labels import KEPT_FOR, kept_for
from graph.clock import instant
from graph.records import ResourceVersion

KeptResource: TypeAlias = dict[str, Any]

FEEDBACK = "urn:hilum:feedback"
"""The system of the codes of feedback."""
LESSON = "urn:hilum:lesson"
"""The system of the identifiers by which a lesson is found again."""
PART = "urn:hilum:StructureDefinition:feedback-part"
CODE = "review-outcome"
OPEN, ANSWERED, CANCELLED = "requested", "completed", "cancelled"
READ, MESSAGE, ANSWER, VERDICT = "read", "message", "answer", "verdict"
LONGEST = 4_000  # characters of a text that a packet shows

_TITLE = "Review how a read turned out"


@dataclass(frozen=True, slots=True)
class OwnRead:
    """A read of the reader's own: its report, what that is of, when it was, and what its impression says.

    `modality` and `region` are the stratum that it counts in; empty where the report does not say.
    """

    reference: str
    label: str = ""
    at: str = ""
    said: str = ""
    modality: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells how a read turned out, and why it was matched: `place` and `sides` are of the body.

    `read` is the report that it is about, `days` lie between, `by` says who wrote it; `tie` and `finding` are
    what it has in common with the read, `confidence` lies between 0 and 1. `withdrawn`: it was deleted since,
    or entered in error.
    """

    kind: str
    reference: str
    read: str
    label: str = ""
    at: str = ""
    said: str = ""
    place: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    days: int = 0
    exam: str = ""
    tie: str = ""
    finding: str = ""
    confidence: float = 0.0
    by: tuple[str, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PacketMessage:
    """What a colleague says of a read: `category` is one of the configured ones, or empty."""

    read: str
    said: str = ""
    at: str = ""
    author: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class PacketAnswer:
    """What the reader said: their verdict, when, and the Observation that says the rest."""

    observation: str
    verdict: str
    decided: str


@dataclass(frozen=True, slots=True)
class Packet:
    """What one reader is told; times are instants of FHIR.

    `lesson` identifies it among the packets of the reader; `urgent` where the patient may be at risk still.
    `answer` is the reader's, None while they gave none.
    """

    packet_id: str
    reader: str
    lesson: str
    reads: tuple[OwnRead, ...]
    evidence: tuple[Evidence, ...] = ()
    messages: tuple[PacketMessage, ...] = ()
    status: str = OPEN
    urgent: bool = False
    authored: str = ""
    modified: str = ""
    answer: PacketAnswer | None = None
    version_id: int = 0

    @property
    def reports(self) -> frozenset[str]:
        """The reports that it is about, as `Type/id`."""
        return frozenset(each.reference for each in self.reads)

    @property
    def told(self) -> frozenset[tuple[str, str]]:
        """Which evidence it tells, of which read."""
        return frozenset((each.read, each.reference) for each in self.evidence)

    @property
    def is_open(self) -> bool:
        """Whether its reader has given no verdict on it as it is."""
        return self.status == OPEN

    @property
    def surest(self) -> Evidence | None:
        """The evidence of the most confidence; None where a colleague's message is all there is."""
        return max(self.standing, key=lambda each: each.confidence, default=None)

    @property
    def standing(self) -> tuple[Evidence, ...]:
        """The evidence that was not withdrawn."""
        return tuple(each for each in self.evidence if not each.withdrawn)


_ELEMENTS: Mapping[str, str] = {
    **dict.fromkeys(("label", "said", "exam", "finding", "author"), "valueString"),
    **dict.fromkeys(("modality", "region", "place", "sides", "tie", "category"), "valueCode"),
    **dict.fromkeys(("read", "by"), "valueUri"),
    "at": "valueDateTime",
    "days": "valueInteger",
    "withdrawn": "valueBoolean",
    "confidence": "valueDecimal",
}
"""The element of an extension that holds each part of an input."""
_BESIDE = ("kind", "reference")  # what an input says by elements of its own


def task_of(packet: Packet) -> KeptResource:
    """The Task that keeps a packet."""
    first, *_ = packet.reads
    task: KeptResource = {
        "resourceType": "Task",
        **({"id": packet.packet_id} if packet.packet_id else {}),
        "meta": kept_by(packet.reader),
        "identifier": [{"system": LESSON, "value": packet.lesson}],
        "status": packet.status,
        "intent": "order",
        "priority": "urgent" if packet.urgent else "routine",
        "code": concept(CODE, _TITLE),
        "focus": {"reference": first.reference},
        "authoredOn": packet.authored,
        "lastModified": packet.modified,
        "owner": {"reference": packet.reader},
        "input": [
            *(_input(READ, each) for each in packet.reads),
            *(_input(each.kind, each) for each in packet.evidence),
            *(_input(MESSAGE, each) for each in packet.messages),
        ],
    }
    if packet.answer:
        task["executionPeriod"] = {"end": packet.answer.decided}
        task["output"] = [
            {"type": concept(ANSWER), "valueReference": {"reference": packet.answer.observation}},
            {"type": concept(VERDICT), "valueCodeableConcept": concept(packet.answer.verdict)},
        ]
    return task


def kept_by(reader: str) -> KeptResource:
    """The `meta` of what is kept for a reader, as `Practitioner/<id>`."""
    return {"security": [{"system": KEPT_FOR, "code": reader}]}


def concept(code: str, display: str = "") -> KeptResource:
    """A code of feedback as a CodeableConcept."""
    return {"coding": [{"system": FEEDBACK, "code": code, **({"display": display} if display else {})}]}


def is_packet(version: ResourceVersion) -> bool:
    """Whether a Task is a packet: what is kept for a reader is written by the gateway alone."""
    task = orjson.loads(version.body)
    coding = (task.get("code") or {}).get("coding") or [{}]
    return kept_for(task) is not None and coding[0].get("code") == CODE


def packet_of(version: ResourceVersion) -> Packet:
    """The packet that a Task keeps."""
    task = orjson.loads(version.body)
    inputs = [(_code(each["type"]), each) for each in task["input"]]
    return Packet(
        packet_id=version.resource_id,
        reader=task["owner"]["reference"],
        lesson=task["identifier"][0]["value"],
        reads=tuple(OwnRead(**_parts(OwnRead, each)) for code, each in inputs if code == READ),
        evidence=tuple(
            Evidence(kind=code, **_parts(Evidence, each))
            for code, each in inputs
            if code not in (READ, MESSAGE)
        ),
        messages=tuple(
            PacketMessage(**_parts(PacketMessage, each)) for code, each in inputs if code == MESSAGE
        ),
        status=task["status"],
        urgent=task["priority"] == "urgent",
        authored=task["authoredOn"],
        modified=task["lastModified"],
        answer=_answer(task) if "output" in task else None,
        version_id=version.version_id,
    )


def own_read(read: FinalRead) -> OwnRead:
    """A final read as a packet tells it."""
    return OwnRead(
        reference=read.reference,
        label=read.label,
        at=instant(read.at),
        said=read.text.first.strip()[:LONGEST],
        modality=min(read.modalities, default=""),
        region=min(read.regions, default=""),
    )


def _answer(task: Mapping[str, Any]) -> PacketAnswer:
    told, judged = task["output"]
    return PacketAnswer(
        told["valueReference"]["reference"],
        _code(judged["valueCodeableConcept"]),
        task["executionPeriod"]["end"],
    )


def _input(code: str, part: OwnRead | Evidence | PacketMessage) -> KeptResource:
    named = part.read if isinstance(part, PacketMessage) else part.reference
    return {
        "extension": [{"url": PART, "extension": list(_extensions(part))}],
        "type": concept(code),
        "valueReference": {"reference": named},
    }


def _extensions(part: OwnRead | Evidence | PacketMessage) -> Iterable[KeptResource]:
    for each in fields(part):
        value = getattr(part, each.name)
        if each.name in _BESIDE or value is False or value in ("", ()):
            continue
        for single in value if isinstance(value, tuple) else (value,):
            yield {"url": each.name, _ELEMENTS[each.name]: single}


def _parts(kind: type[OwnRead | Evidence | PacketMessage], said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a part as an input says them."""
    found: dict[str, Any] = {}
    several = {each.name for each in fields(kind) if isinstance(each.default, tuple)}
    for each in said["extension"][0].get("extension", ()):
        name = each["url"]
        value = each[_ELEMENTS[name]]
        found[name] = (*found.get(name, ()), value) if name in several else value
    if kind is not PacketMessage:
        found["reference"] = said["valueReference"]["reference"]
    return found


def _code(said: Mapping[str, Any]) -> str:
    return str(said["coding"][0]["code"])
