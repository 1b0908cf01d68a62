"""Telling one application how workitems are, when it has subscribed to them (PS3.4 CC.2.3.3, CC.2.4.3)."""

from dataclasses import dataclass

from graph.commit import Draft, Keys, Unit, View
from graph.errors import NotFound
from graph.keys import workitem_key
from graph.resources.states import WORKITEMS, ResourceState
from graph.scope import AccessScope
from graph.workitems.creating import WorkitemChange
from graph.workitems.events import EVENTS, UpsEvent, WorkitemEvent, attributes_of
from graph.workitems.versions import dataset_of


@dataclass(frozen=True, slots=True)
class TellStates(Unit[WorkitemChange]):
    """Writes the events that tell the application of `title` the states of workitems."""

    scope: AccessScope
    uids: tuple[str, ...]
    title: str

    def looks_at(self) -> Keys:
        """The workitems."""
        return {WORKITEMS: tuple(map(self._key, self.uids))}

    def decide(self, view: View, draft: Draft) -> WorkitemChange:
        """Tell of those that the caller sees; raises `NotFound` where they see none."""
        whose: list[str] = []
        for uid in self.uids:
            known = view.get(WORKITEMS, self._key(uid))
            if known is None or known.deleted or not known.is_seen_by(self.scope):
                continue
            draft.add(EVENTS, self._event(uid, known))
            whose += (*(known.compartment or ()), known.key)
        if not whose:
            raise NotFound("there is no such workitem")
        return WorkitemChange(tuple(dict.fromkeys(whose)))

    def _key(self, uid: str) -> str:
        return workitem_key(self.scope.tenant, self.scope.partition, uid)

    def _event(self, uid: str, known: ResourceState) -> WorkitemEvent:
        attributes = attributes_of(UpsEvent.STATE_REPORT, dataset_of(known.properties))
        compartment, partition = known.compartment or (), str(known.properties["partition"])
        return WorkitemEvent(
            uid, UpsEvent.STATE_REPORT, attributes, known.key, compartment, partition, self.title
        )
