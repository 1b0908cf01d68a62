"""Workitems in the hands of a person at a page: claimed, given back and completed without a key of theirs.

The Transaction UID of such a claim is made of the workitem, of who claims it and of a secret of the gateway.
So it is kept nowhere but in the workitem, shown to nobody, and found again for that person alone; who claims
over UPS-RS brings their own.
"""

import hmac
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from app.imaging.worklist.moments import date_time
from app.imaging.worklist.readings import INTERPRETATION, code_item, reading_of
from app.imaging.worklist.requirements import complete
from app.site import Sites
from fhir_profiles.mapping.workitem_attributes import WorkitemJson, listed, tag_of
from graph.scope import AccessScope
from graph.workitems.states import UpsState
from graph.workitems.workitems import WorkitemStore

_WRITE = "workitem.write"
_PERFORMED = "UnifiedProcedureStepPerformedProcedureSequence"
_START, _END = "PerformedProcedureStepStartDateTime", "PerformedProcedureStepEndDateTime"
_DONE = "PerformedWorkitemCodeSequence"
_NAME = "HumanPerformerName"
_ALPHABETIC = 64  # characters of a component group of a PN (PS3.5 6.2)


_STATION = code_item("PAGES", "99HILUM", "Worklist of Hilum")


class HeldWorkitems:
    """Claims and ends workitems for whoever asks; `clock` tells the moment in µs, `secret` is ours."""

    def __init__(
        self, workitems: WorkitemStore, sites: Sites, clock: Callable[[], int], secret: bytes
    ) -> None:
        self._workitems = workitems
        self._sites = sites
        self._clock = clock
        self._secret = secret

    def claim(self, scope: AccessScope, uid: str) -> None:
        """Claim a workitem for the caller, who begins now.

        Raises `NotFound`, and `WorkitemRefusal` where somebody has it or it has ended.
        """
        scope.require(_WRITE)
        when = self._moment(scope)
        known = self._workitems.retrieve(scope, uid).dataset
        begun = {tag_of(_PERFORMED): {"vr": "SQ", "Value": [self._performed(scope, known, when)]}}
        self._change(scope, uid, UpsState.IN_PROGRESS, when, begun)

    def take_up(self, scope: AccessScope, study: Mapping[str, Any], number: int) -> str:
        """Make a workitem that asks to read a study, claim it, and return its UID.

        `study` are its attributes by keyword, `number` counts the workitems of it that have ended: of two who
        take it up at once both choose the same UID, so that one of them finds it taken. Raises `Conflict`
        then, `Forbidden` where it is about a patient who is not the caller's.
        """
        scope.require(_WRITE)
        when = self._moment(scope)
        uid = self._made_of(scope, "study", str(study["StudyInstanceUID"]), str(number))
        dataset, _ = complete(reading_of(study, when), uid, when)
        self._workitems.create(scope, uid, dataset)
        self.claim(scope, uid)
        return uid

    def complete(self, scope: AccessScope, uid: str, output: Mapping[str, Any] | None = None) -> None:
        """Complete a workitem that the caller claimed at a page; `output` names what was made of it.

        Raises `NotFound`, and `WorkitemRefusal` where they did not, or it has ended otherwise.
        """
        scope.require(_WRITE)
        when = self._moment(scope)
        known = self._workitems.retrieve(scope, uid).dataset
        items = [dict(each) for each in listed(known, _PERFORMED) if isinstance(each, Mapping)]
        first = self._performed(scope, known, when) | (items[0] if items else {})
        first[tag_of(_END)] = {"vr": "DT", "Value": [when]}
        if output is not None:
            first[tag_of("OutputInformationSequence")] = {"vr": "SQ", "Value": [output]}
        done = {tag_of(_PERFORMED): {"vr": "SQ", "Value": [dict(sorted(first.items())), *items[1:]]}}
        self._change(scope, uid, UpsState.COMPLETED, when, done)

    def give_back(self, scope: AccessScope, uid: str) -> None:
        """Give back what the caller claimed at a page, or was assigned: somebody else may have it.

        Raises `NotFound`, `Conflict` where it is not theirs, `WorkitemRefusal` where they claimed it
        elsewhere or it has ended.
        """
        scope.require(_WRITE)
        self._workitems.give_back(
            scope,
            uid,
            transaction=self._transaction(scope, uid),
            replacing=f"2.25.{uuid4().int}",
            when=self._moment(scope),
        )

    def _change(
        self, scope: AccessScope, uid: str, target: UpsState, when: str, attributes: Mapping[str, Any]
    ) -> None:
        self._workitems.change_state(
            scope,
            uid,
            target,
            transaction=self._transaction(scope, uid),
            when=when,
            attributes=attributes,
        )

    def _performed(self, scope: AccessScope, known: WorkitemJson, when: str) -> dict[str, Any]:
        """What is done: where, by whom, what, and since when."""
        who = {tag_of(_NAME): {"vr": "PN", "Value": [{"Alphabetic": scope.subject[:_ALPHABETIC]}]}}
        what = listed(known, "ScheduledWorkitemCodeSequence")[:1] or [INTERPRETATION]
        return {
            tag_of("ActualHumanPerformersSequence"): {"vr": "SQ", "Value": [who]},
            tag_of("PerformedStationNameCodeSequence"): {"vr": "SQ", "Value": [_STATION]},
            tag_of(_DONE): {"vr": "SQ", "Value": what},
            tag_of("OutputInformationSequence"): {"vr": "SQ"},
            tag_of(_START): {"vr": "DT", "Value": [when]},
        }

    def _transaction(self, scope: AccessScope, uid: str) -> str:
        """The Transaction UID of the caller's claim of a workitem."""
        return self._made_of(scope, "claim", scope.subject, uid)

    def _made_of(self, scope: AccessScope, *parts: str) -> str:
        """A UID that follows from its parts for who knows the secret, and for nobody else (PS3.5 B.2)."""
        named = "\x00".join((scope.tenant, scope.partition, *parts))
        digest = hmac.digest(self._secret, named.encode("utf-8", "surrogatepass"), "sha256")
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"

    def _moment(self, scope: AccessScope) -> str:
        return date_time(self._clock(), self._sites.of(scope).zone)
