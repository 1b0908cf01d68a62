"""The use case that reads one resource (FHIR R4 http.html#read, #vread)."""

from collections.abc import Iterable, Mapping, Sequence

from graph.allowances import Deed
from graph.keys import resource_key
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


class RecordReader:
    """Reads versions of resources."""

    def __init__(self, resources: ResourceStore) -> None:
        self._resources = resources

    def current(self, scope: AccessScope, resource_type: str, resource_id: str) -> ResourceVersion:
        """The current version; raises `NotFound` where there is none to see, `Gone` where it was deleted."""
        scope.require("fhir.read")
        return self._resources.read(scope, resource_type, resource_id)

    def version(
        self, scope: AccessScope, resource_type: str, resource_id: str, version_id: int
    ) -> ResourceVersion:
        """One version, as it was; raises `NotFound`, and `Gone` for the version that is the deletion."""
        scope.require("fhir.read")
        return self._resources.version(scope, resource_type, resource_id, version_id)

    def named(
        self, scope: AccessScope, names: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], ResourceVersion]:
        """The current versions of those that there are to see, by type and id."""
        scope.require("fhir.read")
        scope = scope.to(Deed.READ)
        keys = {resource_key(scope.tenant, *name): name for name in sorted(names)}
        found = [each for each in self._resources.bodies(scope, list(keys)) if not each.deleted]
        scope.concerns(key for each in found for key in each.whose)
        return {keys[each.key]: each for each in found}

    def texts(self, scope: AccessScope, versions: Sequence[ResourceVersion]) -> Mapping[str, bytes]:
        """The texts of versions that the caller has just written, by key.

        What the commit did not write itself, such as a study that pictures own, is read.
        """
        texts = {version.key: version.body for version in versions if version.body}
        if missing := [version.key for version in versions if not version.body]:
            texts |= {found.key: found.body for found in self._resources.bodies(scope, missing)}
        return texts
