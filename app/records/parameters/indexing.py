"""Takes what a SearchParameter says, and gives the resources that are there the values of its parameters.

Done in steps that may be done twice: a resource that was indexed has the same values after it, and one that
was written meanwhile has them of that write.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fhir_profiles.definitions.added import (
    AddedParameter,
    UnsupportedParameter,
    added_parameters,
    is_offered,
)
from fhir_profiles.index.extraction import SearchValues, keep_added
from fhir_profiles.index.kept import KeptRows
from graph.errors import Invalid, TooLarge
from graph.parameters.parameters import ParameterStore, ParameterVersion, UnindexedResource
from graph.query.rows import ValueRows, value_rows
from graph.scope import AccessScope
from graph.site import Site

BATCH = 200  # resources of one transaction: some ten milliseconds in which nobody else writes
MOST_ADDED = 64  # parameters of a tenant: each is evaluated at each write of its type
_REMOVED_AT_ONCE = 2_000


@dataclass(slots=True)
class Indexing:
    """How far indexing is: resources that were looked at, and those on which an expression failed."""

    done: int = 0
    failed: int = 0


class ParameterIndexer:
    """Indexes by the parameters that tenants add."""

    def __init__(self, store: ParameterStore, site: Site) -> None:
        self._store = store
        self._site = site

    def newer(self, scope: AccessScope, after: int, limit: int) -> list[ParameterVersion]:
        """Versions of SearchParameters beyond a place in the order of all versions."""
        return self._store.newer(scope, after, limit)

    def concerns(self, scope: AccessScope, version: ParameterVersion) -> bool:
        """Whether a version changes what can be searched by: it offers a parameter, or an earlier one did."""
        if version.document is not None and is_offered(version.document):
            return True
        return any(each.resource_id == version.resource_id for each in self._store.every(scope))

    def take(self, scope: AccessScope, resource_id: str) -> tuple[AddedParameter, ...]:
        """Keep the parameters of the current version; return those that are still to be indexed.

        Writes index them from then on. Raises `Invalid` where one cannot be searched by, `TooLarge` beyond
        `MOST_ADDED`; what came from the versions before is gone then, too.
        """
        known = self._store.every(scope)
        before = [each for each in known if each.resource_id == resource_id]
        current = self._store.current(scope, resource_id)
        version = current.version if current else 0
        if before and all(each.version == version for each in before):
            return tuple(each.added for each in before if not each.added.ready)
        self._store.replace(scope, resource_id, version, ())
        for each in before:
            self._remove(scope, each.added)
        added = self._read(current)
        others = [each.added for each in known if each.resource_id != resource_id]
        _require_room(others, added)
        self._store.replace(scope, resource_id, version, added)
        return added

    def size(self, scope: AccessScope, added: AddedParameter) -> int:
        """How many resources are to be looked at for a parameter."""
        return self._store.size(scope, added.resource_type)

    def batch(self, scope: AccessScope, added: AddedParameter, after: int, state: Indexing) -> int | None:
        """Index the next resources behind a creation number; return the last of them, None where none is."""
        page = self._store.unindexed(scope, added.resource_type, after, BATCH)
        if not page:
            return None
        found = [(each, self._values(scope, added, each, state)) for each in page if each.document]
        self._store.fill(scope, added, found)
        state.done += len(page)
        return page[-1].serial

    def finish(self, scope: AccessScope, resource_id: str) -> None:
        """Let the parameters of the current version be asked."""
        current = self._store.current(scope, resource_id)
        if current is not None:
            self._store.make_ready(scope, resource_id, current.version)

    def _read(self, current: ParameterVersion | None) -> tuple[AddedParameter, ...]:
        document = current.document if current else None
        if document is None or not is_offered(document):
            return ()
        try:
            return added_parameters(document)
        except UnsupportedParameter as error:
            raise Invalid(f"it cannot be searched by: {error}", code="not-supported") from error

    def _values(
        self, scope: AccessScope, added: AddedParameter, resource: UnindexedResource, state: Indexing
    ) -> ValueRows:
        rows = KeptRows(self._site.zone, self._site.fhir_base)
        document: Mapping[str, Any] = resource.document or {}
        if not keep_added(added, document, rows):
            state.failed += 1
        values = SearchValues(tuple(rows.terms), tuple(rows.texts), tuple(rows.spans), (), None)
        return value_rows(scope.tenant, added.resource_type, values)

    def _remove(self, scope: AccessScope, added: AddedParameter) -> None:
        while self._store.empty(scope, added, _REMOVED_AT_ONCE):
            continue


def _require_room(others: Iterable[AddedParameter], added: tuple[AddedParameter, ...]) -> None:
    names = {(each.resource_type, each.parameter.name) for each in others}
    for each in added:
        if (each.resource_type, each.parameter.name) in names:
            name = f"{each.resource_type} {each.parameter.name}"
            raise Invalid(f"another SearchParameter added {name}", code="duplicate")
    if len(names) + len(added) > MOST_ADDED:
        raise TooLarge(f"a tenant adds at most {MOST_ADDED} search parameters", code="too-costly")
