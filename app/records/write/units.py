"""The units of work of writing resources: each a change that is decided as one (FHIR R4 http.html)."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.preconditions import NO_PRECONDITIONS, Preconditions
from app.records.write.conditions import (
    Criteria,
    create,
    delete_where,
    only_match,
    require_matched,
    update_where,
)
from app.records.write.receiving import Prepared, Received
from app.records.write.writing import Desk, Written
from graph.commit import Draft, Keys, Unit, View
from graph.keys import resource_key
from graph.resources.states import NUMBERED, RESOURCES, STUDIES
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.orders import follow_orders, numbered_keys
from graph.studies.overlaying import named_study
from graph.studies.transcripts import follow_reports

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUnit(Unit[Answer], Generic[Answer]):
    """A change of resources: whose it is, and the site whose zone and address its texts are read with."""

    scope: AccessScope
    site: Site

    def decide(self, view: View, draft: Draft) -> Answer:
        """Write its resources, and what follows of them for studies."""
        answer = self.write(Desk(view, draft, self.scope, self.site))
        follow_orders(view, draft, self.site)
        if self.scope.sees_all:  # what pictures say of a patient ends by nobody's word who sees a part of it
            follow_reports(view, draft, self.site)
        return answer

    @abstractmethod
    def write(self, desk: Desk) -> Answer:
        """Write its resources at a desk; return the answer of the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateResource(RecordUnit[Written]):
    """Creates a resource, or answers the one match of `if_none_exist` (http.html#create, #ccreate)."""

    prepared: Prepared
    if_none_exist: Criteria | None = None
    demanded: Preconditions = NO_PRECONDITIONS

    def looks_at(self) -> Keys:
        """Of an ImagingStudy, whether another one has its UID."""
        return _study_of(self.scope, self.prepared)

    def presumes_absent(self) -> Keys:
        """Nobody has the new id, nor what it must not be beside, and no study the number of a new order."""
        prepared = self.prepared
        numbers = numbered_keys(self.scope.tenant, prepared.resource_type, prepared.values)
        beside = self.if_none_exist.looks_at(self.scope) if self.if_none_exist else {}
        return {RESOURCES: (prepared.key,), **beside, **({NUMBERED: numbers} if numbers else {})}

    def write(self, desk: Desk) -> Written:
        """Create it."""
        return create(desk, self.prepared, self.if_none_exist, self.demanded)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateResource(RecordUnit[Written]):
    """Writes the next version of a resource, or its first under the client's id (http.html#update)."""

    prepared: Prepared
    demanded: Preconditions = NO_PRECONDITIONS
    relabels: bool = False

    def looks_at(self) -> Keys:
        """The resource; of an ImagingStudy, whether another one has its UID."""
        return {RESOURCES: (self.prepared.key,), **_study_of(self.scope, self.prepared)}

    def write(self, desk: Desk) -> Written:
        """Write it."""
        return desk.put(self.prepared, method="PUT", demanded=self.demanded, relabels=self.relabels)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateMatch(RecordUnit[Written]):
    """Updates the one match of criteria, or creates where there is none (http.html#cond-update)."""

    received: Received
    new_id: str
    criteria: Criteria
    demanded: Preconditions = NO_PRECONDITIONS

    def looks_at(self) -> Keys:
        """Who is asked for."""
        return self.criteria.looks_at(self.scope)

    def write(self, desk: Desk) -> Written:
        """Search, then write."""
        return update_where(desk, self.received, self.new_id, self.criteria, self.demanded)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchResource(RecordUnit[Written]):
    """Writes what a patch made of the version `base`, if that is the current one still (http.html#patch).

    With `criteria` it is their one match still, too.
    """

    prepared: Prepared
    base: int
    criteria: Criteria | None = None
    demanded: Preconditions = NO_PRECONDITIONS

    def looks_at(self) -> Keys:
        """The resource, and who is asked for; of an ImagingStudy, whether another one has its UID."""
        asked = self.criteria.looks_at(self.scope) if self.criteria else {}
        return {RESOURCES: (self.prepared.key,), **asked, **_study_of(self.scope, self.prepared)}

    def write(self, desk: Desk) -> Written:
        """Search, then write."""
        if self.criteria:
            require_matched(self.prepared, only_match(desk, self.criteria))
        return desk.put(self.prepared, method="PATCH", demanded=self.demanded, base=self.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteResource(RecordUnit[Written | None]):
    """Deletes a resource; the answer is None where there was nothing left to delete."""

    resource_type: str
    resource_id: str
    demanded: Preconditions = NO_PRECONDITIONS

    def looks_at(self) -> Keys:
        """The resource."""
        return {RESOURCES: (resource_key(self.scope.tenant, self.resource_type, self.resource_id),)}

    def write(self, desk: Desk) -> Written | None:
        """Delete it."""
        return desk.delete(self.resource_type, self.resource_id, self.demanded)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteMatch(RecordUnit[Written | None]):
    """Deletes the one match of criteria; several are refused (http.html#3.1.0.7.1)."""

    criteria: Criteria
    demanded: Preconditions = NO_PRECONDITIONS

    def looks_at(self) -> Keys:
        """Who is asked for."""
        return self.criteria.looks_at(self.scope)

    def write(self, desk: Desk) -> Written | None:
        """Search, then delete."""
        return delete_where(desk, self.criteria, self.demanded)


def _study_of(scope: AccessScope, prepared: Prepared) -> Keys:
    key = named_study(scope, prepared.study) if prepared.study is not None else None
    return {STUDIES: (key,)} if key else {}
