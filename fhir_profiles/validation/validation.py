"""Whether a resource is what its type says (FHIR R4 validation.html: structure, values, bindings).

The rules of each type are compiled once from the tables. An issue's `expression` is the FHIRPath of the
element (`Observation.value.ofType(Quantity).unit`); its text says what would be right, and never repeats a
value. What goes beyond structure is the business of a `Visitor` (`fhir_profiles/conformance`).
"""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, Protocol, TypeAlias

from fhir_profiles.issues import InvalidResource, Issue
from fhir_profiles.validation.invariants import INVARIANTS
from fhir_profiles.validation.primitives import CHECKS, FORMS, Check
from fhir_profiles.validation.structure import (
    PRIMITIVES,
    RESOURCE_TYPES,
    ElementDefinition,
    elements,
    value_set,
    value_set_url,
)

MOST_ISSUES = 100
_LONGEST_NAME = 64
_FEW = 12  # codes of a set that are all told
_MALFORMED = frozenset({"structure", "value"})
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHADOW = "Element"  # the kind of what stands beside a primitive

ElementPath: TypeAlias = tuple["ElementPath", str, int | None] | str
"""Where a value stands: the place around it, its step and its index; the resource type at the root."""


class IssueReport(Protocol):
    """Takes an issue; raises to end the validation where there are enough."""

    def __call__(self, code: str, place: ElementPath, diagnostics: str, severity: str = "error") -> None: ...


class Visitor(Protocol):
    """Looks at what structure cannot say, resource by resource and object by object."""

    def enter(self, kind: str, resource: dict[str, Any], place: ElementPath, *, contained: bool) -> None:
        """A resource begins; what is visited until it is left belongs to it."""

    def visit(self, kind: str, value: dict[str, Any], place: ElementPath, report: IssueReport) -> None:
        """Look at an object in which every value has its type, after those in it."""

    def leave(self, report: IssueReport, *, whole: bool) -> None:
        """The resource that was entered last ends; `whole` where every value in it has its type."""


def validate(resource: Mapping[str, Any], visitor: Visitor | None = None) -> tuple[Issue, ...]:
    """What is wrong with a parsed resource: nothing, or up to `MOST_ISSUES` errors, and as many warnings."""
    run = _Run(visitor)
    with suppress(_Enough):
        run.resource(resource, None)
    return tuple(run.issues)


def require_valid(resource: Mapping[str, Any]) -> None:
    """Raise `InvalidResource` with what `validate` finds, if anything."""
    if issues := validate(resource):
        raise InvalidResource(*issues)


class _Enough(Exception):
    """So much is wrong that the rest need not be looked at."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What may stand in one JSON property; `check` for a primitive, else its values are objects of `kind`."""

    step: str
    many: bool
    kind: str
    check: Check | None = None
    codes: frozenset[str] | None = None
    concepts: Mapping[str, frozenset[str]] | None = None
    value_set: str = ""
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    """The rules of a type: by JSON property, required elements, and choices with the properties of each."""

    rules: Mapping[str, _Rule]
    required: tuple[tuple[str, str, frozenset[str]], ...]
    choices: tuple[tuple[str, frozenset[str]], ...]


