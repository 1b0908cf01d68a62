"""Which parameters a tenant added, as every process knows them: a read of the graph every other second.

A process learns of a new one up to `KNOWN_SECONDS` late. So whoever indexes what is there waits for longer
than that, after which every write has the values already.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from fhir_profiles.definitions.added import AddedParameter
from graph.errors import Unavailable
from graph.parameters.parameters import ParameterStore
from graph.scope import AccessScope
from graph.site import Site

KNOWN_SECONDS = 2.0


class AddedParameters:
    """The added parameters of each tenant, none without a store; `clock` gives seconds."""

    def __init__(
        self,
        store: ParameterStore | None,
        seconds: float = KNOWN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._seconds = seconds
        self._clock = clock
        self._known: dict[str, tuple[float, tuple[AddedParameter, ...]]] = {}

    def of(self, scope: AccessScope) -> tuple[AddedParameter, ...]:
        """All that the caller's tenant added; those that are not ready yet are written, and not asked."""
        if self._store is None:
            return ()
        known = self._known.get(scope.tenant)
        if known is not None and self._clock() < known[0]:
            return known[1]
        found = tuple(each.added for each in self._store.every(scope))
        self._known[scope.tenant] = self._clock() + self._seconds, found
        return found

    def told(self, scope: AccessScope) -> tuple[AddedParameter, ...]:
        """All that the caller's tenant added, as it was known last where the graph does not answer now."""
        try:
            return self.of(scope)
        except Unavailable:
            return self._known.get(scope.tenant, (0.0, ()))[1]

    def at(self, site: Site, scope: AccessScope) -> Site:
        """The site, with what its texts are indexed by beside the parameters of every gateway."""
        added = self.of(scope)
        return replace(site, added=added) if added else site


NOTHING_ADDED = AddedParameters(None)
