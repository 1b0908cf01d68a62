"""A profile as a tree of what it demands of each element (FHIR R4 profiling.html, elementdefinition.html).

A StructureDefinition with a snapshot is read as it stands there. One with a differential alone is laid over
the tree of its base, element by element, which is what a snapshot would say; what R4's own types demand is no
part of it, since `validation` has looked at that.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from fhir_profiles.conformance.rules import InvariantRule, known_invariants
from fhir_profiles.fhirpath.errors import NotAnExpression
from fhir_profiles.fhirpath.expression import compile_expression

UNBOUNDED = 1 << 30


@dataclass(slots=True)
class AllowedType:
    """A type that an element may have, the profiles that it must meet, and those of what it refers to."""

    code: str
    profiles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


@dataclass(slots=True)
class Slicing:
    """How the values of an element are told apart, by pairs of type and path; whether others may be there."""

    discriminators: tuple[tuple[str, str], ...]
    closed: bool = False


@dataclass(slots=True)
class ElementRule:
    """What a profile demands of one element, or of one slice of it."""

    name: str
    slice_name: str = ""
    least: int | None = None
    most: int | None = None
    types: tuple[AllowedType, ...] = ()
    fixed: tuple[Any, ...] = ()
    pattern: tuple[Any, ...] = ()
    least_value: Any = None
    most_value: Any = None
    longest: int | None = None
    binding: tuple[str, str] | None = None
    invariants: tuple[InvariantRule, ...] = ()
    slicing: Slicing | None = None
    modifier: bool | None = None
    same_as: str = ""
    children: dict[str, "ElementRule"] = field(default_factory=dict)
    slices: dict[str, "ElementRule"] = field(default_factory=dict)

    def child(self, name: str) -> "ElementRule":
        """The rule of a child, made where there is none yet."""
        return self.children.setdefault(name, ElementRule(name))

    def slice(self, name: str) -> "ElementRule":
        """The rule of a slice, made where there is none yet."""
        return self.slices.setdefault(name, ElementRule(self.name, name))


@dataclass(frozen=True, slots=True)
class Profile:
    """A StructureDefinition ready to be checked: its canonical, the type it constrains, and its rules."""

    url: str
    kind: str
    root: ElementRule
    contexts: tuple[tuple[str, str], ...] = ()


def read_profile(definition: Mapping[str, Any], base: Profile | None) -> Profile:
    """Make a profile of a StructureDefinition over that of its base, None where that is one of R4's types."""
    kind = str(definition.get("type", ""))
    snapshot = _elements(definition, "snapshot")
    root = deepcopy(base.root) if base is not None and not snapshot else ElementRule(kind)
    for element in snapshot or _elements(definition, "differential"):
        _lay(root, element)
    contexts = tuple(
        (str(each.get("type", "")), str(each.get("expression", "")))
        for each in definition.get("context", ())
        if isinstance(each, dict)
    )
    return Profile(str(definition.get("url", "")), kind, root, contexts)


def _elements(definition: Mapping[str, Any], view: str) -> list[Mapping[str, Any]]:
    held = definition.get(view)
    listed = held.get("element") if isinstance(held, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _lay(root: ElementRule, element: Mapping[str, Any]) -> None:
    """Lay one element of a differential or snapshot over the rules that are there."""
    rule = root
    for name, slices in _steps(element):
        rule = rule.child(name)
        for each in slices:
            rule = rule.slice(each)
    _constrain(rule, element)


def _steps(element: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names below the root, each with what slices it: of `extension:race`, the slice `race`."""
    text = str(element.get("id") or element.get("path", ""))
    if "id" not in element and element.get("sliceName"):
        text = f"{text}:{element['sliceName']}"
    for part in text.split(".")[1:]:
        name, _, sliced = part.partition(":")
        yield name, tuple(sliced.split("/")) if sliced else ()


def _constrain(rule: ElementRule, element: Mapping[str, Any]) -> None:
    if isinstance(element.get("min"), int):
        rule.least = element["min"]
    if isinstance(element.get("max"), str):
        rule.most = UNBOUNDED if element["max"] == "*" else int(element["max"])
    if "type" in element:
        rule.types = tuple(_allowed(each) for each in element["type"])
    for name, value in element.items():
        _take_value(rule, name, value)
    binding = element.get("binding")
    if isinstance(binding, dict) and "valueSet" in binding:
        rule.binding = (str(binding.get("strength", "")), str(binding["valueSet"]).partition("|")[0])
    rule.longest = element.get("maxLength", rule.longest)
    rule.modifier = element.get("isModifier", rule.modifier)
    rule.same_as = str(element.get("contentReference", rule.same_as)).partition("#")[2] or rule.same_as
    rule.invariants += tuple(_invariants(element.get("constraint", ()), rule.invariants))
    if isinstance(element.get("slicing"), dict):
        rule.slicing = _slicing(element["slicing"])


def _take_value(rule: ElementRule, name: str, value: Any) -> None:
    if name.startswith("fixed"):
        rule.fixed = (value,)
    elif name.startswith("pattern"):
        rule.pattern = (value,)
    elif name.startswith("minValue"):
        rule.least_value = value
    elif name.startswith("maxValue"):
        rule.most_value = value


def _allowed(each: Mapping[str, Any]) -> AllowedType:
    return AllowedType(
        str(each.get("code", "")).rpartition(".")[2],
        tuple(map(str, each.get("profile", ()))),
        tuple(map(str, each.get("targetProfile", ()))),
    )


def _slicing(told: Mapping[str, Any]) -> Slicing:
    discriminators = tuple(
        (str(each.get("type", "value")), str(each.get("path", "$this")))
        for each in told.get("discriminator", ())
    )
    return Slicing(discriminators, told.get("rules") == "closed")


def _invariants(
    constraints: Iterable[Mapping[str, Any]], known: Iterable[InvariantRule]
) -> Iterator[InvariantRule]:
    """The rules of an element that R4's types do not have themselves; one that cannot be read is left out."""
    keys = {each.key for each in known} | known_invariants() | {"ele-1", "ext-1"}
    for each in constraints:
        if each.get("key") not in keys and isinstance(each.get("expression"), str):
            try:
                condition = compile_expression(each["expression"])
            except NotAnExpression:
                continue
            yield InvariantRule(
                str(each.get("key", "")),
                str(each.get("severity", "error")),
                condition,
                str(each.get("human", "")),
            )