class _Run:
    """One validation: collects the issues, and the ids and local references of the resource at hand."""

    def __init__(self, visitor: Visitor | None) -> None:
        self.issues: list[Issue] = []
        self._visitor = visitor
        self._malformed = self._errors = self._doubts = 0
        self._local: list[tuple[str, ElementPath]] = []

    def resource(self, value: Any, place: ElementPath | None) -> None:
        """A resource on its own: the root, or one in a Bundle or Parameters."""
        outer, self._local = self._local, []
        self._typed(value, place, contained=False)
        if self._local:
            ids = _ids_of(value.get("contained"))
            for name, where in self._local:
                if name and name not in ids:
                    self.report("invariant", where, "the reference names no contained resource (ref-1)")
        self._local = outer

    def report(self, code: str, place: ElementPath, diagnostics: str, severity: str = "error") -> None:
        """Add an issue."""
        if severity != "error":
            self._doubts += 1
            if self._doubts <= MOST_ISSUES:
                self.issues.append(Issue(severity, code, expression(place), diagnostics))
            return
        self._malformed += code in _MALFORMED
        self._errors += 1
        self.issues.append(Issue(severity, code, expression(place), diagnostics))
        if self._errors >= MOST_ISSUES:
            raise _Enough

    def _typed(self, value: Any, place: ElementPath | None, *, contained: bool) -> None:
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in RESOURCE_TYPES:
            self.report("structure", place or "", "resourceType names no FHIR R4 resource type")
            return
        here = kind if place is None else place
        if contained and "contained" in value:
            self.report("invariant", here, "a contained resource contains another (dom-2)")
        if self._visitor is not None:
            self._visitor.enter(kind, value, here, contained=contained)
        malformed = self._malformed
        self._object(kind, value, here)
        self._contained_once(value.get("contained"), here)
        if self._visitor is not None:
            self._visitor.leave(self.report, whole=malformed == self._malformed)

    def _contained_once(self, contained: Any, place: ElementPath) -> None:
        """An id names one contained resource (FHIR R4 references.html#contained)."""
        if not isinstance(contained, list) or len(contained) < 2:  # noqa: PLR2004 - one is no other
            return
        seen: set[str] = set()
        for index, each in enumerate(contained):
            name = each.get("id") if isinstance(each, dict) else None
            if isinstance(name, str) and name in seen:
                self.report("invariant", (place, "contained", index), "another contained resource has its id")
            elif isinstance(name, str):
                seen.add(name)

    def _object(self, kind: str, value: dict[str, Any], place: ElementPath) -> None:
        table = _table(kind)
        if not value:
            self.report("structure", place, "an object must not be empty")
            return
        if kind != _SHADOW and _is_bare(value):
            self._say_bare(place)
        rules, malformed = table.rules, self._malformed
        for key, item in value.items():
            rule = rules.get(key)
            if rule is None:
                self._say_unknown(key, table, place)
            elif rule.many:
                self._array(rule, key, item, value, place)
            elif type(item) is list:
                self.report("structure", (place, rule.step, None), "it must not be an array")
            else:
                self._value(rule, item, (place, rule.step, None))
                if rule.shadow and _is_bare(item) and key[1:] not in value:
                    self._say_bare((place, rule.step, None))
        self._whole(kind, table, value, place)
        if self._visitor is not None and malformed == self._malformed:
            self._visitor.visit(kind, value, place, self.report)

    def _say_bare(self, place: ElementPath) -> None:
        self.report("invariant", place, "an element has a value or children beside its id (ele-1)")

    def _say_unknown(self, key: str, table: _Table, place: ElementPath) -> None:
        """A property that is none: extensions beside what is no primitive, or no element at all."""
        beside = table.rules.get(key[1:]) if key.startswith("_") else None
        if beside is None:
            near = get_close_matches(key, [each for each in table.rules if each[0] != "_"], 1)
            hint = f"; is {near[0]} meant?" if near else ""
            self.report("structure", (place, _shown(key), None), f"there is no such element{hint}")
        else:
            self.report("structure", (place, beside.step, None), "only a primitive has extensions beside it")

    def _whole(self, kind: str, table: _Table, value: dict[str, Any], place: ElementPath) -> None:
        """What is missing, what contradicts itself."""
        for name, cardinality, keys in table.required:
            if keys.isdisjoint(value):
                self.report("required", (place, name, None), f"it is required ({cardinality}) and missing")
        for name, keys in table.choices:
            given = {key.lstrip("_") for key in keys.intersection(value)}
            if len(given) > 1:
                text = f"it may have one type only; {' and '.join(sorted(given))} are given"
                self.report("structure", (place, name, None), text)
        if (invariant := INVARIANTS.get(kind)) and (broken := invariant(value)):
            self.report("invariant", place, broken)

    def _array(self, rule: _Rule, key: str, items: Any, owner: dict[str, Any], place: ElementPath) -> None:
        if type(items) is not list or not items:
            wrong = "an array must not be empty" if items == [] else "it must be an array"
            self.report("structure", (place, rule.step, None), wrong)
            return
        if rule.shadow and _is_of_another_length(items, owner.get(key[1:])):
            text = (
                "the arrays of its values and of what stands beside them have as many items (nulls fill them)"
            )
            self.report("structure", (place, rule.step, None), text)
        for index, item in enumerate(items):
            if item is not None:
                self._value(rule, item, (place, rule.step, index))
                if rule.shadow and _is_bare(item) and not _has_partner(rule, key, index, owner):
                    self._say_bare((place, rule.step, index))
            elif not _has_partner(rule, key, index, owner):
                self.report("structure", (place, rule.step, index), "null stands for nothing here")

    def _value(self, rule: _Rule, item: Any, place: ElementPath) -> None:
        if rule.check is not None:
            if not rule.check(item):
                self.report("value", place, _expected(rule.kind))
            elif rule.codes is not None and item not in rule.codes:
                near = nearest(item, rule.codes)
                self.report(
                    "code-invalid",
                    place,
                    f"it is not a code of the required value set {rule.value_set}{near}",
                )
        elif type(item) is not dict:
            self.report("structure", place, "it must be an object")
        elif rule.kind == "Resource":
            if rule.step == "contained":
                self._typed(item, place, contained=True)
            else:
                self.resource(item, place)
        else:
            self._object(rule.kind, item, place)
            self._beyond(rule, item, place)

    def _beyond(self, rule: _Rule, item: dict[str, Any], place: ElementPath) -> None:
        """What cannot be said of the object alone."""
        if rule.concepts is not None and not _is_bound(rule.concepts, item):
            near = nearest(_first_code(item), frozenset().union(*rule.concepts.values()))
            said = f"it has no code of the required value set {rule.value_set}{near}"
            self.report("code-invalid", place, said)
        if rule.kind == "Reference":
            text = item.get("reference")
            if type(text) is str and text.startswith("#"):
                self._local.append((text[1:], place))


