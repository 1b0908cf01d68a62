"""How somebody who has a workitem gives it back, so that somebody else may have it (PS3.4 CC.1.1).

Nothing leads from IN PROGRESS to SCHEDULED. So one that was claimed ends, as discontinued and scheduled anew,
and another one takes its place in the same commit; one that was only assigned is nobody's from then on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fhir_profiles.mapping.workitem_attributes import said, tag_of
from graph.clock import instant
from graph.commit import Draft, Keys, View
from graph.errors import Conflict
from graph.keys import workitem_key
from graph.resources.states import WORKITEMS
from graph.resources.writing import VERSIONS
from graph.workitems.changing import WorkitemUnit, canceled
from graph.workitems.creating import WorkitemChange, event
from graph.workitems.events import EVENTS, UpsEvent, attributes_of
from graph.workitems.states import NO_LONGER, WRONG_TRANSACTION, UpsState, refused
from graph.workitems.versions import WorkitemVersion, workitem_write

_PERFORMERS = "ScheduledHumanPerformersSequence"
_OF_ONE_TRY = (  # what who claimed it said of their work
    "ProcedureStepProgressInformationSequence",
    "UnifiedProcedureStepPerformedProcedureSequence",
)
_RESCHEDULED = {  # CID 9300
    "00080100": {"vr": "SH", "Value": ["110528"]},
    "00080102": {"vr": "SH", "Value": ["DCM"]},
    "00080104": {"vr": "LO", "Value": ["Discontinued Procedure Step rescheduled"]},
}
_REASONS: Mapping[str, Any] = {
    tag_of("ProcedureStepDiscontinuationReasonCodeSequence"): {"vr": "SQ", "Value": [_RESCHEDULED]}
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBackWorkitem(WorkitemUnit):
    """Gives back what was claimed under `transaction`, or what is only assigned to the caller.

    `replacing` is the UID of the workitem that takes the place of a claimed one.
    """

    transaction: str
    replacing: str

    def presumes_absent(self) -> Keys:
        """The workitem that takes its place: its UID is new."""
        return {WORKITEMS: (workitem_key(self.scope.tenant, self.scope.partition, self.replacing),)}

    def decide(self, view: View, draft: Draft) -> WorkitemChange:
        """Give it back.

        Raises `NotFound`, `Conflict` where it is nobody's to give back, and `WorkitemRefusal` where its state
        or its lock forbids it.
        """
        workitem = self.found(view)
        before = workitem.before
        if before.state.is_final:
            raise refused(NO_LONGER)
        if before.state is UpsState.SCHEDULED:
            if before.links.owner not in self.scope.actors:
                raise Conflict(
                    "the workitem is not assigned to you", location="ScheduledHumanPerformersSequence"
                )
            after = _nobodys(before)
            write = self.write(view, draft, workitem, after)
            attributes = attributes_of(UpsEvent.ASSIGNED, after.dataset)
            draft.add(EVENTS, event(write, self.uid, UpsEvent.ASSIGNED, attributes))
            return WorkitemChange((*(write.compartment or ()), write.key))
        if before.transaction != self.transaction:
            raise refused(WRONG_TRANSACTION, location="TransactionUID")
        after = canceled(before.in_state(UpsState.CANCELED), self.when, _REASONS)
        write = self.write(view, draft, workitem, after)
        attributes = attributes_of(UpsEvent.STATE_REPORT, after.dataset)
        draft.add(EVENTS, event(write, self.uid, UpsEvent.STATE_REPORT, attributes))
        again = self._again(view, draft, before)
        return WorkitemChange((*(write.compartment or ()), write.key, again))

    def _again(self, view: View, draft: Draft, before: WorkitemVersion) -> str:
        """Draft the workitem that takes its place, about whom it is about, and return its key."""
        after = _nobodys(_anew(before, self.replacing, self.when, instant(view.now)))
        write = workitem_write(view, self.scope, self.site, None, after)
        draft.add(VERSIONS, write)
        attributes = attributes_of(UpsEvent.STATE_REPORT, after.dataset)
        draft.add(EVENTS, event(write, self.replacing, UpsEvent.STATE_REPORT, attributes))
        return write.key


def _nobodys(before: WorkitemVersion) -> WorkitemVersion:
    """The version that is assigned to nobody."""
    dataset = {tag: each for tag, each in before.dataset.items() if tag != tag_of(_PERFORMERS)}
    return replace(before, dataset=dataset, links=replace(before.links, owner=None))


def _anew(before: WorkitemVersion, uid: str, when: str, created: str) -> WorkitemVersion:
    """The first version of what takes the place of a workitem; it waits since that did."""
    replaced = {
        tag_of("ReferencedSOPClassUID"): {"vr": "UI", "Value": [said(before.dataset, "SOPClassUID")]},
        tag_of("ReferencedSOPInstanceUID"): {"vr": "UI", "Value": [before.uid]},
    }
    changes = {
        tag_of("SOPInstanceUID"): {"vr": "UI", "Value": [uid]},
        tag_of("ScheduledProcedureStepModificationDateTime"): {"vr": "DT", "Value": [when]},
        tag_of("ReplacedProcedureStepSequence"): {"vr": "SQ", "Value": [replaced]},
        **{tag_of(keyword): {"vr": "SQ"} for keyword in _OF_ONE_TRY},
    }
    after = before.with_attributes(changes).in_state(UpsState.SCHEDULED)
    links = replace(before.links, created=created, cancel_asked=False)
    return WorkitemVersion(after.dataset, links)
