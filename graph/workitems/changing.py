"""How a workitem changes: its attributes, its state, the wish that it be canceled (PS3.4 CC.2.1 to CC.2.6).

All is decided in the commit, so of two who claim one workitem at once one finds it claimed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fhir_profiles.mapping.workitem_attributes import (
    PERFORMED,
    TABLE,
    Final,
    Sending,
    listed,
    said,
    tag_of,
    within,
)
from graph.commit import Draft, Keys, Unit, View
from graph.errors import NotFound
from graph.keys import workitem_key
from graph.resources.states import WORKITEMS, ResourceState
from graph.resources.writing import VERSIONS, ResourceWrite
from graph.scope import AccessScope
from graph.site import Site
from graph.workitems.creating import WorkitemChange, event, owner_of
from graph.workitems.events import EVENTS, UpsEvent, WorkitemEvent, attributes_of
from graph.workitems.states import (
    CANCELLATIONS,
    FINAL_UPDATE,
    MISSING_TRANSACTION,
    NOT_YET,
    UNCLAIMED_UPDATE,
    WRONG_TRANSACTION,
    UpsState,
    answer_to,
    refused,
)
from graph.workitems.versions import WorkitemVersion, version_of, workitem_write

_PROGRESS = "ProcedureStepProgressInformationSequence"
_PERFORMED_SEQUENCE = "UnifiedProcedureStepPerformedProcedureSequence"
_CANCELLATION = "ProcedureStepCancellationDateTime"
_DISCONTINUED = "ProcedureStepDiscontinuationReasonCodeSequence"
_MODIFIED = "ScheduledProcedureStepModificationDateTime"
_UNSPECIFIED = {  # CID 9300
    "00080100": {"vr": "SH", "Value": ["110513"]},
    "00080102": {"vr": "SH", "Value": ["DCM"]},
    "00080104": {"vr": "LO", "Value": ["Discontinued for unspecified reason"]},
}
_PERFORMERS = tag_of("ScheduledHumanPerformersSequence")
_ASSIGNING = frozenset((tag_of("ScheduledStationNameCodeSequence"), _PERFORMERS))
_READINESS = tag_of("InputReadinessState")
_CONTACTS = ("ContactURI", "ContactDisplayName")
_ASKED = ("ReasonForCancellation", _DISCONTINUED, *_CONTACTS)


@dataclass(frozen=True, slots=True)
class _Workitem:
    """A workitem as a unit finds it."""

    known: ResourceState
    before: WorkitemVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkitemUnit(Unit[WorkitemChange]):
    """What the units that change a workitem share: `when` is the moment of the request as a DT."""

    scope: AccessScope
    site: Site
    uid: str
    when: str

    @property
    def key(self) -> str:
        """The key of the workitem."""
        return workitem_key(self.scope.tenant, self.scope.partition, self.uid)

    def looks_at(self) -> Keys:
        """The workitem."""
        return {WORKITEMS: (self.key,)}

    def found(self, view: View) -> _Workitem:
        """The workitem; raises `NotFound` where there is none that the caller sees."""
        known = view.get(WORKITEMS, self.key)
        if known is None or known.deleted or not known.is_seen_by(self.scope):
            raise NotFound("there is no such workitem")
        return _Workitem(known, version_of(known))

    def write(self, view: View, draft: Draft, workitem: _Workitem, after: WorkitemVersion) -> ResourceWrite:
        """Draft the next version, with the moment of its change."""
        after = after.with_attributes({tag_of(_MODIFIED): {"vr": "DT", "Value": [self.when]}})
        write = workitem_write(view, self.scope, self.site, workitem.known, after)
        draft.add(VERSIONS, write)
        return write


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWorkitem(WorkitemUnit):
    """Puts attributes in place of those that are there; `transaction` is the UID that the client named."""

    changes: Mapping[str, Any]
    transaction: str | None

    def decide(self, view: View, draft: Draft) -> WorkitemChange:
        """Change it.

        Raises `NotFound`, and `WorkitemRefusal` where its state or its lock forbids it.
        """
        workitem = self.found(view)
        self._check(workitem.before)
        after = workitem.before.with_attributes(self.changes)
        if _PERFORMERS in self.changes and after.state is UpsState.SCHEDULED:  # whoever claimed one has it
            after = replace(
                after, links=replace(after.links, owner=owner_of(view, self.scope, after.dataset))
            )
        write = self.write(view, draft, workitem, after)
        for kind in self._events(workitem.before):
            draft.add(EVENTS, event(write, self.uid, kind, attributes_of(kind, after.dataset)))
        return WorkitemChange((*(write.compartment or ()), write.key))

    def _check(self, before: WorkitemVersion) -> None:
        """Table CC.1.1-2: nobody holds a SCHEDULED one; one in progress changes who holds its lock."""
        if before.state.is_final:
            raise refused(FINAL_UPDATE)
        if before.state is UpsState.SCHEDULED:
            if self.transaction is not None:
                raise refused(UNCLAIMED_UPDATE, location="TransactionUID")
            return
        if self.transaction is None:
            raise refused(MISSING_TRANSACTION, location="TransactionUID")
        if self.transaction != before.transaction:
            raise refused(WRONG_TRANSACTION, location="TransactionUID")

    def _events(self, before: WorkitemVersion) -> list[UpsEvent]:
        tags = self.changes.keys()
        readiness = tags & {_READINESS} and self.changes[_READINESS] != before.dataset.get(_READINESS)
        told = {
            UpsEvent.STATE_REPORT: readiness,
            UpsEvent.PROGRESS_REPORT: tag_of(_PROGRESS) in tags,
            UpsEvent.ASSIGNED: not _ASSIGNING.isdisjoint(tags),
        }
        return [kind for kind, happened in told.items() if happened]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWorkitemState(WorkitemUnit):
    """Claims a workitem, or brings the one that was claimed under `transaction` to its end.

    `attributes` are put in place with the change of state, as of one who claims it: when they began.
    """

    target: UpsState
    transaction: str
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def decide(self, view: View, draft: Draft) -> WorkitemChange:
        """Change the state; what is in the final state that is asked for stays as it is, with a warning.

        Raises `NotFound`, and `WorkitemRefusal` where its state or its lock forbids it.
        """
        workitem = self.found(view)
        before = workitem.before
        answer = answer_to(self.target, before.state, holds=self.transaction == before.transaction)
        if answer.category is not None:
            raise refused(answer)
        if not answer.allowed:
            return WorkitemChange((*(workitem.known.compartment or ()), workitem.known.key), answer.warning)
        after = self._after(before)
        if self.target is UpsState.COMPLETED:
            _require_complete(after)
        write = self.write(view, draft, workitem, after)
        attributes = attributes_of(UpsEvent.STATE_REPORT, after.dataset)
        draft.add(EVENTS, event(write, self.uid, UpsEvent.STATE_REPORT, attributes))
        return WorkitemChange((*(write.compartment or ()), write.key))

    def _after(self, before: WorkitemVersion) -> WorkitemVersion:
        after = before.in_state(self.target).with_attributes(self.attributes)
        if self.target is UpsState.CANCELED:
            return canceled(after, self.when, {})
        if self.target is UpsState.COMPLETED:
            return after
        who = practitioner_of(self.scope)
        links = replace(after.links, owner=who) if who else after.links
        return replace(after, transaction=self.transaction, links=links)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCancellation(WorkitemUnit):
    """Asks for the end of a workitem: one that nobody has claimed ends, who holds another is told.

    `reasons` are the attributes of the request; `requester` is the title of who asks, "" without one.
    """

    reasons: Mapping[str, Any]
    requester: str

    def decide(self, view: View, draft: Draft) -> WorkitemChange:
        """Cancel it, or tell who holds it.

        Raises `NotFound`, and `WorkitemRefusal` where it has ended.
        """
        workitem = self.found(view)
        before = workitem.before
        answer = CANCELLATIONS[before.state]
        if answer.category is not None:
            raise refused(answer)
        if answer.allowed:
            after = canceled(before.in_state(UpsState.CANCELED), self.when, self.reasons)
            write = self.write(view, draft, workitem, after)
            for state in (UpsState.IN_PROGRESS, UpsState.CANCELED):  # CC.2.2.3: through the one to the other
                attributes = attributes_of(UpsEvent.STATE_REPORT, after.in_state(state).dataset)
                draft.add(EVENTS, event(write, self.uid, UpsEvent.STATE_REPORT, attributes))
        else:
            after = replace(before, links=replace(before.links, cancel_asked=True))
            write = self.write(view, draft, workitem, after)
            draft.add(EVENTS, self._request(write))
        return WorkitemChange((*(write.compartment or ()), write.key))

    def _request(self, write: ResourceWrite) -> WorkitemEvent:
        told = {tag: self.reasons[tag] for tag in map(tag_of, _ASKED) if tag in self.reasons}
        title = [self.requester] if self.requester else []
        told[tag_of("RequestingAE")] = {"vr": "AE", **({"Value": title} if title else {})}
        return event(write, self.uid, UpsEvent.CANCEL_REQUESTED, dict(sorted(told.items())))


def practitioner_of(scope: AccessScope) -> str | None:
    """The Practitioner whom a caller is: by the id that their account says, else by its name."""
    found = [each for each in sorted(scope.actors) if each.startswith("Practitioner/")]
    return next((each for each in found if each != f"Practitioner/{scope.subject}"), None) or next(
        iter(found), None
    )


def canceled(after: WorkitemVersion, when: str, reasons: Mapping[str, Any]) -> WorkitemVersion:
    """The version with what a CANCELED one says: when it was canceled, and why."""
    held = listed(after.dataset, _PROGRESS)
    item = dict(held[0]) if held else {}
    tags = [tag_of(keyword) for keyword in ("ReasonForCancellation", _DISCONTINUED)]
    item |= {tag: reasons[tag] for tag in tags if tag in reasons}
    contact = {tag: reasons[tag] for tag in map(tag_of, _CONTACTS) if tag in reasons}
    if tag_of("ContactURI") in contact:  # without which an item of the sequence is none
        item[tag_of("ProcedureStepCommunicationsURISequence")] = {"vr": "SQ", "Value": [contact]}
    if not said(item, _CANCELLATION):
        item[tag_of(_CANCELLATION)] = {"vr": "DT", "Value": [when]}
    if not listed(item, _DISCONTINUED):
        item[tag_of(_DISCONTINUED)] = {"vr": "SQ", "Value": [_UNSPECIFIED]}
    items = [dict(sorted(item.items())), *held[1:]]
    return after.with_attributes({tag_of(_PROGRESS): {"vr": "SQ", "Value": items}})


def _require_complete(after: WorkitemVersion) -> None:
    """Require what a COMPLETED one says; raises `WorkitemRefusal` with the attribute that lacks."""
    for each in TABLE:
        if each.final is Final.ALWAYS and not listed(after.dataset, each.keyword):
            raise refused(NOT_YET, f"{each.keyword} has no value.", location=each.keyword)
    items = list(within(after.dataset, (_PERFORMED_SEQUENCE,)))
    if not items:
        raise refused(NOT_YET, f"{_PERFORMED_SEQUENCE} has no item.", location=_PERFORMED_SEQUENCE)
    for keyword, tag, needed in PERFORMED:
        if tag not in items[0] or (needed is Sending.VALUE and not listed(items[0], keyword)):
            where = f"{_PERFORMED_SEQUENCE}.{keyword}"
            raise refused(NOT_YET, f"{where} has no value.", location=where)
