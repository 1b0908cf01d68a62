"""How a workitem enters the graph: as the Task of a patient, a study and an order that the record knows.

The patient is that of the study that it names, where that carries the same number, else found or made as the
patient of pictures is. A study and an order are tied to it where they are
there and are of that patient; a Practitioner where a performer is coded by the id of one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fhir_profiles.mapping.workitem_task import TaskLinks, order_numbers, patient_facts, performers, studies
from graph.clock import instant
from graph.commit import Draft, Keys, Unit, View
from graph.errors import Conflict, Forbidden
from graph.keys import resource_key, resource_of, study_key, workitem_key
from graph.resources.states import CARRIERS, ORDERS, RESOURCES, STUDIES, WORKITEMS
from graph.resources.writing import VERSIONS, ResourceWrite
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.identity import Identification, identifier_term
from graph.studies.orders import order_of, order_term
from graph.workitems.events import EVENTS, UpsEvent, WorkitemEvent, attributes_of
from graph.workitems.versions import WorkitemVersion, workitem_write

_NUMBER = ("PatientID", "IssuerOfPatientID")
_MOST_TIES = 16  # studies, numbers and performers that are looked for


@dataclass(frozen=True, slots=True)
class WorkitemChange:
    """What became of a workitem: the keys of whom it concerns, and what the `Warning` header reads."""

    whose: tuple[str, ...]
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class CreateWorkitem(Unit[WorkitemChange]):
    """Creates a SCHEDULED workitem of a complete data set."""

    scope: AccessScope
    site: Site
    uid: str
    dataset: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The key of the workitem."""
        return workitem_key(self.scope.tenant, self.scope.partition, self.uid)

    def presumes_absent(self) -> Keys:
        """The workitem: its UID is new."""
        return {WORKITEMS: (self.key,)}

    def decide(self, view: View, draft: Draft) -> WorkitemChange:
        """Create it.

        Raises `Conflict` where its UID is taken, `Forbidden` where it is about a patient who is not the
        caller's.
        """
        after = WorkitemVersion(self.dataset, self._links(view, draft))
        write = workitem_write(view, self.scope, self.site, None, after)
        if not self.scope.sees(write.key, write.compartment, str(write.properties["partition"])):
            raise Forbidden("the workitem is about a patient who is not yours", code="forbidden")
        if view.get(WORKITEMS, self.key) is not None:
            raise Conflict("there is a workitem with this UID", location="SOPInstanceUID", code="duplicate")
        draft.add(VERSIONS, write)
        for kind in (UpsEvent.STATE_REPORT, UpsEvent.ASSIGNED):
            attributes = attributes_of(kind, after.dataset)
            if kind is UpsEvent.STATE_REPORT or any(each.get("Value") for each in attributes.values()):
                draft.add(EVENTS, event(write, self.uid, kind, attributes))
        return WorkitemChange((*(write.compartment or ()), write.key))

    def _links(self, view: View, draft: Draft) -> TaskLinks:
        """What the workitem is tied to in the record."""
        links = TaskLinks(created=instant(view.now))
        facts = patient_facts(self.dataset)
        self._load(view, facts)
        owner = owner_of(view, self.scope, self.dataset)
        if not facts:
            return replace(links, owner=owner)
        patient = (
            self._of_its_study(view, facts) or Identification(view, draft, self.site).patient_of(facts).key
        )
        return replace(
            links,
            patient=resource_of(patient),
            study=self._study(view, patient),
            order=self._order(view, patient),
            owner=owner,
        )

    def _load(self, view: View, facts: Mapping[str, Any]) -> None:
        """Read all that ties may be made to at once."""
        carrier = identifier_term(view.tenant, facts)
        view.load(
            {
                CARRIERS: [carrier] if carrier else [],
                STUDIES: self._study_keys(),
                ORDERS: [term for each in self._numbers() if (term := order_term(view.tenant, each))],
                RESOURCES: _performer_keys(self.scope, self.dataset),
            }
        )

    def _of_its_study(self, view: View, facts: Mapping[str, Any]) -> str | None:
        """The patient of the study that it names, where the pictures carry the same number.

        A study keeps its patient, whatever was corrected in the chart since. Only of a study that the caller
        sees: of others nothing is told. None where there is no such study.
        """
        for key in self._study_keys():
            known = view.get(STUDIES, key)
            if known is None or not known.managed or not known.is_seen_by(self.scope):
                continue
            if all((known.properties.get(each) or "") == facts.get(each, "") for each in _NUMBER):
                owners = [
                    each for each in known.own_compartment or () if resource_of(each).startswith("Patient/")
                ]
                return owners[0] if len(owners) == 1 else None
        return None

    def _study(self, view: View, patient: str) -> str | None:
        """The first study that is there and of the patient."""
        for key in self._study_keys():
            known = view.get(STUDIES, key)
            if known is not None and not known.deleted and patient in (known.compartment or ()):
                return resource_of(known.key)
        return None

    def _order(self, view: View, patient: str) -> str | None:
        """The first order of the patient that carries one of the numbers."""
        found = (order_of(view, each, patient) for each in self._numbers())
        return next((each for each in found if each), None)

    def _study_keys(self) -> list[str]:
        scope = self.scope
        return [study_key(scope.tenant, scope.partition, uid) for uid in studies(self.dataset)[:_MOST_TIES]]

    def _numbers(self) -> list[dict[str, Any]]:
        return [{"AccessionNumber": each} for each in order_numbers(self.dataset)[:_MOST_TIES]]


def owner_of(view: View, scope: AccessScope, dataset: Mapping[str, Any]) -> str | None:
    """The first performer whom a data set names who is a Practitioner of the record; None where none is."""
    keys = _performer_keys(scope, dataset)
    view.load({RESOURCES: keys})
    for key in keys:
        known = view.get(RESOURCES, key)
        if known is not None and not known.deleted:
            return resource_of(key)
    return None


def _performer_keys(scope: AccessScope, dataset: Mapping[str, Any]) -> list[str]:
    codes = performers(dataset)[:_MOST_TIES]
    return [resource_key(scope.tenant, "Practitioner", code) for code in codes]


def event(
    write: ResourceWrite, uid: str, kind: UpsEvent, attributes: Mapping[str, Any], title: str | None = None
) -> WorkitemEvent:
    """An event of a workitem as a version of it is written."""
    return WorkitemEvent(
        uid, kind, attributes, write.key, write.compartment or (), str(write.properties["partition"]), title
    )
