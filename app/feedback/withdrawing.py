"""Takes back what readers were told, where the record, a consent or a label takes it back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from app.feedback.keeping import FeedbackRecord
from app.feedback.packets import CANCELLED, OPEN, Evidence, Packet
from app.feedback.reads import CHANGED, FINAL, readers_of
from app.records.glance.words import references_in
from app.security.scopes import reader_scope
from graph.clock import instant
from graph.errors import PreconditionFailed
from graph.keys import key_of_reference, resource_of
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

_TAKEN_BACK = frozenset({"entered-in-error", "cancelled", "not-done"})
_REFUTED = frozenset({"entered-in-error", "refuted"})


class EvidenceWithdrawals:
    """Marks evidence of packets as withdrawn; `consents` applies what patients deny readers."""

    def __init__(
        self,
        resources: ResourceStore,
        kept: FeedbackRecord,
        consents: Callable[[AccessScope], AccessScope],
    ) -> None:
        self._resources = resources
        self._kept = kept
        self._consents = consents

    def withdraw(self, scope: AccessScope, packets: Sequence[Packet], now: int) -> None:
        """Mark in each packet what was taken back since, and take its words out.

        That is what was deleted or entered in error, what is of another patient than the read by now, what
        bears a delicate label or a consent keeps from the reader, and all of it where the read is none of
        theirs any more. A packet that is left with nothing is cancelled where its reader has not answered it.
        One that its reader answers at this moment is marked with the next change of the chart.
        """
        for packet in packets:
            changed = _without(packet, self._standing(scope, packet), instant(now))
            if changed is not None:
                try:
                    self._kept.write(scope, changed)
                except PreconditionFailed:
                    continue

    def _standing(self, scope: AccessScope, packet: Packet) -> frozenset[Evidence]:
        """The evidence of a packet that its reader may be told now."""
        told = packet.standing
        if not told:
            return frozenset()
        reader = self._consents(reader_scope(scope.tenant, packet.reader))
        there = self._there(reader, [name for each in told for name in (each.reference, each.read)])
        reads = {
            name: each
            for name, (each, body) in there.items()
            if name in packet.reports and body.get("status") in FINAL and _is_by(packet.reader, body)
        }
        return frozenset(
            each
            for each in told
            if each.read in reads
            and each.reference in there
            and _share_a_patient(reads[each.read], there[each.reference][0])
        )

    def _there(
        self, scope: AccessScope, names: Sequence[str]
    ) -> Mapping[str, tuple[ResourceVersion, Mapping[str, Any]]]:
        """What of these stands and may be told, by `Type/id`."""
        keys = [key_of_reference(scope.tenant, each) for each in dict.fromkeys(names)]
        found = (each for each in self._resources.bodies(scope, keys) if not each.deleted)
        read = ((resource_of(each.key), each, orjson.loads(each.body)) for each in found)
        return {name: (each, body) for name, each, body in read if _stands(body)}


def _stands(document: Mapping[str, Any]) -> bool:
    verified = (document.get("verificationStatus") or {}).get("coding") or ()
    refuted = any(each.get("code") in _REFUTED for each in verified)
    return document.get("status") not in _TAKEN_BACK and not refuted


def _is_by(reader: str, report: Mapping[str, Any]) -> bool:
    """Whether a report is read by somebody.

    Who is behind a role is not looked up again, and of what was changed since it was final the earlier
    version says who read it.
    """
    if report.get("status") in CHANGED:
        return True
    named = [
        each for element in ("resultsInterpreter", "performer") for each in references_in(report.get(element))
    ]
    return reader in readers_of(report) or any(each.startswith("PractitionerRole/") for each in named)


def _share_a_patient(one: ResourceVersion, other: ResourceVersion) -> bool:
    return bool(set(one.compartment or ()) & set(other.compartment or ()))


def _without(packet: Packet, standing: frozenset[Evidence], moment: str) -> Packet | None:
    """The packet with what does not stand marked; None where all of it does."""
    if standing == frozenset(packet.standing):
        return None
    marked = tuple(
        each if each in standing or each.withdrawn else replace(each, withdrawn=True, said="", finding="")
        for each in packet.evidence
    )
    after = replace(packet, evidence=marked, modified=moment)
    if packet.status == OPEN and not after.standing and not packet.messages and packet.answer is None:
        return replace(after, status=CANCELLED)
    return after
