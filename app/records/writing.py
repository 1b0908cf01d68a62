"""What one create, update or delete decides under the tenant's lock (FHIR R4 http.html#update)."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.records.drafts import Draft, Reading
from app.records.imaging_studies import adopt_uid, overlaid
from graph.commit import ResourceState, ResourceWrite, State, ValueRows, Writes
from graph.commit.values import compartment_keys, value_rows
from graph.errors import Conflict, Forbidden, Gone, NotFound, PreconditionFailed
from graph.keys import resource_key
from graph.records import ResourceVersion
from graph.scope import AccessScope
from graph.stores.settings import Settings


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one resource: its version after the request, and whether that is new."""

    version: ResourceVersion
    created: bool
    changed: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the resources of one request are written: the state under the lock, and whose request it is."""

    state: State
    writes: Writes
    scope: AccessScope
    settings: Settings
    reading: Reading

    def known(self, resource_type: str, resource_id: str) -> ResourceState | None:
        """The resource as it is, if the caller may see it; one that is not theirs is absent."""
        state = self.state.resource(resource_key(self.scope.tenant, resource_type, resource_id))
        if state is not None and not self.scope.sees(state.key, state.compartment):
            raise NotFound(f"no {resource_type}/{resource_id}")
        return state

    def put(
        self,
        draft: Draft,
        resource_id: str,
        *,
        method: str,
        if_match: int | None = None,
        references: Mapping[str, str] | None = None,
    ) -> Written:
        """Write the next version; an id that is new is created (update as create)."""
        known = self.known(draft.resource_type, resource_id)
        check_version(known, if_match)
        if known is not None and known.properties.get("managed") and not known.deleted:
            return self._overlay(known, draft, resource_id)
        return self._write(known, draft, resource_id, method, references or {})

    def delete(self, resource_type: str, resource_id: str, if_match: int | None = None) -> Written | None:
        """Write the tombstone version; None where there is nothing to delete (that is no error)."""
        known = self.known(resource_type, resource_id)
        check_version(known, if_match)
        if known is None or known.deleted:
            return None
        if known.properties.get("managed"):
            raise Conflict(
                "the study has pictures: they are deleted over DICOMweb, and the ImagingStudy with them",
                code="conflict",
            )
        write = ResourceWrite(
            key=known.key,
            resource_type=resource_type,
            resource_id=resource_id,
            version_id=known.version_id + 1,
            method="DELETE",
            body=b"",
            values=ValueRows(),
            compartment=known.compartment,
            properties={"dicomKey": None} if resource_type == "ImagingStudy" else {},
        )
        return self._add(write, created=False)

    def _write(
        self,
        known: ResourceState | None,
        draft: Draft,
        resource_id: str,
        method: str,
        references: Mapping[str, str],
    ) -> Written:
        tenant, resource_type = self.scope.tenant, draft.resource_type
        values = draft.values(self.reading, resource_id, references)
        compartment = compartment_keys(tenant, values)
        key = resource_key(tenant, resource_type, resource_id)
        self._require_own(key, compartment)
        version_id = known.version_id + 1 if known else 1
        properties: dict[str, int | str | None] = {} if known else {"serial": self.state.take_serial()}
        if resource_type == "ImagingStudy":
            properties |= adopt_uid(self.state, self.scope, key, draft.document)
        write = ResourceWrite(
            key=key,
            resource_type=resource_type,
            resource_id=resource_id,
            version_id=version_id,
            method=method,
            body=draft.stamped(resource_id, version_id, self.state.now, references),
            values=value_rows(tenant, resource_type, values),
            compartment=compartment,
            properties=properties,
        )
        return self._add(write, created=known is None or known.deleted)

    def _overlay(self, known: ResourceState, draft: Draft, resource_id: str) -> Written:
        """An update of a study that DICOM owns: the users' elements are kept, its own may not differ."""
        write = overlaid(self.state, self.settings, known, draft.document, resource_id)
        return self._add(write, created=False)

    def _require_own(self, key: str, compartment: tuple[str, ...] | None) -> None:
        """A caller with few patients writes about those only: the wrong patient in context is forbidden."""
        if not self.scope.sees_all and (compartment is None or not self.scope.sees(key, compartment)):
            raise Forbidden("the resource is about a patient who is not yours", code="forbidden")

    def _add(self, write: ResourceWrite, *, created: bool) -> Written:
        self.writes.resources.append(write)
        version = ResourceVersion(
            key=write.key,
            resource_type=write.resource_type,
            resource_id=write.resource_id,
            version_id=write.version_id,
            last_updated=self.state.now,
            sequence=0,
            method=write.method,
            body=b"" if write.snapshot else write.body,
            compartment=write.compartment,
        )
        return Written(version, created)


def check_version(known: ResourceState | None, if_match: int | None) -> None:
    """If-Match holds only for the current version (http.html#concurrency)."""
    if if_match is None:
        return
    if known is None or known.version_id != if_match:
        raise PreconditionFailed("If-Match is not the current version", location="If-Match", code="conflict")


def require_present(known: ResourceState | None, name: str) -> ResourceState:
    """The state of something that must be there."""
    if known is None:
        raise NotFound(f"no {name}")
    if known.deleted:
        raise Gone(f"{name} was deleted", code="deleted")
    return known
