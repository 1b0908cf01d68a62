"""Patching resources (R4 http.html#patch): what a patch makes of a version, and writing it onto that one.

A patch is applied to the version that is read, outside of the commit, and written if that version is still
the current one in it. Where somebody was first, it is applied anew to what they wrote.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.preconditions import NO_PRECONDITIONS, CurrentVersion, Preconditions
from app.records.write.conditions import Criteria, id_of, the_one
from app.records.write.receiving import (
    Received,
    prepare,
    receive,
    require_same_id,
    require_targets,
)
from app.records.write.replaced import MOST_CARRIERS, PATIENT, left
from app.records.write.terms import WritingTerms
from app.records.write.units import PatchResource
from app.records.write.writing import Overtaken, Written, noted, refuse_ours
from fhir_profiles.patching.patches import Patch, TooMuchToPatch, UnfitPatch
from graph.errors import Conflict, NotFound, TooLarge
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

MOST_TRIES = 20
"""How often a patch is made anew before its client is told to try again."""

Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Patched:
    """What a patch made of a resource, and the number of the version that it was made of."""

    received: Received
    base: int


class Patching:
    """Patches resources of one gateway."""

    def __init__(self, store: ResourceStore, terms: WritingTerms) -> None:
        self._store = store
        self._terms = terms

    def patch(
        self,
        scope: AccessScope,
        resource_type: str,
        resource_id: str,
        patch: Patch,
        demanded: Preconditions = NO_PRECONDITIONS,
    ) -> Written:
        """Patch a resource.

        Raises `NotFound`, `Gone`, `PreconditionFailed`, `Conflict` where the patch does not fit, `Overtaken`
        where it was changed again and again, `InvalidResource` for what the patch would make of it.
        """
        refuse_ours(resource_type)
        scope.require_writing(resource_type)

        def once() -> Written:
            found = self.patched(scope, resource_type, resource_id, patch, demanded)
            return self._committed(scope, resource_id, found, demanded=demanded)

        return until_written(once)

    def patch_where(
        self,
        scope: AccessScope,
        criteria: Criteria,
        patch: Patch,
        demanded: Preconditions = NO_PRECONDITIONS,
    ) -> Written:
        """Patch the one match of criteria (http.html#patch).

        Raises what `patch` does, `NotFound` where there is no match, `PreconditionFailed` for several.
        """
        refuse_ours(criteria.resource_type)
        scope.require_writing(criteria.resource_type)

        def once() -> Written:
            resource_id = self.matched(scope, criteria)
            found = self.patched(scope, criteria.resource_type, resource_id, patch, demanded)
            return self._committed(scope, resource_id, found, criteria=criteria, demanded=demanded)

        return until_written(once)

    def matched(self, scope: AccessScope, criteria: Criteria) -> str:
        """The id of the one match.

        Raises `NotFound` where there is none, `PreconditionFailed` for several.
        """
        keys: Sequence[str] = self._store.search(scope, criteria.question()).keys
        if len(keys) > 1 and criteria.resource_type == PATIENT:
            keys = self._store.search(scope, criteria.question(MOST_CARRIERS)).keys
            keys = tuple(left({each.key: each.body for each in self._store.bodies(scope, keys)}))
        match = the_one(criteria, keys)
        if match is None:
            raise NotFound(f"no {criteria.resource_type} matches the criteria")
        return id_of(match)

    def patched(
        self,
        scope: AccessScope,
        resource_type: str,
        resource_id: str,
        patch: Patch,
        demanded: Preconditions = NO_PRECONDITIONS,
    ) -> Patched:
        """What a patch makes of the current version, validated.

        Raises what `patch` does: `Conflict` where it does not fit, `TooLarge` for too many operations.
        """
        version = self._store.read(scope, resource_type, resource_id)
        demanded.require(CurrentVersion(str(version.version_id), version.last_updated))
        received = receive(_applied(patch, version), resource_type)
        self._terms.require_met(scope, received.document)
        if received.resource_id is not None:
            require_same_id(received, resource_id)
        return Patched(received, version.version_id)

    def _committed(self, scope: AccessScope, resource_id: str, found: Patched, **conditions: Any) -> Written:
        require_targets(found.received)
        site = self._terms.at(scope)
        prepared = prepare(found.received, site, scope.tenant, resource_id)
        unit = PatchResource(prepared=prepared, base=found.base, scope=scope, site=site, **conditions)
        return noted(scope, self._store.commit(scope, unit))


def until_written(once: Callable[[], Done]) -> Done:
    """Do what may be overtaken until it is not; raises `Overtaken` after `MOST_TRIES`."""
    for _ in range(MOST_TRIES - 1):
        try:
            return once()
        except Overtaken:
            continue
    return once()


def _applied(patch: Patch, version: ResourceVersion) -> bytes:
    try:
        return patch.applied(version.body.decode()).encode()
    except UnfitPatch as error:
        (issue,) = error.issues
        raise Conflict(issue.diagnostics, location=issue.expression, code=issue.code) from None
    except TooMuchToPatch as error:
        (issue,) = error.issues
        raise TooLarge(issue.diagnostics, code=issue.code) from None
