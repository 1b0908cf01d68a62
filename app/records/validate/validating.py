"""The use case that validates a resource on request (FHIR R4 resource-operation-validate.html)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import orjson

from app.records.validate.library import ProfileLibrary
from fhir_profiles.conformance.checking import issues_of
from fhir_profiles.issues import Issue
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


class ValidationMode(StrEnum):
    """What the resource would be used for (valueset-resource-validation-mode)."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    PROFILE = "profile"


class RecordValidation:
    """Tells what is wrong with a resource, as a write would be told, with warnings besides."""

    def __init__(self, resources: ResourceStore, profiles: ProfileLibrary) -> None:
        self._resources = resources
        self._profiles = profiles

    def stored(
        self, scope: AccessScope, resource_type: str, resource_id: str, profiles: Iterable[str] = ()
    ) -> tuple[Issue, ...]:
        """What is wrong with the current version of a resource; raises `NotFound` and `Gone`."""
        scope.require("fhir.read")
        version = self._resources.read(scope, resource_type, resource_id)
        return issues_of(orjson.loads(version.body), self._profiles.known(scope), profiles)

    def deletion(self, scope: AccessScope, resource_type: str, resource_id: str) -> tuple[Issue, ...]:
        """What forbids to delete a resource: nothing that is there; raises `NotFound` and `Gone`."""
        scope.require("fhir.read")
        self._resources.read(scope, resource_type, resource_id)
        return ()

    def sent(
        self,
        scope: AccessScope,
        resource: Mapping[str, Any],
        *,
        resource_type: str | None,
        resource_id: str | None,
        mode: ValidationMode,
        profiles: Iterable[str] = (),
    ) -> tuple[Issue, ...]:
        """What is wrong with a resource that was sent, as one of a type and id where they are told."""
        scope.require("fhir.read")
        found = issues_of(resource, self._profiles.known(scope), profiles)
        return (*_of_another(resource, resource_type, resource_id, mode), *found)


def _of_another(
    resource: Mapping[str, Any], resource_type: str | None, resource_id: str | None, mode: ValidationMode
) -> Iterable[Issue]:
    """Whether it is of the type and has the id that an update would demand (http.html#update)."""
    kind = resource.get("resourceType")
    if resource_type is not None and isinstance(kind, str) and kind != resource_type:
        yield Issue(
            "error", "invalid", "", f"a {resource_type} is validated here, and the resource is another"
        )
    elif mode is ValidationMode.UPDATE:
        sent = resource.get("id")
        if sent is None:
            yield Issue("error", "required", f"{kind}.id", "an update names the id of the resource (1..1)")
        elif resource_id is not None and sent != resource_id:
            yield Issue("error", "value", f"{kind}.id", "the id is not that of the resource in the address")
