"""Telling one application how a workitem is, when it has subscribed to it (PS3.4 CC.2.3.3)."""

from dataclasses import dataclass

from graph.commit import Draft, Keys, Unit, View
from graph.errors import NotFound
from graph.keys import workitem_key
from graph.resources.states import WORKITEMS
from graph.scope import AccessScope
from graph.workitems.creating import WorkitemChange
from graph.workitems.events import EVENTS, UpsEvent, WorkitemEvent, attributes_of
from graph.workitems.versions import dataset_of


@dataclass(frozen=True, slots=True)
class TellState(Unit[WorkitemChange]):
    """Writes the event that tells the application of `title` the state of a workitem."""

    scope: AccessScope
    uid: str
    title: str

    @property
    def key(self) -> str:
        """The key of the workitem."""
        return workitem_key(self.scope.tenant, self.scope.partition, self.uid)

    def looks_at(self) -> Keys:
        """The workitem."""
        return {WORKITEMS: (self.key,)}

    def decide(self, view: View, draft: Draft) -> WorkitemChange:
        """Tell it; raises `NotFound` where there is none that the caller sees."""
        known = view.get(WORKITEMS, self.key)
        if known is None or known.deleted or not known.is_seen_by(self.scope):
            raise NotFound("there is no such workitem")
        attributes = attributes_of(UpsEvent.STATE_REPORT, dataset_of(known.properties))
        compartment, partition = known.compartment or (), str(known.properties["partition"])
        told = WorkitemEvent(
            self.uid, UpsEvent.STATE_REPORT, attributes, known.key, compartment, partition, self.title
        )
        draft.add(EVENTS, told)
        return WorkitemChange((*compartment, known.key))
