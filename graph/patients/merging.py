"""Merging two patients, and undoing it: each says so of the other, and what refers to one follows (ADR 10).

The last merge of a patient is the first to be undone, so that each is restored to the very text of before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fhir_profiles.documents import stamp
from fhir_profiles.mapping.reports import ORIGIN
from graph.clock import instant
from graph.commit import Draft, Keys, Unit, View
from graph.errors import Conflict, NotFound, TooLarge, Unprocessable
from graph.keys import resource_key, resource_of, version_key
from graph.packing import unpacked
from graph.records import ResourceVersion
from graph.resources.following import FOLLOWERS, MERGED, MERGES, Merge, Merged
from graph.resources.rewriting import ResourceJson, Rewriting, rewritten
from graph.resources.states import RESOURCES, ResourceState
from graph.resources.texts import current_texts
from graph.resources.writing import VERSIONS, ResourceWrite
from graph.scope import AccessScope
from graph.site import Site

MOST_FOLLOWERS = 20_000
"""Resources that one merge may move: they are written in its commit, for which others wait."""
_VERSION = "MATCH (v:Version {key: $version}) RETURN v.body AS body"
_COUNT = f"""
MATCH (s:Resource {{key: $source}}) {FOLLOWERS}
WITH r LIMIT $limit RETURN count(r) AS followers
"""
_PROVENANCE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a decision: the resource as it is then, and the keys of the patients whom it is about."""

    version: ResourceVersion
    whose: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MergePatients(Unit[Decision]):
    """Makes the patient `source` one with `target` (ids); the answer is the target.

    With `undone` they are parted again. Raises `NotFound`, `Conflict`, `Unprocessable` and `TooLarge`.
    """

    scope: AccessScope
    site: Site
    source: str
    target: str
    undone: bool = False

    def looks_at(self) -> Keys:
        """Both patients."""
        return {RESOURCES: self._keys}

    def decide(self, view: View, draft: Draft) -> Decision:
        """Merge or part them."""
        merging = Merging(view, draft, self.scope, self.site)
        written = (merging.part if self.undone else merging.merge)(*self._keys)
        merging.note("unmerge" if self.undone else "merge", self._keys)
        return Decision(served(written, view.now), self._keys)

    @property
    def _keys(self) -> tuple[str, str]:
        source, target = (
            resource_key(self.scope.tenant, "Patient", each) for each in (self.source, self.target)
        )
        return source, target


