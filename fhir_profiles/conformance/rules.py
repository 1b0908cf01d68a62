"""The rules of R4's own types that structure does not say, from the tables in `definitions`.

Each type's are compiled when the first value of it is looked at.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import orjson

from fhir_profiles.fhirpath.expression import CompiledExpression, compiled
from fhir_profiles.validation.structure import (
    DEFINITIONS,
    RESOURCE_TYPES,
    elements,
    value_set,
    value_set_url,
)

_DOMAIN = "DomainResource"
_DOUBTED = frozenset({"sdf-4"})
"""Errors that HL7's own definitions make, as the logical models of its patterns do: warnings here."""
_NOT_DOMAIN = frozenset({"Binary", "Bundle", "Parameters"})


class InvariantRule(NamedTuple):
    """A rule in FHIRPath: its key, severity, condition, and what it says in words."""

    key: str
    severity: str
    condition: CompiledExpression
    human: str


class ElementInvariant(NamedTuple):
    """A rule of one element of a type: the JSON property, its datatype and its step, and the rule."""

    property: str
    kind: str
    step: str
    rule: InvariantRule


class ReferenceTarget(NamedTuple):
    """What a property may refer to."""

    property: str
    step: str
    types: frozenset[str]


class Binding(NamedTuple):
    """An extensible binding: what a property's codes should be."""

    property: str
    step: str
    kind: str
    codes: Mapping[str, frozenset[str]]
    url: str


class TypeRules(NamedTuple):
    """All rules of a type."""

    invariants: tuple[InvariantRule, ...]
    elements: tuple[ElementInvariant, ...]
    targets: tuple[ReferenceTarget, ...]
    bindings: tuple[Binding, ...]

    def __bool__(self) -> bool:
        return any(self[:])


@cache
def rules_of(kind: str) -> TypeRules | None:
    """The rules of a type; None where there are none, as of most datatypes."""
    listed = [*_invariants().get(kind, ())]
    if kind in RESOURCE_TYPES and kind not in _NOT_DOMAIN:
        listed += _invariants()[_DOMAIN]
    made = [(element, _invariant(*rule)) for element, *rule in listed]
    found = TypeRules(
        tuple(rule for element, rule in made if not element),
        tuple(each for element, rule in made if element for each in _of_element(kind, element, rule)),
        tuple(_targets(kind)),
        tuple(_bindings(kind)),
    )
    return found or None


def _invariant(key: str, severity: str, place: str, human: str) -> InvariantRule:
    return InvariantRule(key, "warning" if key in _DOUBTED else severity, _condition(place), human)


def _of_element(kind: str, name: str, rule: InvariantRule) -> list[ElementInvariant]:
    element = elements(kind)[name.removesuffix("[x]")]
    return [
        ElementInvariant(
            key, inner, f"{element.name}.ofType({inner})" if element.choice else element.name, rule
        )
        for key, inner in element.properties()
    ]


def _targets(kind: str) -> list[ReferenceTarget]:
    found = []
    for name, types in _table("targets.json").get(kind, {}).items():
        element = elements(kind)[name]
        key = next(key for key, inner in element.properties() if inner == "Reference")
        step = f"{name}.ofType(Reference)" if element.choice else name
        found.append(ReferenceTarget(key, step, frozenset(types.split("|"))))
    return found


def _bindings(kind: str) -> list[Binding]:
    found = []
    for name, named in _table("bindings.json").get(kind, {}).items():
        element = elements(kind)[name]
        for key, inner in element.properties():
            if inner in ("code", "Coding", "CodeableConcept"):
                step = f"{name}.ofType({inner})" if element.choice else name
                found.append(Binding(key, step, inner, value_set(named), value_set_url(named)))
    return found


@cache
def _table(name: str) -> Mapping[str, Mapping[str, str]]:
    read: Mapping[str, Mapping[str, str]] = orjson.loads((DEFINITIONS / name).read_bytes())
    return read


@cache
def _trees() -> Mapping[str, Mapping[str, list[object]]]:
    read: Mapping[str, Mapping[str, list[object]]] = orjson.loads(
        (DEFINITIONS / "invariants.json").read_bytes()
    )
    return read


def _invariants() -> Mapping[str, list[list[str]]]:
    return _trees()["rules"]  # type: ignore[return-value]


@cache
def _condition(place: str) -> CompiledExpression:
    return compiled(_trees()["expressions"][place])


def known_invariants() -> frozenset[str]:
    """The keys of all rules that R4's types have."""
    return frozenset(rule[1] for rules in _invariants().values() for rule in rules)
