"""Looks at one resource beyond its structure, as the visitor of its validation.

Post-order: an object is looked at after what is in it, and only where that is well formed, so that FHIRPath
meets no value of a wrong type.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fhir_profiles.conformance.bindings import misses
from fhir_profiles.conformance.claims import Claims
from fhir_profiles.conformance.datatype_checks import checks_of
from fhir_profiles.conformance.reference_form import check_reference
from fhir_profiles.conformance.rules import Binding, InvariantRule, ReferenceTarget, TypeRules, rules_of
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import BeyondBudget, NotEvaluable
from fhir_profiles.fhirpath.nodes import Node, resource_node
from fhir_profiles.references import pointed_type
from fhir_profiles.validation.structure import RESOURCE_TYPES
from fhir_profiles.validation.validation import ElementPath, IssueReport

_WARNING = "warning"
_BUDGET = 10_000_000  # steps of all rules of one resource


class _Held(NamedTuple):
    """A resource that is being looked at."""

    kind: str
    document: dict[str, Any]
    place: ElementPath
    contained: bool
    environment: Environment
    names: set[str]


class Examination:
    """The visitor of one validation.

    `thorough`: warnings are looked for, too, and what refers to what: whether references lead to types that
    they may, and to each contained resource. That is told to who asks, and no reason to refuse a resource,
    since HL7's own examples break it. `claims` is who knows profiles and extensions; None where those are not
    looked at.
    """

    def __init__(self, *, thorough: bool = True, claims: Claims | None = None) -> None:
        self._thorough = thorough
        self._claims = claims
        self._held: list[_Held] = []
        self._entries: Mapping[str, str] | None = None

    def enter(self, kind: str, resource: dict[str, Any], place: ElementPath, *, contained: bool) -> None:
        """Begin a resource: what is `%resource` for all that is visited until it is left."""
        node = resource_node(resource)
        root = self._held[-1].environment.root if contained and self._held else node
        member_of = None if self._claims is None else self._claims.member_of
        environment = Environment(node, root, member_of=member_of, wary=False, budget=_BUDGET)
        self._held.append(_Held(kind, resource, place, contained, environment, set()))

    def leave(self, report: IssueReport, *, whole: bool) -> None:
        """End the resource that was begun last: its contained resources, and the profiles that it claims."""
        held = self._held.pop()
        if not whole:
            return
        if self._thorough and "contained" in held.document:
            _check_contained(held, report)
        if self._claims is not None:
            self._claims.check(held.document, held.place, held.environment, report, thorough=self._thorough)

    def visit(self, kind: str, value: dict[str, Any], place: ElementPath, report: IssueReport) -> None:
        """Look at one object by the rules of its type, and at its extensions."""
        rules = rules_of(kind)
        if rules is not None:
            self._apply(rules, kind, value, place, report)
        if self._thorough:
            for check in checks_of(kind):
                check(value, place, report)
            if kind == "Reference":
                check_reference(value, self._pointed(value), place, report)
            if "id" in value:
                self._check_id(kind, value["id"], place, report)
        if self._claims is not None and ("extension" in value or "modifierExtension" in value):
            environment = self._held[-1].environment
            self._claims.check_extensions(value, place, environment, report, thorough=self._thorough)

    def _check_id(self, kind: str, name: Any, place: ElementPath, report: IssueReport) -> None:
        """Whether an id names one element of its resource (FHIR R4 element.html#id).

        An element of a snapshot has that of the differential (elementdefinition.html#id).
        """
        if kind in RESOURCE_TYPES or kind == "ElementDefinition":
            return
        names = self._held[-1].names
        if name in names:
            report("invariant", (place, "id", None), "another element of the resource has this id")
        names.add(name)

    def _apply(
        self, rules: TypeRules, kind: str, value: dict[str, Any], place: ElementPath, report: IssueReport
    ) -> None:
        if rules.invariants:
            environment = self._held[-1].environment
            own = environment.resource
            node = own if own is not None and own.value is value else Node(value, kind)
            for invariant in rules.invariants:
                if invariant.severity != _WARNING or self._thorough:
                    self._hold(invariant, node, place, report)
        for each in rules.elements:
            for item, where in _each(value, each.property, place, each.step):
                self._hold(each.rule, Node(item, each.kind), where, report)
        if self._thorough:
            for target in rules.targets:
                self._check_target(target, value, place, report)
            for binding in rules.bindings:
                _check_binding(binding, value, place, report)

    def _hold(self, invariant: InvariantRule, node: Node, place: ElementPath, report: IssueReport) -> None:
        try:
            holds = invariant.condition.judge(node, self._held[-1].environment)
        except (NotEvaluable, BeyondBudget):
            return
        if not holds:
            report("invariant", place, f"{invariant.human} ({invariant.key})", invariant.severity)

    def _check_target(
        self, target: ReferenceTarget, value: Mapping[str, Any], place: ElementPath, report: IssueReport
    ) -> None:
        for item, where in _each(value, target.property, place, target.step):
            pointed = self._pointed(item)
            if pointed is not None and pointed not in target.types:
                allowed = ", ".join(sorted(target.types))
                report("value", where, f"it may refer to {allowed}, not to {pointed}")

    def _pointed(self, reference: Mapping[str, Any]) -> str | None:
        """The type that a reference names, or that of the contained resource or entry that it leads to."""
        text = reference.get("reference")
        if isinstance(text, str) and text.startswith("#"):
            root = self._held[-1].environment.root
            if root is None or len(text) == 1:
                return None
            return _type_of(root.value.get("contained"), text[1:])
        if isinstance(text, str) and text.startswith("urn:"):
            if self._entries is None:
                self._entries = _types_of_entries(self._held[0].document.get("entry"))
            return self._entries.get(text)
        return pointed_type(reference)


def _type_of(contained: Any, name: str) -> str | None:
    """The type of the contained resource of an id; the list may be anything, as it was not judged yet."""
    listed = contained if isinstance(contained, list) else []
    named = (each for each in listed if isinstance(each, dict) and each.get("id") == name)
    kind = next(named, {}).get("resourceType")
    return kind if isinstance(kind, str) and kind in RESOURCE_TYPES else None


def _types_of_entries(entries: Any) -> Mapping[str, str]:
    """The types of the resources of entries by address; the list may be anything, as it was not judged."""
    found: dict[str, str] = {}
    for each in entries if isinstance(entries, list) else ():
        address = each.get("fullUrl") if isinstance(each, dict) else None
        resource = each.get("resource") if isinstance(each, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if isinstance(address, str) and isinstance(kind, str) and kind in RESOURCE_TYPES:
            found.setdefault(address, kind)
    return found


def _each(
    value: Mapping[str, Any], property: str, place: ElementPath, step: str
) -> Iterable[tuple[Any, ElementPath]]:
    """The values of a property, each with its place."""
    items = value.get(property)
    if items is None:
        return ()
    if type(items) is not list:
        return ((items, (place, step, None)),)
    return [(item, (place, step, index)) for index, item in enumerate(items) if item is not None]


def _check_binding(
    binding: Binding, value: Mapping[str, Any], place: ElementPath, report: IssueReport
) -> None:
    for item, where in _each(value, binding.property, place, binding.step):
        missed = misses(item, binding.codes)
        if missed is not None:
            text = f"it has no code of the extensible value set {binding.url}{missed}"
            report(
                "code-invalid",
                where,
                f"{text}; another code is right only where none of these fits",
                _WARNING,
            )


def _check_contained(held: _Held, report: IssueReport) -> None:
    """Whether each contained resource has an id and is referred to, or refers to what contains it (dom-3)."""
    named = _names_in(held.document)
    for index, each in enumerate(held.document["contained"]):
        if not isinstance(each, dict):
            continue
        where = (held.place, "contained", index)
        if "id" not in each or (f"#{each['id']}" not in named and "#" not in _names_in(each)):
            report("invariant", where, "a contained resource has an id and is referred to by its #id (dom-3)")


def _names_in(value: Any) -> set[str]:
    """Every text in a document that could be a reference to a contained resource."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if type(each) is dict:
            waiting.extend(each.values())
        elif type(each) is list:
            waiting.extend(each)
        elif type(each) is str and each.startswith("#"):
            found.add(each)
    return found
