"""Writing FHIR resources: create, update, delete, and their conditional forms (FHIR R4 http.html).

Reading, validation and extraction happen before the commit; versions, preconditions and criteria are decided
in it, so two clients who create "unless it exists" at once get one resource.
"""

from typing import Any, TypeVar

from app.preconditions import NO_PRECONDITIONS, Preconditions
from app.records.write.conditions import Criteria
from app.records.write.receiving import Received, prepare, receive, require_same_id, require_targets
from app.records.write.terms import WritingTerms
from app.records.write.units import CreateResource, DeleteMatch, DeleteResource, UpdateMatch, UpdateResource
from app.records.write.writing import Written, noted
from graph.commit import Unit
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

Done = TypeVar("Done", Written, Written | None)


class Records:
    """The writer of resources of one gateway."""

    def __init__(self, store: ResourceStore, terms: WritingTerms) -> None:
        self._store = store
        self._terms = terms

    def create(
        self,
        scope: AccessScope,
        resource_type: str,
        raw: bytes,
        if_none_exist: Criteria | None = None,
        demanded: Preconditions = NO_PRECONDITIONS,
    ) -> Written:
        """Create under a new id; with criteria, answer the one match instead (http.html#ccreate)."""
        scope.require_writing(resource_type)
        received = self._received(scope, raw, resource_type)
        prepared = prepare(received, self._terms.at(scope), scope.tenant, self._terms.site.new_id())
        unit = CreateResource(
            prepared=prepared, if_none_exist=if_none_exist, demanded=demanded, **self._whose(scope)
        )
        return self._committed(scope, unit)

    def update(
        self,
        scope: AccessScope,
        resource_type: str,
        resource_id: str,
        raw: bytes,
        demanded: Preconditions = NO_PRECONDITIONS,
        *,
        relabels: bool = False,
    ) -> Written:
        """Write the next version of a resource, or its first under the client's id (http.html#upsert).

        `relabels`: it has other labels than the version before, and nothing else is other.
        """
        scope.require_writing(resource_type)
        received = self._received(scope, raw, resource_type)
        require_same_id(received, resource_id)
        prepared = prepare(received, self._terms.at(scope), scope.tenant, resource_id)
        unit = UpdateResource(prepared=prepared, demanded=demanded, relabels=relabels, **self._whose(scope))
        return self._committed(scope, unit)

    def update_where(
        self, scope: AccessScope, criteria: Criteria, raw: bytes, demanded: Preconditions = NO_PRECONDITIONS
    ) -> Written:
        """Update the one match, or create where there is none (http.html#cond-update)."""
        scope.require_writing(criteria.resource_type)
        unit = UpdateMatch(
            received=self._received(scope, raw, criteria.resource_type),
            new_id=self._terms.site.new_id(),
            criteria=criteria,
            demanded=demanded,
            **self._whose(scope),
        )
        return self._committed(scope, unit)

    def delete(
        self,
        scope: AccessScope,
        resource_type: str,
        resource_id: str,
        demanded: Preconditions = NO_PRECONDITIONS,
    ) -> Written | None:
        """Delete; None where there was nothing left to delete."""
        scope.require_writing(resource_type)
        unit = DeleteResource(
            resource_type=resource_type, resource_id=resource_id, demanded=demanded, **self._whose(scope)
        )
        return self._committed(scope, unit)

    def delete_where(
        self, scope: AccessScope, criteria: Criteria, demanded: Preconditions = NO_PRECONDITIONS
    ) -> Written | None:
        """Delete the one match; several are refused (http.html#3.1.0.7.1)."""
        scope.require_writing(criteria.resource_type)
        unit = DeleteMatch(criteria=criteria, demanded=demanded, **self._whose(scope))
        return self._committed(scope, unit)

    def _committed(self, scope: AccessScope, unit: Unit[Done]) -> Done:
        return noted(scope, self._store.commit(scope, unit))

    def _received(self, scope: AccessScope, raw: bytes, resource_type: str) -> Received:
        """A resource that stands alone: no entry is beside it that it could refer to."""
        received = receive(raw, resource_type)
        require_targets(received)
        self._terms.require_met(scope, received.document)
        return received

    def _whose(self, scope: AccessScope) -> dict[str, Any]:
        return {"scope": scope, "site": self._terms.at(scope)}
