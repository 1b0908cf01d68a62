"""The search parameters, compartments and reference elements (FHIR R4 search.html, compartmentdefinition).

HL7's own come from `definitions/`. A further one is a FHIR SearchParameter resource in a file of
`search_parameters/`, read at start: with the same `code` and `base` as one of HL7's it takes its place.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fhir_profiles.definitions.expressions import UnreadableExpression, parse, parts_for
from fhir_profiles.validation.structure import RESOURCE_TYPES, elements, is_complex, kinds, read_table

__all__ = [
    "ADDABLE",
    "OF_RESOURCE",
    "RESOURCE_TYPES",
    "Component",
    "SearchParameter",
    "check_part",
    "compartment_parameters",
    "in_patient_compartment",
    "is_shared",
    "reference_elements",
    "reference_paths",
    "search_parameter",
    "search_parameters",
]

OF_RESOURCE = "%resource."
"""How the path of a part of a composite begins that starts at the resource, not where that stands."""
ADDITIONS = Path(__file__).parents[1] / "search_parameters"
ADDABLE = frozenset({"token", "string", "date", "reference", "number", "quantity", "uri"})
"""The types of parameters that can be added."""


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a composite: its type and its FHIRPath parts, from where the composite stands."""

    type: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """One search parameter of one resource type.

    `type` is token, string, date, reference, number, quantity, uri, composite or special (`near`). `parts` is
    the union of its FHIRPath below the resource, `paths` the same as plain element paths
    (`participant.individual`).
    `targets` are the types that a reference may point to; empty where any may stand.
    """

    name: str
    type: str
    parts: tuple[str, ...]
    targets: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Element paths, each once."""
        return tuple(dict.fromkeys(parse(part).names for part in self.parts))


@cache
def search_parameters(resource_type: str) -> Mapping[str, SearchParameter]:
    """The parameters of a type by name, those of every type (`_id`, `_tag` ...) included."""
    if resource_type not in RESOURCE_TYPES:
        return MappingProxyType({})
    own = {**_TABLE["Resource"], **_TABLE.get(resource_type, {}), **_ADDED.get(resource_type, {})}
    return MappingProxyType({name: _parameter(name, row) for name, row in own.items()})


def search_parameter(resource_type: str, name: str) -> SearchParameter | None:
    """One parameter, or None where the type has none of that name."""
    return search_parameters(resource_type).get(name)


def compartment_parameters(resource_type: str) -> tuple[str, ...]:
    """The reference parameters that put a resource in a Patient's compartment; of Patient its own `_id`."""
    return ("_id",) if resource_type == "Patient" else tuple(_COMPARTMENT.get(resource_type, ()))


def in_patient_compartment(resource_type: str) -> bool:
    """Whether resources of the type belong to patients at all."""
    return resource_type in _COMPARTMENT


def is_shared(resource_type: str) -> bool:
    """Whether resources of the type are there for everybody to read: none of them is about a patient."""
    return resource_type in _SHARED


def reference_paths(resource_type: str, name: str) -> tuple[str, ...]:
    """The element paths of a reference parameter, as `extraction` writes them on its edges."""
    found = search_parameter(resource_type, name)
    return found.paths if found and found.type == "reference" else ()


@cache
def reference_elements() -> frozenset[str]:
    """The names of all elements of R4 that can hold a Reference: the closed list of relationship types."""
    every = (element for kind in kinds() for element in elements(kind).values())
    return frozenset(element.name for element in every if "Reference" in element.types)


def _parameter(name: str, row: Mapping[str, Any]) -> SearchParameter:
    components = tuple(Component(each["type"], tuple(each["paths"])) for each in row.get("components", ()))
    return SearchParameter(name, row["type"], tuple(row["paths"]), tuple(row.get("target", ())), components)


def read_additions(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the SearchParameter resources of a folder, `{type: {name: row}}`.

    Raises `ValueError` for a bad file, with its name.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            for base, row in _rows(json.loads(path.read_text(encoding="utf-8"))):
                found.setdefault(base, {}).update(row)
        except (KeyError, ValueError) as error:
            raise ValueError(f"search parameter {path.name}: {error!r}") from error
    return found


def _rows(resource: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if resource["resourceType"] != "SearchParameter" or resource["type"] not in ADDABLE:
        raise ValueError("not a SearchParameter of a type that can be added")
    for base in resource["base"]:
        paths = parts_for(resource["expression"], base)
        if not paths or base not in RESOURCE_TYPES:
            raise ValueError(f"nothing to search in {base}")
        for part in paths:
            check_part(part, base)
        row = {"type": resource["type"], "paths": paths, "target": resource.get("target", ())}
        yield base, {resource["code"]: row}


def check_part(part: str, base: str) -> None:
    """Raise `UnreadableExpression` unless each step is an element of the type before it."""
    kind = base
    for step in parse(part).steps:
        element = elements(kind).get(step.name) if is_complex(kind) else None
        if element is None:
            raise UnreadableExpression(part)
        kind = step.only or element.types[0]


_TABLE: Mapping[str, Mapping[str, Any]] = read_table("search-parameters.json")
_COMPARTMENT: Mapping[str, list[str]] = read_table("compartment-patient.json")
_SHARED: frozenset[str] = frozenset(
    each for types in read_table("shared-types.json").values() for each in types
)
_ADDED = read_additions(ADDITIONS)
