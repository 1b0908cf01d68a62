"""What a resource claims: the profiles of its `meta.profile`, and the definitions of its extensions.

A profile that is not known here cannot be checked, which is told as a warning; an extension that is not known
is none of anybody's business (FHIR R4 extensibility.html), unless it modifies what it stands on. HL7's own
profiles of R4 are told and never a reason to refuse: generators claim them for what breaks them, as Synthea's
percentiles without a value do, while a profile that a site loaded is one that it wants met.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from fhir_profiles.conformance.element_rules import Profile
from fhir_profiles.conformance.known import BASE, KnownProfiles
from fhir_profiles.conformance.profile_checks import ProfileCheck
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.nodes import Node, is_kind
from fhir_profiles.validation.structure import PRIMITIVES, RESOURCE_TYPES, elements, is_complex
from fhir_profiles.validation.validation import ElementPath, IssueReport

_WARNING = "warning"
_PLACES = 4_096
_EXTENSIONS = ("extension", "modifierExtension")


class Claims:
    """Checks what is claimed by the profiles that are known; `asked` are further ones for the root."""

    def __init__(self, known: KnownProfiles, asked: Iterable[str] = ()) -> None:
        self._known = known
        self._asked = tuple(asked)

    def member_of(self, node: Node, value_set: str) -> bool | None:
        """Whether a code, Coding or CodeableConcept is in a value set; None where nobody knows."""
        return self._known.holds(node.value, value_set)

    def check(
        self,
        document: Mapping[str, Any],
        place: ElementPath,
        environment: Environment,
        report: IssueReport,
        *,
        thorough: bool,
    ) -> None:
        """Check a resource by each profile that it claims, and the root by those that were asked for.

        One of these that is not known is an error (FHIR R4 resource-operation-validate.html), else a warning.
        """
        meta = document.get("meta")
        claimed = meta.get("profile", ()) if isinstance(meta, dict) else ()
        for index, canonical in enumerate(claimed):
            if isinstance(canonical, str):
                where = ((place, "meta", None), "profile", index)
                self._by(canonical, place, where, environment, report, thorough=thorough)
        for canonical in self._asked if isinstance(place, str) else ():
            if self._known.type_of(canonical) is None:
                report("not-found", place, "the profile that was asked for is not known here")
            elif canonical not in claimed:
                self._by(canonical, place, place, environment, report, thorough=thorough)

    def _by(
        self,
        canonical: str,
        place: ElementPath,
        where: ElementPath,
        environment: Environment,
        report: IssueReport,
        *,
        thorough: bool,
    ) -> None:
        if not thorough and canonical.startswith(BASE):
            return
        profile, node = self._known.find(canonical), environment.resource
        if node is None:
            return
        kind = self._known.type_of(canonical)
        if kind is None:
            if thorough:
                report("not-found", where, "the profile is not known here and was not checked", _WARNING)
        elif not is_kind(node.kind, kind):
            report("invalid", where, f"the profile is of {kind}, not of {node.kind}")
        elif profile is not None:
            ProfileCheck(profile, self._known, environment, report, thorough=thorough).run(node, place)

    def check_extensions(
        self,
        holder: Mapping[str, Any],
        place: ElementPath,
        environment: Environment,
        report: IssueReport,
        *,
        thorough: bool,
    ) -> None:
        """Check the extensions of an object by their definitions."""
        for name in _EXTENSIONS:
            for index, each in enumerate(holder.get(name, ())):
                url = each.get("url") if isinstance(each, dict) else None
                if not isinstance(url, str):
                    continue
                where = (place, name, index)
                if thorough and ":" not in url and _is_first(place):
                    report("value", (where, "url", None), "the url of an extension is absolute")
                profile = self._known.find(url) if ":" in url else None
                if profile is not None and profile.kind == "Extension":
                    _check_use(profile, name, place, where, report)
                    if thorough:
                        _check_parts(profile, each, where, report)
                    node = Node(each, "Extension")
                    ProfileCheck(profile, self._known, environment, report, thorough=thorough).run(
                        node, where
                    )
                elif name == "modifierExtension" and thorough:
                    text = "the modifier extension is not known here; what it changes is not understood"
                    report("extension", where, text, _WARNING)


def _is_first(place: ElementPath) -> bool:
    """Whether an extension there is no part of another one, whose url may be relative."""
    return isinstance(place, str) or place[1] not in _EXTENSIONS


def _check_use(
    profile: Profile, name: str, place: ElementPath, where: ElementPath, report: IssueReport
) -> None:
    """Whether an extension stands where its definition lets it (FHIR R4 defining-extensions.html#context)."""
    modifier = bool(profile.root.modifier)
    if modifier != (name == "modifierExtension"):
        right = "modifierExtension" if modifier else "extension"
        report("extension", where, f"the extension {profile.url} stands in {right}")
    allowed = [expression for kind, expression in profile.contexts if kind == "element"]
    if not allowed or len(allowed) < len(profile.contexts):
        return
    root, names = _names(place)
    if root is not None and not any(_is_context(each, root, names) for each in allowed):
        places = ", ".join(sorted(set(allowed)))
        report("extension", where, f"the extension {profile.url} belongs on {places}", _WARNING)


def _check_parts(profile: Profile, value: Mapping[str, Any], place: ElementPath, report: IssueReport) -> None:
    """Whether each part of a complex extension that is named by it alone is one that it defines."""
    rule = profile.root.children.get("extension")
    named = [each.children["url"] for each in rule.slices.values() if "url" in each.children] if rule else []
    parts = {fixed for each in named for fixed in each.fixed}
    for index, each in enumerate(value.get("extension", ())):
        url = each.get("url")
        if isinstance(url, str) and ":" not in url and url not in parts:
            text = f"the extension {profile.url} defines no such part"
            report("extension", (place, "extension", index), text)


def _names(place: ElementPath) -> tuple[str | None, tuple[str, ...]]:
    """The resource type that a place begins with, and the element names from there; None where none is told.

    Resources in others (contained, entries) are begun anew, and their type does not stand in a place.
    """
    names: list[str] = []
    while not isinstance(place, str):
        place, step, _ = place
        if step in ("contained", "resource"):
            return None, ()
        names.append(step)
    return place, tuple(reversed(names))


def _is_context(expression: str, root: str, names: tuple[str, ...]) -> bool:
    return any(is_kind(each, expression) or each == expression for each in _contexts(root, names))


@lru_cache(maxsize=_PLACES)
def _contexts(root: str, names: tuple[str, ...]) -> frozenset[str]:
    """What an element is called: its path from the resource, from each datatype on the way, and its type."""
    kinds: list[str] = [root]
    bare = tuple(name.partition(".ofType(")[0] for name in names)
    called = {".".join((root, *bare))}
    for index, (name, step) in enumerate(zip(bare, names, strict=True)):
        kind = kinds[-1]
        element = elements(kind).get(name) if is_complex(kind) else None
        if element is None:
            return frozenset({*called, "Element"})
        called.add(".".join((kind, *bare[index:])))
        kinds.append(step.partition(".ofType(")[2].rstrip(")") or element.types[0])
    last = kinds[-1]
    extra = (
        {last, "Element"}
        if last in PRIMITIVES or last not in RESOURCE_TYPES
        else {last, "Resource", "DomainResource"}
    )
    return frozenset(called | extra)
