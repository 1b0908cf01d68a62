"""Takes back what readers were told, where the record takes it back: a deletion, an entry in error."""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from app.feedback.keeping import FeedbackRecord
from app.feedback.packets import CANCELLED, OPEN, Packet
from graph.clock import instant
from graph.errors import PreconditionFailed
from graph.keys import resource_key, resource_of
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

_TAKEN_BACK = frozenset({"entered-in-error", "cancelled", "not-done"})
_REFUTED = frozenset({"entered-in-error", "refuted"})


class EvidenceWithdrawals:
    """Marks evidence of packets as withdrawn."""

    def __init__(self, resources: ResourceStore, kept: FeedbackRecord) -> None:
        self._resources = resources
        self._kept = kept

    def withdraw(self, scope: AccessScope, packets: Sequence[Packet], now: int) -> None:
        """Mark in each packet what the record has taken back since.

        A packet that is left with nothing is cancelled where its reader has not answered it. One that its
        reader answers at this moment is marked with the next change of the chart.
        """
        named = {each.reference for packet in packets for each in packet.standing}
        gone = named - self._there(scope, named)
        for packet in packets:
            changed = _without(packet, gone, instant(now))
            if changed is not None:
                try:
                    self._kept.write(scope, changed)
                except PreconditionFailed:
                    continue

    def _there(self, scope: AccessScope, named: set[str]) -> set[str]:
        keys = [resource_key(scope.tenant, *each.split("/", 1)) for each in sorted(named)]
        if not keys:
            return set()
        found = self._resources.bodies(scope, keys)
        return {resource_of(each.key) for each in found if not each.deleted and _stands(each.body)}


def _stands(body: bytes) -> bool:
    document = orjson.loads(body)
    verified = (document.get("verificationStatus") or {}).get("coding") or ()
    refuted = any(each.get("code") in _REFUTED for each in verified)
    return document.get("status") not in _TAKEN_BACK and not refuted


def _without(packet: Packet, gone: set[str], moment: str) -> Packet | None:
    """The packet with what is gone marked; None where it tells nothing of it."""
    if not any(each.reference in gone for each in packet.standing):
        return None
    marked = tuple(
        replace(each, withdrawn=True) if each.reference in gone else each for each in packet.evidence
    )
    after = replace(packet, evidence=marked, modified=moment)
    if packet.status == OPEN and not after.standing and not packet.messages and packet.answer is None:
        return replace(after, status=CANCELLED)
    return after
