"""Writing FHIR resources: create, update, delete, their conditional forms, Bundles (FHIR R4 http.html).

Reading, validation and extraction happen before the lock; ids, versions, preconditions and criteria are
decided under it, so two clients who create "unless it exists" at once get one resource.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.records.bundles.entries import BundleRequest, Entry, read_bundle
from app.records.bundles.plans import Plan, plan_of
from app.records.bundles.transactions import write_plan
from app.records.search import SearchContext
from app.records.write.conditions import Criteria, create, delete_where, update_where
from app.records.write.drafts import Draft, Prepared, Reading, draft_of, prepare, require_same_id
from app.records.write.imaging_studies import study_uid
from app.records.write.writing import Desk, Written
from fhir_profiles.issues import ProfileError
from graph.commit import Reads, State, Unit, Writes
from graph.errors import HilumError
from graph.keys import resource_key, study_key
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.site import Settings

Result = TypeVar("Result")
Failure = HilumError | ProfileError


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
        prepared = self._prepare(scope, draft_of(raw, resource_type), self._settings.new_id())
        return self._commit(
            scope, lambda desk: create(desk, prepared, if_none_exist), _reads(scope, prepared)
        )

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
        prepared = self._prepare(scope, draft, resource_id)
        return self._commit(
            scope,
            lambda desk: desk.put(prepared, method="PUT", if_match=if_match),
            _reads(scope, prepared),
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
            Reads(resources=(resource_key(scope.tenant, resource_type, resource_id),)),
        )

    def delete_where(
        self, scope: AccessScope, criteria: Criteria, if_match: int | None = None
    ) -> Written | None:
        """Delete the one match; several are refused (http.html#3.1.0.7.1)."""
        scope.require("fhir.write")
        return self._commit(scope, lambda desk: delete_where(desk, criteria, if_match))

    def read_bundle(self, raw: bytes, *kinds: str) -> BundleRequest:
        """Read the text of a Bundle of requests."""
        return read_bundle(raw, self._reading.base, *kinds)

    def transaction(self, scope: AccessScope, raw: bytes) -> list[Written | None]:
        """Write a transaction Bundle, all or nothing; outcomes by entry, None where nothing was deleted."""
        return self.write_together(scope, self.read_bundle(raw, "transaction").all())

    def write_together(self, scope: AccessScope, entries: Sequence[Entry]) -> list[Written | None]:
        """Write the entries of a transaction in one commit."""
        scope.require("fhir.write")
        plan = self._plan(scope, entries)
        return self._commit(
            scope, lambda desk: write_plan(desk, plan), plan.reads(scope), weight=max(1, len(entries))
        )

    def write_each(self, scope: AccessScope, entries: Sequence[Entry]) -> list[Written | Failure | None]:
        """Write the entries of a batch, each for itself, in one commit; a failure is an outcome."""
        scope.require("fhir.write")
        plans = [self._plan_or_failure(scope, entry) for entry in entries]
        reads = [plan.reads(scope) for plan in plans if isinstance(plan, Plan)]
        return self._commit(
            scope,
            lambda desk: [_write_one(desk, plan) for plan in plans],
            _joined(reads),
            weight=max(1, len(entries)),
        )

    def context(self, scope: AccessScope, ignored: list[str] | None = None) -> SearchContext:
        """How criteria are read here; unknown parameters are collected in `ignored`, or refused."""
        return SearchContext(scope.tenant, self._reading.zone, self._reading.base, ignored)

    def _plan(self, scope: AccessScope, entries: Sequence[Entry]) -> Plan:
        return plan_of(entries, self._settings.new_id, self.context(scope), self._reading)

    def _plan_or_failure(self, scope: AccessScope, entry: Entry) -> Plan | Failure:
        try:
            return self._plan(scope, [entry])
        except (HilumError, ProfileError) as error:
            return error

    def _prepare(self, scope: AccessScope, draft: Draft, resource_id: str) -> Prepared:
        return prepare(draft, self._reading, scope.tenant, resource_id)

    def _commit(
        self,
        scope: AccessScope,
        work: Callable[[Desk], Result],
        reads: Reads | None = None,
        weight: int = 1,
    ) -> Result:
        def decide(state: State, writes: Writes) -> Result:
            return work(Desk(state, writes, scope, self._settings, self._reading))

        unit = Unit(scope=scope, decide=decide, reads=reads or Reads(), weight=weight)
        return self._store.commit(scope, unit)


def _write_one(desk: Desk, plan: Plan | Failure) -> Written | Failure | None:
    """One entry of a batch: those after it see what it writes, and a failure takes only itself."""
    if not isinstance(plan, Plan):
        return plan
    own = Desk(desk.state, Writes(), desk.scope, desk.settings, desk.reading)
    try:
        outcome = write_plan(own, plan)[0]
    except (HilumError, ProfileError) as error:
        return error
    desk.state.apply(own.writes)
    return outcome


def _reads(scope: AccessScope, prepared: Prepared) -> Reads:
    uid = study_uid(prepared.document) if prepared.resource_type == "ImagingStudy" else None
    studies = (study_key(scope.tenant, scope.partition, uid),) if uid else ()
    return Reads(resources=(prepared.key,), studies=studies)


def _joined(reads: Sequence[Reads]) -> Reads:
    names = Reads.union(reads)
    return Reads(resources=tuple(names["resources"]), studies=tuple(names["studies"]))
