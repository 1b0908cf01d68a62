"""The inbox of a reader: the packets that are kept for them."""

from dataclasses import dataclass
from typing import Any

import orjson

from app.feedback.keeping import FeedbackRecord
from app.feedback.packets import ANSWERED, OPEN, Packet
from graph.errors import Invalid
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

PERMISSION = "feedback.write"
STATUSES = {"open": OPEN, "answered": ANSWERED, "all": f"{OPEN},{ANSWERED}"}
"""Which packets may be asked for, by the statuses of their Tasks."""
MOST = 100


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some packets, the latest first, and where the next page begins; None where this is the last."""

    packets: tuple[Packet, ...]
    after: tuple[object, ...] | None


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

    def said(self, scope: AccessScope, packet: Packet) -> dict[str, Any]:
        """The Observation of the caller's verdict on a packet; empty while there is none."""
        if packet.answer is None:
            return {}
        kind, _, name = packet.answer.observation.partition("/")
        found: dict[str, Any] = orjson.loads(self._resources.read(scope, kind, name).body)
        return found
