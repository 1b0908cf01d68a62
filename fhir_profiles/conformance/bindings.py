"""Whether a code, Coding, Quantity or CodeableConcept is of a value set, and what would be."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from fhir_profiles.validation.validation import nearest

CodesBySystem: TypeAlias = Mapping[str, frozenset[str]]
"""The codes of a value set by code system."""


def misses(value: Any, codes: CodesBySystem) -> str | None:
    """Words on what would be right where a value has codes and none is in the set; None where all is well.

    A CodeableConcept with a text alone is let be: a binding is about codes (FHIR R4 terminologies.html#4.1).
    """
    if isinstance(value, str):
        every = frozenset().union(*codes.values())
        return None if value in every else nearest(value, every)
    if not isinstance(value, dict):
        return None
    pairs = list(coded(value))
    if not pairs or any(code in codes.get(system, ()) for system, code in pairs):
        return None
    system, code = pairs[0]
    near = nearest(code, codes.get(system) or frozenset().union(*codes.values()))
    if system in codes or len(codes) > 1:
        return near
    return f"{near}, of {next(iter(codes))}"


def coded(value: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The pairs of system and code of a Coding, Quantity or CodeableConcept."""
    codings = value.get("coding", (value,))
    for each in codings if isinstance(codings, list | tuple) else ():
        if isinstance(each, dict) and isinstance(each.get("code"), str):
            yield str(each.get("system", "")), each["code"]
