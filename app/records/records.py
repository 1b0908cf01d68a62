"""Writing FHIR resources: create, update, delete, and their conditional forms (FHIR R4 http.html).

Reading, validation and extraction happen before the lock; ids, versions, preconditions and criteria are
decided under it, so two clients who create "unless it exists" at once get one resource.
"""

from collections.abc import Callable
from typing import TypeVar

from app.records.conditions import Criteria, create, delete_where, update_where
from app.records.drafts import Reading, draft_of, require_same_id
from app.records.writing import Desk, Written
from graph.commit import Reads, State, Unit, Writes
from graph.keys import resource_key
from graph.scope import AccessScope
from graph.stores.resources import ResourceStore
from graph.stores.settings import Settings

Result = TypeVar("Result")


class Records:
    """The writer of resources of one gateway."""

    def __init__(self, store: ResourceStore, settings: Settings, reading: Reading) -> None:
        self._store = store
        self._settings = settings
        self._reading = reading

    def create(
        self, scope: AccessScope, resource_type: str, raw: bytes, if_none_exist: Criteria | None = None
    ) -> Written:
        """Create under a new id; with criteria, answer the one match instead (http.html#ccreate)."""
        scope.require("fhir.write")
        draft = draft_of(raw, resource_type)
        new_id = self._settings.new_id()
        return self._commit(scope, lambda desk: create(desk, draft, new_id, if_none_exist))

    def update(
        self,
        scope: AccessScope,
        resource_type: str,
        resource_id: str,
        raw: bytes,
        if_match: int | None = None,
    ) -> Written:
        """Write the next version of a resource, or its first under the client's id (http.html#upsert)."""
        scope.require("fhir.write")
        draft = draft_of(raw, resource_type)
        require_same_id(draft, resource_id)
        return self._commit(
            scope,
            lambda desk: desk.put(draft, resource_id, method="PUT", if_match=if_match),
            reads=(resource_key(scope.tenant, resource_type, resource_id),),
        )

    def update_where(
        self, scope: AccessScope, criteria: Criteria, raw: bytes, if_match: int | None = None
    ) -> Written:
        """Update the one match, or create where there is none (http.html#cond-update)."""
        scope.require("fhir.write")
        draft = draft_of(raw, criteria.resource_type)
        new_id = self._settings.new_id()
        return self._commit(scope, lambda desk: update_where(desk, draft, new_id, criteria, if_match))

    def delete(
        self, scope: AccessScope, resource_type: str, resource_id: str, if_match: int | None = None
    ) -> Written | None:
        """Delete; None where there was nothing left to delete."""
        scope.require("fhir.write")
        return self._commit(
            scope,
            lambda desk: desk.delete(resource_type, resource_id, if_match),
            reads=(resource_key(scope.tenant, resource_type, resource_id),),
        )

    def delete_where(self, scope: AccessScope, criteria: Criteria) -> Written | None:
        """Delete the one match; several are refused (http.html#3.1.0.7.1)."""
        scope.require("fhir.write")
        return self._commit(scope, lambda desk: delete_where(desk, criteria))

    def run(
        self, scope: AccessScope, work: Callable[[Desk], Result], reads: tuple[str, ...], weight: int
    ) -> Result:
        """Run the work of a whole transaction Bundle in one commit."""
        scope.require("fhir.write")
        return self._commit(scope, work, reads=reads, weight=weight)

    def _commit(
        self,
        scope: AccessScope,
        work: Callable[[Desk], Result],
        reads: tuple[str, ...] = (),
        weight: int = 1,
    ) -> Result:
        def decide(state: State, writes: Writes) -> Result:
            return work(Desk(state, writes, scope, self._settings, self._reading))

        unit = Unit(scope=scope, decide=decide, reads=Reads(resources=reads), weight=weight)
        return self._store.commit(scope, unit)