@dataclass(frozen=True, slots=True)
class Merging:
    """Merges and parts patients for one unit of work."""

    view: View
    draft: Draft
    scope: AccessScope
    site: Site

    def merge(self, source: str, target: str) -> ResourceWrite:
        """Draft the merge of two patients (their keys); return the version of the target.

        Raises `NotFound` where one is not there to see, `Unprocessable` for one and the same, `Conflict`
        where one of them was merged already, `TooLarge` where too much would follow.
        """
        if source == target:
            raise Unprocessable("a patient is not merged into itself", code="business-rule")
        known = [self.seen(key) for key in (source, target)]
        merged = self._merged
        for key in (source, target):
            if key in merged:
                into = resource_of(merged[key])
                raise Conflict(f"{resource_of(key)} was merged into {into}", code="conflict")
        self._bounded(source)
        texts = current_texts(self.view, (source, target))
        self.draft.add(MERGES, Merge(self.view.tenant, source, target, self.scope.subject))
        self._rewrite(known[0], texts[source], _replaced_by(resource_of(target)))
        return self._rewrite(known[1], texts[target], _replacing(resource_of(source)))

    def part(self, source: str, target: str) -> ResourceWrite:
        """Draft the end of a merge (keys): the source as it was, the target without its link.

        Raises `NotFound` where one is not there to see, `Conflict` where they are not merged, or where the
        target was merged in its turn, `TooLarge` where too much followed.
        """
        known = [self.seen(key) for key in (source, target)]
        merged = self._merged
        if merged.get(source) != target:
            raise Conflict(f"{resource_of(source)} is not merged into {resource_of(target)}", code="conflict")
        if target in merged:
            into = resource_of(merged[target])
            raise Conflict(f"{resource_of(target)} was merged into {into}: part these first", code="conflict")
        self._bounded(source)
        texts = current_texts(self.view, (target,))
        before = version_key(source, known[0].version_id - 1)
        (row,) = self.view.read(_VERSION, version=before)
        self.draft.add(MERGES, Merge(self.view.tenant, source, target, self.scope.subject, undone=True))
        self.draft.add(VERSIONS, self._restored(known[0], unpacked(row["body"])))
        return self._rewrite(known[1], texts[target], _not_replacing(resource_of(source)))

    def note(self, activity: str, keys: Sequence[str]) -> None:
        """Draft the Provenance of a decision about these resources: what was done, when, and by whom."""
        author = {"system": _PROVENANCE, "code": "author"}
        provenance: ResourceJson = {
            "resourceType": "Provenance",
            "id": self.site.new_id(),
            "meta": {"tag": [ORIGIN | {"code": "decision", "display": "A decision about identity"}]},
            "target": [{"reference": resource_of(key)} for key in keys],
            "recorded": instant(self.view.now),
            "activity": {"text": activity},
            "agent": [{"type": {"coding": [author]}, "who": {"display": self.scope.subject}}],
        }
        text = orjson.dumps(provenance)
        self.draft.add(VERSIONS, rewritten(self.view, self.site, None, text, _unchanged))

    def seen(self, key: str) -> ResourceState:
        """The resource of a key; raises `NotFound` where there is none to see."""
        known = self.view.get(RESOURCES, key)
        if known is None or known.deleted or not known.is_seen_by(self.scope):
            raise NotFound(f"no {resource_of(key)}")
        return known

    @property
    def _merged(self) -> Merged:
        return self.view.get(MERGED, self.view.tenant)

    def _bounded(self, source: str) -> None:
        (row,) = self.view.read(_COUNT, source=source, limit=MOST_FOLLOWERS + 1)
        if row["followers"] > MOST_FOLLOWERS:
            raise TooLarge(f"more than {MOST_FOLLOWERS} resources would follow", code="too-costly")

    def _rewrite(self, known: ResourceState, text: bytes, change: Rewriting) -> ResourceWrite:
        write = rewritten(self.view, self.site, known, text, change)
        self.draft.add(VERSIONS, write)
        return write

    def _restored(self, known: ResourceState, text: bytes) -> ResourceWrite:
        """The version of before once more, to the letter but for its number and moment."""
        write = rewritten(self.view, self.site, known, text, _unchanged)
        body = stamp(text, known.resource_id, str(write.version_id), instant(self.view.now))
        return ResourceWrite(
            key=write.key,
            resource_type=write.resource_type,
            resource_id=write.resource_id,
            known=known,
            version_id=write.version_id,
            method=write.method,
            body=body,
            values=write.values,
            compartment=write.compartment,
        )


def served(write: ResourceWrite, now: int) -> ResourceVersion:
    """A version as it will be read, once it is committed."""
    return ResourceVersion(
        key=write.key,
        resource_type=write.resource_type,
        resource_id=write.resource_id,
        version_id=write.version_id,
        last_updated=now,
        sequence=0,
        method=write.method,
        body=write.body,
        compartment=write.compartment,
    )


def _unchanged(document: ResourceJson) -> ResourceJson:
    return document


def _linked(document: ResourceJson, kind: str, other: str) -> ResourceJson:
    link = {"other": {"reference": other}, "type": kind}
    return {**document, "link": [*document.get("link", ()), link]}


def _replaced_by(other: str) -> Rewriting:
    return lambda document: {**_linked(document, "replaced-by", other), "active": False}


def _replacing(other: str) -> Rewriting:
    return lambda document: _linked(document, "replaces", other)


def _not_replacing(other: str) -> Rewriting:
    def change(document: ResourceJson) -> ResourceJson:
        links = [each for each in document.get("link", ()) if not _replaces(each, other)]
        rest = {name: value for name, value in document.items() if name != "link"}
        return {**rest, "link": links} if links else rest

    return change


def _replaces(link: Any, other: str) -> bool:
    return bool(link.get("type") == "replaces" and link.get("other", {}).get("reference") == other)
