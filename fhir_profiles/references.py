"""Literal references: what they point at, and all of a resource as edges (FHIR R4 references.html).

The resources inside a Bundle or Parameters refer to one another, not to what is stored: they make no edges.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from fhir_profiles.validation.structure import PRIMITIVES, RESOURCE_TYPES, elements, is_complex

HISTORY = "/_history/"
ENTRY = "urn:uuid:"
"""How a reference begins that names an entry of the same Bundle (bundle.html#references)."""
_LITERAL = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?")


@dataclass(frozen=True, slots=True)
class Literal:
    """A reference to a resource of this server: `Patient/123`, or one version of it."""

    type: str
    id: str
    version: str | None = None

    @property
    def target(self) -> str:
        """The resource, whatever version is meant."""
        return f"{self.type}/{self.id}"

    @property
    def versioned(self) -> str | None:
        """The version that is meant, as a reference; None where none is named."""
        return f"{self.target}{HISTORY}{self.version}" if self.version else None


@dataclass(frozen=True, slots=True)
class ReferenceEdge:
    """One literal reference: the element path (`participant.individual`), its last name, and `Type/id`.

    `version` is the one that it names, None where it names none.
    """

    path: str
    element: str
    target: str
    version: str | None = None


def literal(text: object, base: str = "") -> Literal | None:
    """What a reference's text points at here, or None: elsewhere, contained, a urn or no reference at all.

    `base` is this server's own base URL; an absolute reference below it is a local one.
    """
    if not isinstance(text, str):
        return None
    if base and text.startswith(base):
        text = text[len(base) :].lstrip("/")
    match = _LITERAL.fullmatch(text)
    return Literal(match[1], match[2], match[3]) if match and match[1] in RESOURCE_TYPES else None


def names_an_entry(text: str) -> bool:
    """Whether a reference can only mean an entry of the same Bundle, nothing that is stored."""
    return text.startswith(ENTRY)


def pointed_type(reference: Mapping[str, Any]) -> str | None:
    """The resource type that a Reference names in its text or its `type`; None where it does not."""
    text = reference.get("reference")
    if isinstance(text, str) and not text.startswith(("#", "urn:")):
        parts = text.partition(HISTORY)[0].split("/")
        if len(parts) > 1 and parts[-2] in RESOURCE_TYPES:
            return parts[-2]
    named = reference.get("type")
    return named if isinstance(named, str) and named in RESOURCE_TYPES else None


def edges(resource: Mapping[str, Any], base: str = "") -> tuple[ReferenceEdge, ...]:
    """Every literal reference to a resource of this server, those of contained resources included."""
    found: dict[ReferenceEdge, None] = {}
    for path, text in _texts(resource):
        if here := literal(text, base):
            found[ReferenceEdge(path, path.rpartition(".")[2], here.target, here.version)] = None
    return tuple(found)


def bundle_references(resource: Mapping[str, Any]) -> dict[str, str]:
    """The references that only an entry of the same Bundle resolves, `urn:uuid:…`, and where each stands."""
    return {text: path for path, text in _texts(resource) if names_an_entry(text)}


def _texts(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The element path and the text of every reference that has one."""
    found: list[tuple[str, str]] = []
    kind = resource.get("resourceType")
    if isinstance(kind, str) and kind in RESOURCE_TYPES:
        _collect(resource, kind, "", found)
    return found


@cache
def _links(kind: str) -> Mapping[str, tuple[str, str]]:
    """The JSON properties of a type that can lead to a reference: `{key: (element name, type)}`."""
    found: dict[str, tuple[str, str]] = {}
    for element in elements(kind).values():
        for key, inner in element.properties():
            if inner in PRIMITIVES:
                found[f"_{key}"] = (element.name, "Element")
            elif is_complex(inner) and (inner != "Resource" or element.name == "contained"):
                found[key] = (element.name, inner)
    return found


def _collect(value: Mapping[str, Any], kind: str, path: str, found: list[tuple[str, str]]) -> None:
    links = _links(kind)
    for key, item in value.items():
        link = links.get(key)
        if link is not None:
            name, inner = link
            for each in item if isinstance(item, list) else (item,):
                if isinstance(each, dict):
                    _visit(each, inner, f"{path}.{name}" if path else name, found)


def _visit(value: dict[str, Any], kind: str, path: str, found: list[tuple[str, str]]) -> None:
    if kind == "Reference" and isinstance(text := value.get("reference"), str):
        found.append((path, text))
    if kind == "Resource":
        kind = str(value.get("resourceType"))
        if kind not in RESOURCE_TYPES:
            return
    _collect(value, kind, path, found)
