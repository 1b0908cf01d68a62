"""The inbox of a reader: the packets that are kept for them."""

from dataclasses import dataclass
from typing import Any

import orjson

from app.feedback.keeping import FeedbackRecord
from app.feedback.packets import ANSWERED, CANCELLED, OPEN, Packet
from graph.errors import Invalid
from graph.keys import key_of_reference
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

PERMISSION = "feedback.write"
STATUSES = {"open": OPEN, "answered": ANSWERED, "all": f"{OPEN},{ANSWERED},{CANCELLED}"}
"""Which packets may be asked for, by the statuses of their Tasks."""
MOST = 100


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some packets, the latest first, and where the next page begins; None where this is the last."""

    packets: tuple[Packet, ...]
    after: tuple[object, ...] | None


@dataclass(frozen=True, slots=True)
class OpenedPacket:
    """A packet with what its page shows beside it.

    `said` is the Observation of the reader's verdict; `patient` and `study` are ids of whom and what it is
    about, None where they are not the reader's to see; `seen` are the references that lead somewhere.
    """

    packet: Packet
    said: dict[str, Any]
    patient: str | None
    study: str | None
    seen: frozenset[str]


class FeedbackInbox:
    """Shows readers what is kept for them, and nobody else anything of it."""

    def __init__(self, kept: FeedbackRecord, resources: ResourceStore) -> None:
        self._kept = kept
        self._resources = resources

    def page(
        self, scope: AccessScope, which: str, limit: int, after: tuple[object, ...] | None = None
    ) -> InboxPage:
        """The packets of the caller, `which` of `STATUSES`; raises `Invalid` for another word."""
        scope.require(PERMISSION)
        if which not in STATUSES:
            raise Invalid("one of %(words)s", location="status", words=", ".join(STATUSES))
        if not scope.readers:
            return InboxPage((), None)
        return InboxPage(*self._kept.page(scope, STATUSES[which], min(limit, MOST), after))

    def one(self, scope: AccessScope, packet_id: str) -> Packet:
        """One packet of the caller's; raises `NotFound` where there is none of that id for them."""
        scope.require(PERMISSION)
        return self._kept.one(scope, packet_id)

    def opened(self, scope: AccessScope, packet_id: str) -> OpenedPacket:
        """One packet of the caller's to be looked at; raises `NotFound` where there is none for them."""
        packet = self.one(scope, packet_id)
        named = [*(each.reference for each in packet.reads), *(each.reference for each in packet.evidence)]
        keys = [key_of_reference(scope.tenant, each) for each in dict.fromkeys(named)]
        found = [each for each in self._resources.bodies(scope, keys) if not each.deleted]
        scope.concerns(key for each in found for key in each.whose)
        bodies = {f"{each.resource_type}/{each.resource_id}": orjson.loads(each.body) for each in found}
        read = bodies.get(packet.reads[0].reference, {})
        patient = str((read.get("subject") or {}).get("reference", ""))
        studies = (str(each.get("reference", "")) for each in read.get("imagingStudy") or ())
        return OpenedPacket(
            packet,
            self.said(scope, packet),
            patient.removeprefix("Patient/") if patient.startswith("Patient/") else None,
            next((each.removeprefix("ImagingStudy/") for each in studies if each), None),
            frozenset(bodies),
        )

    def waiting(self, scope: AccessScope, limit: int) -> tuple[Packet, ...]:
        """The packets that the caller has not answered, the latest first."""
        return self.page(scope, "open", limit).packets

    def said(self, scope: AccessScope, packet: Packet) -> dict[str, Any]:
        """The Observation of the caller's verdict on a packet; empty while there is none."""
        if packet.answer is None:
            return {}
        kind, _, name = packet.answer.observation.partition("/")
        found: dict[str, Any] = orjson.loads(self._resources.read(scope, kind, name).body)
        return found