def _ids_of(contained: Any) -> set[str]:
    """The ids of contained resources; the list may be anything, as it may be wrong itself."""
    listed = contained if isinstance(contained, list) else []
    ids = (each.get("id") for each in listed if isinstance(each, dict))
    return {each for each in ids if isinstance(each, str)}


def nearest(code: object, codes: Collection[str]) -> str:
    """Words that name the codes most like one that is none, or a few that could be meant."""
    near = get_close_matches(code, codes, 3) if isinstance(code, str) else []
    if near:
        return f"; nearest: {', '.join(near)}"
    return f": {', '.join(sorted(codes))}" if len(codes) <= _FEW else ""


def _expected(kind: str) -> str:
    """What a primitive of the type looks like."""
    return f"it is not of type {kind}: {FORMS[kind]}"


def _first_code(value: Mapping[str, Any]) -> object:
    codings = value.get("coding", (value,))
    first = codings[0] if isinstance(codings, list | tuple) and codings else None
    return first.get("code") if isinstance(first, dict) else None


def _is_bare(value: Any) -> bool:
    """Whether an object holds nothing but the id of its element; a resource holds its type beside it."""
    return type(value) is dict and len(value) == 1 and "id" in value


def _is_of_another_length(items: list[Any], values: Any) -> bool:
    """Whether two arrays that belong together do not (FHIR R4 json.html#primitive)."""
    return type(values) is list and len(values) != len(items)


def _has_partner(rule: _Rule, key: str, index: int, owner: Mapping[str, Any]) -> bool:
    """Whether a null in an array of primitives has its extension, or the other way round, its value."""
    partner = owner.get(key[1:] if rule.shadow else f"_{key}")
    primitive = rule.shadow or rule.check is not None
    return primitive and isinstance(partner, list) and index < len(partner) and partner[index] is not None


def _is_bound(concepts: Mapping[str, frozenset[str]], value: Mapping[str, Any]) -> bool:
    """Whether a Coding, or some coding of a CodeableConcept, is in the set (R4 terminologies.html#required).

    A text stands in for no code; an extension may say why there is none.
    """
    if "text" in value and "coding" not in value and "extension" not in value:
        return False
    codings = value.get("coding", () if "extension" in value else (value,))
    if not isinstance(codings, list | tuple) or not codings:
        return True
    pairs = ((each.get("system"), each.get("code")) for each in codings if isinstance(each, dict))
    return any(isinstance(system, str) and code in concepts.get(system, ()) for system, code in pairs)


def _shown(key: str) -> str:
    """A name that the client made up as an identifier of FHIRPath, in backticks where it needs them."""
    name = "".join(each for each in key[:_LONGEST_NAME].lstrip("_") if each.isalnum() or each in "_-") or "_"
    return name if _IDENTIFIER.fullmatch(name) else f"`{name}`"


def expression(place: ElementPath) -> str:
    """Where a value stands, as FHIRPath."""
    steps: list[str] = []
    while not isinstance(place, str):
        place, step, index = place
        steps.append(step if index is None else f"{step}[{index}]")
    return ".".join([place, *reversed(steps)]) if place else ".".join(reversed(steps))


@cache
def _table(kind: str) -> _Table:
    rules: dict[str, _Rule] = {}
    if kind in RESOURCE_TYPES:
        rules["resourceType"] = _Rule("resourceType", False, "code", CHECKS["code"])
    required, choices = [], []
    for element in elements(kind).values():
        properties = element.properties()
        for key, datatype in properties:
            rules[key] = _rule(element, datatype)
            if datatype in PRIMITIVES and not _is_attribute(kind, key):
                rules[f"_{key}"] = _Rule(rules[key].step, element.many, _SHADOW, shadow=True)
        keys = frozenset(name for key, _ in properties for name in (key, f"_{key}"))
        if element.required:
            required.append((element.name, "1..*" if element.many else "1..1", keys))
        if element.choice:
            choices.append((element.name, keys))
    return _Table(rules, tuple(required), tuple(choices))


def _is_attribute(kind: str, key: str) -> bool:
    """Whether an element is an attribute in XML, which has no extensions (FHIR R4 xml.html, element.html)."""
    return kind not in RESOURCE_TYPES and (key == "id" or (kind, key) == ("Extension", "url"))


def _rule(element: ElementDefinition, datatype: str) -> _Rule:
    step = f"{element.name}.ofType({datatype})" if element.choice else element.name
    codes, concepts = None, None
    if element.value_set and datatype in PRIMITIVES:
        codes = frozenset().union(*value_set(element.value_set).values())
    elif element.value_set and datatype in ("Coding", "CodeableConcept"):
        concepts = value_set(element.value_set)
    named = value_set_url(element.value_set) if element.value_set else ""
    return _Rule(step, element.many, datatype, CHECKS.get(datatype), codes, concepts, named)
