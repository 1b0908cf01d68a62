"""What one create, update or delete decides under the tenant's lock (FHIR R4 http.html#update)."""

from dataclasses import dataclass

from app.records.write.drafts import Draft, Prepared, Reading, prepare
from app.records.write.imaging_studies import adopt_uid, overlaid
from graph.commit import ResourceState, ResourceWrite, State, ValueRows, Writes
from graph.errors import Conflict, Forbidden, NotAllowed, NotFound, PreconditionFailed
from graph.keys import resource_key
from graph.records import ResourceVersion
from graph.scope import AccessScope
from graph.site import Settings

APPEND_ONLY = frozenset({"AuditEvent"})


class AppendOnly(NotAllowed):
    """Resources of this type are written once; `allow` are the methods that there are."""

    allow = ("GET", "HEAD", "POST")


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

    def prepared(self, draft: Draft, resource_id: str) -> Prepared:
        """A draft whose id only the lock could tell."""
        return prepare(draft, self.reading, self.scope.tenant, resource_id)

    def put(self, prepared: Prepared, *, method: str, if_match: int | None = None) -> Written:
        """Write the next version; an id that is new is created (update as create)."""
        known = self.state.resource(prepared.key)
        name = f"{prepared.resource_type}/{prepared.resource_id}"
        if method == "PUT":
            refuse_append_only(prepared.resource_type)
            self._require_seen(known, name)
        check_version(known, if_match)
        if known is not None and known.properties.get("managed") and not known.deleted:
            return self._overlay(known, prepared)
        return self._write(known, prepared, method)

    def delete(self, resource_type: str, resource_id: str, if_match: int | None = None) -> Written | None:
        """Write the tombstone version; None where there is nothing to delete (that is no error)."""
        refuse_append_only(resource_type)
        known = self.state.resource(resource_key(self.scope.tenant, resource_type, resource_id))
        if known is not None and not self.scope.sees(known.key, known.compartment):
            known = None  # one that is not theirs is absent
        check_version(known, if_match)
        if known is None or known.deleted:
            return None
        if known.properties.get("managed"):
            raise Conflict(
                "the study has pictures: they are deleted over DICOMweb, and the ImagingStudy with them",
                code="conflict",
            )
        return self._add(_tombstone(known, resource_id), created=False)

    def _require_seen(self, known: ResourceState | None, name: str) -> None:
        """An update reaches what the caller may see.

        A caller with few patients cannot choose ids: who could would learn which ones are taken.
        """
        if known is None and not self.scope.sees_all:
            raise NotFound(f"no {name}")
        if known is not None and not self.scope.sees(known.key, known.compartment):
            raise NotFound(f"no {name}")

    def _write(self, known: ResourceState | None, prepared: Prepared, method: str) -> Written:
        self._require_own(prepared)
        version_id = known.version_id + 1 if known else 1
        properties: dict[str, int | str | None] = {} if known else {"serial": self.state.take_serial()}
        if prepared.resource_type == "ImagingStudy":
            properties |= adopt_uid(self.state, self.scope, prepared.key, prepared.document)
        write = ResourceWrite(
            key=prepared.key,
            resource_type=prepared.resource_type,
            resource_id=prepared.resource_id,
            version_id=version_id,
            method=method,
            body=prepared.stamped(version_id, self.state.now),
            values=prepared.values,
            compartment=prepared.compartment,
            properties=properties,
        )
        return self._add(write, created=known is None or known.deleted)

    def _overlay(self, known: ResourceState, prepared: Prepared) -> Written:
        """An update of a study that DICOM owns: the users' elements are kept, its own may not differ."""
        write = overlaid(self.state, self.settings, known, prepared.document, prepared.resource_id)
        return self._add(write, created=False)

    def _require_own(self, prepared: Prepared) -> None:
        """A caller with few patients writes about those only: the wrong patient in context is forbidden."""
        compartment = prepared.compartment
        if not self.scope.sees_all and (
            compartment is None or not self.scope.sees(prepared.key, compartment)
        ):
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


def refuse_append_only(resource_type: str) -> None:
    """Refuse to change what is only ever added to."""
    if resource_type in APPEND_ONLY:
        raise AppendOnly(f"{resource_type} is neither changed nor deleted", code="not-supported")


def check_version(known: ResourceState | None, if_match: int | None) -> None:
    """If-Match holds only for the current version (http.html#concurrency)."""
    if if_match is None:
        return
    if known is None or known.version_id != if_match:
        raise PreconditionFailed("If-Match is not the current version", location="If-Match", code="conflict")


def _tombstone(known: ResourceState, resource_id: str) -> ResourceWrite:
    return ResourceWrite(
        key=known.key,
        resource_type=known.resource_type,
        resource_id=resource_id,
        version_id=known.version_id + 1,
        method="DELETE",
        body=b"",
        values=ValueRows(),
        compartment=known.compartment,
        properties={"dicomKey": None} if known.resource_type == "ImagingStudy" else {},
    )
