"""What one create, update or delete decides (FHIR R4 http.html#update)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.preconditions import NO_PRECONDITIONS, CurrentVersion, Preconditions
from app.records.write.own_writes import (
    REPORTING,
    about_studies,
    authorship,
    refuse_reporting,
    require_allowed,
    require_author,
    require_granted,
)
from app.records.write.receiving import Prepared, Received, prepare
from app.records.write.replaced import PATIENT, with_links
from app.security.scopes import SYSTEM
from graph import commit
from graph.allowances import Deed
from graph.errors import Conflict, NotAllowed, NotFound, Unprocessable
from graph.keys import resource_key, resource_of
from graph.records import ResourceVersion
from graph.resources.following import MERGED
from graph.resources.states import RESOURCES, ResourceState
from graph.resources.writing import VERSIONS, ResourceWrite, ended, next_version
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.overlaying import announced_key, overlaid
from graph.studies.transcripts import refuse_transcript
from graph.workitems.versions import refuse_workitem

Outcome = TypeVar("Outcome")
WRITTEN_BY_HILUM = frozenset({"AuditEvent"})


class WrittenByHilum(NotAllowed):
    """Nobody else writes resources of this type; `allow` are the methods that there are."""

    allow = ("GET", "HEAD")

    def __init__(self, resource_type: str) -> None:
        super().__init__(
            f"{resource_type} is written by Hilum alone, as it notes each access", code="not-supported"
        )


class Overtaken(Conflict):
    """What a patch was made on is not the current version any more: it is to be made anew."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one resource: its version after the request, and whether that is new.

    `whose` are the keys of the patients whose record it was of before, and is of now.
    """

    version: ResourceVersion
    created: bool
    changed: bool = True
    whose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the resources of one request are written: what is seen, what is drafted, whose request it is."""

    view: commit.View
    draft: commit.Draft
    scope: AccessScope
    site: Site

    def prepared(self, received: Received, resource_id: str) -> Prepared:
        """A resource whose id only the commit could tell."""
        return prepare(received, self.site, self.scope.tenant, resource_id)

    def put(
        self,
        prepared: Prepared,
        *,
        method: str,
        demanded: Preconditions = NO_PRECONDITIONS,
        made_up: bool = False,
        base: int | None = None,
        relabels: bool = False,
        reporting: Mapping[str, str | None] | None = None,
    ) -> Written:
        """Write the next version; an id that is new is created (update as create), also one `made_up` here.

        `relabels`: it changes the labels alone; `reporting` are properties of the node of what belongs to a
        report, which nobody else changes. What a patch made is written onto the version `base` only.

        Raises `Overtaken` where that is not the current one, `NotFound` for one that the caller may not see,
        `Forbidden` for what they may not write, `Conflict` for a patient who was merged into another,
        `PreconditionFailed` where the current version is not what is `demanded`, `WrittenByHilum` for a type
        that nobody else writes, `Unprocessable` for what tells of a DICOM report, is a workitem, is kept
        for a reader, or belongs to a report that is written here.
        """
        refuse_ours(prepared.resource_type)
        kind = Deed.CREATE if method == "POST" or made_up else Deed.UPDATE
        scope = self.scope.allowed(kind, prepared.resource_type)
        known = self.view.get(RESOURCES, prepared.key)
        name = f"{prepared.resource_type}/{prepared.resource_id}"
        if method != "POST" and not made_up:
            self._require_seen(scope, known, prepared.resource_type, name)
        refuse_transcript(known)
        refuse_workitem(known)
        refuse_kept(self.scope, known, prepared.kept)
        if reporting is None and not relabels:
            refuse_reporting(known)
        self._refuse_merged(prepared.key)
        if reporting is None:
            require_author(self.scope, known)
        demanded.require(current_version(known))
        if base is not None and (known is None or known.version_id != base):
            raise Overtaken(f"{name} was changed meanwhile")
        prepared = self._linked(prepared)
        if known is not None and known.managed and prepared.study is not None:
            require_allowed(scope, prepared)
            write = overlaid(self.view, self.site, known, prepared.study)
            return self._add(write, created=False)
        if known is None or known.deleted:
            scope = self.scope.allowed(Deed.CREATE, prepared.resource_type)
        require_allowed(scope, prepared)
        return self._write(known, prepared, method, reporting)

    def delete(
        self, resource_type: str, resource_id: str, demanded: Preconditions = NO_PRECONDITIONS
    ) -> Written | None:
        """Write the tombstone version; None where there is nothing to delete, which is no error.

        Raises `Conflict` for a study with pictures and for merged patients, `Forbidden` for what the caller
        may not change, `PreconditionFailed` where the current version is not what is `demanded`,
        `WrittenByHilum` for a type that nobody else writes, `Unprocessable` for what tells of a
        DICOM report, is a workitem or kept for a reader.
        """
        refuse_ours(resource_type)
        scope = self.scope.allowed(Deed.DELETE, resource_type)
        known = self.view.get(RESOURCES, resource_key(scope.tenant, resource_type, resource_id))
        if known is not None and not known.is_seen_by(scope):
            known = None  # one that is not theirs is absent
        refuse_transcript(known)
        refuse_workitem(known)
        refuse_kept(self.scope, known)
        refuse_reporting(known)
        require_author(self.scope, known)
        demanded.require(current_version(known))
        if known is None or known.deleted:
            return None
        self._refuse_merged(known.key, deleting=True)
        if known.managed:
            raise Conflict(
                "the study has pictures: they are deleted over DICOMweb, and the ImagingStudy with them",
                code="conflict",
            )
        lost = {"dicomKey": None} if known.resource_type == "ImagingStudy" else {}
        return self._add(ended(known, lost), created=False)

    def _require_seen(
        self, scope: AccessScope, known: ResourceState | None, resource_type: str, name: str
    ) -> None:
        """An update reaches what the caller may see.

        From whom some are hidden cannot choose ids: who could would learn which ones are taken. What consents
        hide is another's decision at any time, so of that the site says whether anybody can.
        """
        if known is None:
            chosen = self.site.chosen_ids or scope.role == SYSTEM
            hidden = not chosen or scope.right.hides_some(resource_type)
        else:
            hidden = not known.is_seen_by(scope)
        if hidden:
            raise NotFound(f"no {name}")

    def _refuse_merged(self, key: str, *, deleting: bool = False) -> None:
        """Leave a patient who was merged into another as they are, and one with merged ones there."""
        merged = self.view.get(MERGED, self.view.tenant)
        if key in merged:
            raise Conflict(f"merged into {resource_of(merged[key])}: part them first", code="conflict")
        if deleting and key in merged.values():
            raise Conflict("other patients are merged into this one: part them first", code="conflict")

    def _linked(self, prepared: Prepared) -> Prepared:
        """A Patient still says who were merged into them: who wrote the text need not know of it."""
        if prepared.resource_type != PATIENT:
            return prepared
        merged = self.view.get(MERGED, self.view.tenant)
        others = [resource_of(source) for source, target in merged.items() if target == prepared.key]
        return with_links(prepared, others, self.site, self.scope.tenant) if others else prepared

    def _write(
        self,
        known: ResourceState | None,
        prepared: Prepared,
        method: str,
        reporting: Mapping[str, str | None] | None,
    ) -> Written:
        require_granted(self.scope, self.view, prepared)
        prepared = about_studies(self.scope, known, prepared)
        version_id = next_version(known)
        properties: dict[str, str | None] = {**authorship(self.scope, known)}
        if reporting is not None:
            properties |= {REPORTING: prepared.resource_type, **reporting}
        if prepared.study is not None:
            properties["dicomKey"] = announced_key(self.view, self.scope, prepared.key, prepared.study)
        write = ResourceWrite(
            key=prepared.key,
            resource_type=prepared.resource_type,
            resource_id=prepared.resource_id,
            known=known,
            version_id=version_id,
            method=method,
            body=prepared.stamped(version_id, self.view.now),
            values=prepared.values,
            compartment=prepared.compartment,
            properties=properties,
        )
        return self._add(write, created=known is None or known.deleted)

    def _add(self, write: ResourceWrite, *, created: bool) -> Written:
        self.draft.add(VERSIONS, write)
        version = ResourceVersion(
            key=write.key,
            resource_type=write.resource_type,
            resource_id=write.resource_id,
            version_id=write.version_id,
            last_updated=self.view.now,
            sequence=0,
            method=write.method,
            body=b"" if write.snapshot else write.body,
            compartment=write.compartment,
        )
        before = write.known.compartment if write.known else None
        return Written(version, created, whose=(*(before or ()), *version.whose))


def refuse_ours(resource_type: str) -> None:
    """Refuse to write what Hilum alone writes.

    Raises `WrittenByHilum`.
    """
    if resource_type in WRITTEN_BY_HILUM:
        raise WrittenByHilum(resource_type)


def refuse_kept(scope: AccessScope, known: ResourceState | None, kept: str | None = None) -> None:
    """Refuse to write what is, or would be, kept for one reader: the gateway does that alone.

    Raises `Unprocessable`.
    """
    if scope.role != SYSTEM and (kept or (known is not None and known.traits.kept)):
        raise Unprocessable(
            "what is kept for one reader is written by the gateway, and answered at /feedback",
            location="meta.security",
            code="business-rule",
        )


def noted(scope: AccessScope, done: Outcome) -> Outcome:
    """Return what became of a write, having noted what was written and whose record it is."""
    if isinstance(done, Written):
        scope.concerns((*done.whose, done.version.key))
    return done


def current_version(known: ResourceState | None) -> CurrentVersion | None:
    """What the conditions of a write are held against; None where there is no version."""
    if known is None:
        return None
    return CurrentVersion(str(known.version_id), known.properties.get("lastUpdated"), known.deleted)
