"""Why nothing can be checked by a StructureDefinition: its type, its base or its elements are none."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fhir_profiles.conformance.known import BASE
from fhir_profiles.validation.structure import PRIMITIVES, RESOURCE_TYPES, elements, is_complex

_PROFILE, _RESOURCE = "StructureDefinition", "Resource"
_OF_A_PRIMITIVE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("id", "value"), ("string",)),
    "extension": ("Extension",),
}
_MOST_TOLD = 3


def missing_base(definition: Mapping[str, Any], is_known: Callable[[str], bool]) -> str | None:
    """The base that a profile leans on and nobody knows; None where there is none, or a snapshot says all."""
    base = definition.get("baseDefinition")
    if not _constrains(definition) or "snapshot" in definition or not isinstance(base, str):
        return None
    return None if is_known(base.partition("|")[0]) else base


def fault_of(definition: Mapping[str, Any]) -> str | None:
    """Why no resource could meet a profile, in words; None where one could."""
    if not _constrains(definition):
        return None
    kind = str(definition.get("type", "")).removeprefix(BASE)
    if not (kind in RESOURCE_TYPES or kind == _RESOURCE or kind in PRIMITIVES or is_complex(kind)):
        return "its type is none of R4"
    listed = (definition.get("snapshot") or definition.get("differential") or {}).get("element", ())
    paths = dict.fromkeys(str(each.get("path", "")) for each in listed if isinstance(each, dict))
    wrong = [path for path in paths if not _is_element(path, kind)]
    told = ", ".join(wrong[:_MOST_TOLD])
    return f"there is no such element: {told}" if wrong else None


def _constrains(definition: Mapping[str, Any]) -> bool:
    return (
        definition.get("resourceType") == _PROFILE
        and definition.get("derivation") == "constraint"
        and definition.get("kind") != "logical"
    )


def _is_element(path: str, kind: str) -> bool:
    """Whether a path leads to an element of a type; what is inside of any resource is not looked at."""
    first, *steps = path.split(".")
    kinds = {kind}
    for step in steps:
        if _RESOURCE in kinds:
            return True
        kinds = set(_inner(kinds, step))
    return bool(kinds) and first == kind


def _inner(kinds: Iterable[str], step: str) -> Iterable[str]:
    """The types that an element of some types has; none where none of them has it."""
    bare = step.removesuffix("[x]")
    for kind in kinds:
        if kind in PRIMITIVES:
            yield from _OF_A_PRIMITIVE.get(bare, ())
        for element in elements(kind).values() if is_complex(kind) else ():
            if element.name == bare:
                yield from element.types
            yield from (datatype for key, datatype in element.properties() if key == bare)
