"""The search values of a resource, found by paths compiled once per type (FHIR R4 search.html)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any

from fhir_profiles.definitions.added import AddedParameter
from fhir_profiles.definitions.expressions import Path, PathStep, parse
from fhir_profiles.definitions.registry import (
    OF_RESOURCE,
    RESOURCE_TYPES,
    Component,
    compartment_parameters,
    in_patient_compartment,
    is_shared,
    search_parameters,
)
from fhir_profiles.fhirpath.expression import compile_expression
from fhir_profiles.fhirpath.nodes import Node
from fhir_profiles.index import composites
from fhir_profiles.index.kept import WITHOUT_ROWS, Converter, KeptRows, SpanValue, TermValue, TextValue
from fhir_profiles.index.parameter_types import TYPES
from fhir_profiles.index.references import BY_REFERENCE, by_reference
from fhir_profiles.index.tokens import IN_ANY_CASE
from fhir_profiles.index.wording import Wording, wording_of
from fhir_profiles.issues import ProfileError
from fhir_profiles.references import HISTORY, ReferenceEdge, edges
from fhir_profiles.security_labels import kept_for
from fhir_profiles.validation.structure import PRIMITIVES, ElementDefinition, elements, is_complex, value_set

__all__ = ["SearchValues", "canonical_parameters", "caseless_parameters", "extract", "keep_added"]

_MOST_CONTAINED = 200  # that are kept of one resource: two may refer to one another
_CODES = ("CodeSystem", "code")
MOST_CODES = 1_000
"""How many codes of a CodeSystem are kept as rows: of more none, since its concepts are in the graph."""
_WHOM = ("Patient/", "ImagingStudy/")  # what a caller may be granted
_DEEPEST_CONTAINED = 2  # what is contained, and what that refers to beside it


@dataclass(frozen=True, slots=True)
class SearchValues:
    """Everything that a resource is found by.

    `compartment` holds whom it is about: `Patient/<id>` of each patient whose compartment it is in; for types
    that are in none, each Patient and ImagingStudy that it refers to anywhere; for what is kept for a reader,
    that Practitioner and no patient. None for what everybody may read. `wording` are its words, None where
    there are none.
    """

    terms: tuple[TermValue, ...]
    texts: tuple[TextValue, ...]
    spans: tuple[SpanValue, ...]
    references: tuple[ReferenceEdge, ...]
    compartment: tuple[str, ...] | None
    wording: Wording | None = None


def extract(
    resource: Mapping[str, Any],
    zone: tzinfo = UTC,
    base: str = "",
    added: Sequence[AddedParameter] = (),
) -> SearchValues:
    """The search values of a valid resource of a known type.

    `zone` is where dates without an offset are, `base` this server's own base URL (absolute references below
    it are local). `added` are parameters beside every gateway's. A value of a wrong shape gives no row.
    """
    resource_type = str(resource["resourceType"])
    rows = _kept(resource, zone, base)
    for each in added:
        if each.resource_type == resource_type:
            keep_added(each, resource, rows)
    if rows.local:
        _Contained(resource).keep(rows)
    references = edges(resource, base)
    return SearchValues(
        terms=tuple(rows.terms) if len(rows.terms) <= MOST_CODES else _without_codes(resource_type, rows),
        texts=tuple(rows.texts),
        spans=tuple(rows.spans),
        references=references,
        compartment=_compartment(resource, resource_type, rows, references),
        wording=wording if any(wording := wording_of(resource)) else None,
    )


def keep_added(added: AddedParameter, resource: Mapping[str, Any], rows: KeptRows) -> bool:
    """Add the rows of an added parameter; False where its expression fails on the resource: then none."""
    try:
        if added.expression:
            _evaluate(added, resource, rows)
        else:
            _added_tree(added).visit(resource, rows)
    except ProfileError:
        return False
    return True


def _evaluate(added: AddedParameter, resource: Mapping[str, Any], rows: KeptRows) -> None:
    """What the engine of FHIRPath finds, each element converted as its datatype is."""
    kept = TYPES[added.parameter.type].kept
    for item in compile_expression(added.expression).items(resource):
        value, kind = (item.value, item.kind) if isinstance(item, Node) else (item, _kind_of(item))
        convert = kept.get(kind)
        if convert is not None and value is not None and isinstance(value, dict) is not (kind in PRIMITIVES):
            convert(rows, added.parameter.name, value, "")


def _kind_of(item: object) -> str:
    """The datatype of a value that an expression made itself."""
    kinds = ((bool, "boolean"), (str, "string"), (int | float | Decimal, "decimal"))
    return next((kind for of, kind in kinds if isinstance(item, of)), "")


@cache
def _added_tree(added: AddedParameter) -> "_Node":
    tree = _Node()
    for path in map(parse, added.parameter.parts):
        _plant(tree, added.resource_type, path, added.parameter.type, added.parameter.name)
    tree.close()
    return tree


def _without_codes(resource_type: str, rows: KeptRows) -> tuple[TermValue, ...]:
    """The terms of a resource, without the codes of a large code system, over which a commit takes long."""
    return tuple(each for each in rows.terms if (resource_type, each.param) != _CODES)


def _kept(resource: Mapping[str, Any], zone: tzinfo, base: str) -> KeptRows:
    """The rows of a resource itself."""
    rows = KeptRows(zone, base)
    plan = _plan(str(resource["resourceType"]))
    plan.tree.visit(resource, rows)
    for param, keys in plan.existing:
        found = [resource[key] for key in keys if key in resource]
        rows.term(param, "", "true" if found and found[0] is not False else "false")
    for composite in plan.composites:
        composite.collect(resource, rows)
    return rows


class _Contained:
    """The contained resources of one resource, whose rows are kept as its own (search.html#contained)."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        listed = resource.get("contained")
        self._by_id = {
            str(each.get("id")): each
            for each in (listed if isinstance(listed, list) else ())
            if isinstance(each, dict) and each.get("resourceType") in RESOURCE_TYPES
        }
        self._left = _MOST_CONTAINED

    def keep(self, rows: KeptRows, depth: int = 1) -> None:
        """Add the rows of those that the rows refer to, and of what these refer to in turn."""
        for param, name, resolves in tuple(rows.local):
            found = self._by_id.get(name)
            if found is None or resolves not in ("", found["resourceType"]) or self._left == 0:
                continue
            self._left -= 1
            inner = _kept(found, rows.zone, rows.base)
            if inner.local and depth < _DEEPEST_CONTAINED:
                self.keep(inner, depth + 1)
            rows.contained(param, found["resourceType"], inner)


def _compartment(
    resource: Mapping[str, Any], resource_type: str, rows: KeptRows, references: tuple[ReferenceEdge, ...]
) -> tuple[str, ...] | None:
    if reader := kept_for(resource):
        return (reader,)
    if in_patient_compartment(resource_type):
        return _patients(resource, resource_type, rows)
    named = dict.fromkeys(each.target for each in references if each.target.startswith(_WHOM))
    return None if is_shared(resource_type) and not named else tuple(named)


def _patients(resource: Mapping[str, Any], resource_type: str, rows: KeptRows) -> tuple[str, ...]:
    """The patients whose compartment it is in (FHIR R4 compartmentdefinition-patient.html)."""
    if resource_type == "Patient":
        return (f"Patient/{resource['id']}",) if "id" in resource else ()
    params = compartment_parameters(resource_type)
    found = (code for param, _, code in rows.terms if param in params and code.startswith("Patient/"))
    return tuple(code for code in dict.fromkeys(found) if HISTORY not in code)


@dataclass(slots=True)
class _Node:
    """One JSON property on the way: what is done with its values, and where it goes on."""

    index: int | None = None
    equal: tuple[tuple[str, ...], str] | None = None
    leaves: list[tuple[Converter, str, str, bool]] = field(default_factory=list)
    children: dict[tuple[str, int | None, tuple[str, str] | None], "_Node"] = field(default_factory=dict)
    ways: tuple[tuple[str, "_Node"], ...] = ()

    def close(self) -> None:
        """Lay the children out for walking, once all paths are in."""
        self.ways = tuple((key, child) for (key, _, _), child in self.children.items())
        for _, child in self.ways:
            child.close()

    def values(self, value: Any) -> Iterator[Any]:
        """The single values that stand here and pass the filters."""
        each: list[Any] = value if isinstance(value, list) else [value]
        if self.index is not None:
            each = each[self.index : self.index + 1]
        for single in each:
            if self.equal is None or _holds(single, *self.equal):
                yield single

    def visit(self, single: Any, rows: KeptRows) -> None:
        """Add the rows of one value and of all below it."""
        complex_value = isinstance(single, dict)
        for convert, param, detail, primitive in self.leaves:
            if complex_value is not primitive and single is not None:
                convert(rows, param, single, detail)
        if complex_value:
            for key, child in self.ways:
                if key in single:
                    found = single[key]
                    if child.index is None and child.equal is None and not isinstance(found, list):
                        child.visit(found, rows)
                    else:
                        for each in child.values(found):
                            child.visit(each, rows)


def _holds(value: Any, path: tuple[str, ...], text: str) -> bool:
    """Whether some value at the path below is the text."""
    if not path:
        return bool(value == text)
    if not isinstance(value, dict):
        return False
    found = value.get(path[0])
    return any(_holds(each, path[1:], text) for each in (found if isinstance(found, list) else (found,)))


@dataclass(frozen=True, slots=True)
class _Composite:
    """A composite: the places it stands at, and its parts, each a tree of its own below them."""

    name: str
    places: tuple[_Node, ...]
    parts: tuple["_Component", ...]

    def collect(self, resource: Mapping[str, Any], rows: KeptRows) -> None:
        for place in self.places:
            for value in _at(place, resource):
                if isinstance(value, dict):
                    self._combine(resource, value, rows)

    def _combine(self, resource: Mapping[str, Any], value: Mapping[str, Any], rows: KeptRows) -> None:
        if not any(key in value for key, _ in self.parts[-1].tree.ways):
            return  # most resources have no value of its type
        found: list[KeptRows] = []
        for part in reversed(self.parts):
            own = KeptRows(rows.zone, rows.base)
            part.tree.visit(resource if part.of_resource else value, own)
            if not own:
                return
            found.append(own)
        composites.keep(rows, self.name, found[::-1])


@dataclass(frozen=True, slots=True)
class _Component:
    """One part of a composite: a tree below where that stands, or below the resource (`%resource`)."""

    tree: _Node
    of_resource: bool


def _at(node: _Node, value: Any) -> Iterator[Any]:
    """The values at the end of a tree that is a single way."""
    if not node.ways:
        yield value
    for key, child in node.ways:
        if isinstance(value, dict) and key in value:
            for each in child.values(value[key]):
                yield from _at(child, each)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What `extract` does for one resource type."""

    tree: _Node
    existing: tuple[tuple[str, tuple[str, ...]], ...]
    composites: tuple[_Composite, ...]


@cache
def caseless_parameters(resource_type: str) -> frozenset[str]:
    """The parameters of a type of whose values some are found in any case (search.html#token)."""
    return frozenset(param for convert, param in _conversions(resource_type) if convert in IN_ANY_CASE)


@cache
def canonical_parameters(resource_type: str) -> frozenset[str]:
    """The reference parameters of a type of whose values some are canonicals."""
    canonical = TYPES["reference"].kept["canonical"]
    return frozenset(param for convert, param in _conversions(resource_type) if convert is canonical)


def _conversions(resource_type: str) -> Iterator[tuple[Converter, str]]:
    """How values of a type become rows, and of which parameter."""
    waiting = [_plan(resource_type).tree]
    while waiting:
        node = waiting.pop()
        yield from ((convert, param) for convert, param, _, _ in node.leaves)
        waiting.extend(node.children.values())


@cache
def _plan(resource_type: str) -> _Plan:
    tree = _Node()
    existing, composites = [], []
    for each in search_parameters(resource_type).values():
        if each.type == "composite":
            composites.append(_composite(resource_type, each.name, each.parts, each.components))
        elif each.name not in WITHOUT_ROWS:
            for path in map(parse, each.parts):
                if path.exists:
                    keys = elements(resource_type)[path.names].properties()
                    existing.append((each.name, tuple(key for key, _ in keys)))
                else:
                    _plant(tree, resource_type, path, each.type, each.name)
    tree.close()
    return _Plan(tree, tuple(existing), tuple(composites))


def _composite(
    resource_type: str, name: str, parts: tuple[str, ...], components: tuple[Component, ...]
) -> _Composite:
    places, kinds = [], set()
    for path in map(parse, parts):
        place = _Node()
        kinds |= {kind for _, kind, _ in _grow(place, resource_type, path.steps)}
        place.close()
        places.append(place)
    found = (_component(resource_type, sorted(kinds), each) for each in components)
    return _Composite(name, tuple(places), tuple(found))


def _component(resource_type: str, kinds: list[str], component: Component) -> _Component:
    tree, of_resource = _Node(), False
    for part in component.parts:
        of_resource = part.startswith(OF_RESOURCE)
        for kind in (resource_type,) if of_resource else kinds:
            _plant(tree, kind, parse(part.removeprefix(OF_RESOURCE)), component.type, composites.PART)
    tree.close()
    return _Component(tree, of_resource)


def _plant(tree: _Node, kind: str, path: Path, parameter_type: str, name: str) -> None:
    """Add a path to the tree, with its converter at the end; a pair that has none adds nothing."""
    resolves = path.steps[-1].resolves or ""
    for node, datatype, element in _grow(tree, kind, path.steps):
        convert = TYPES[parameter_type].kept.get(datatype)
        if convert is not None:
            leaf = (convert, name, resolves or _system(element, datatype), datatype in PRIMITIVES)
            if leaf not in node.leaves:
                node.leaves.append(leaf)
            if path.steps[-1].only == datatype == BY_REFERENCE:
                node.leaves.append((by_reference, name, "", False))


def _grow(
    node: _Node, kind: str, steps: tuple[PathStep, ...]
) -> list[tuple[_Node, str, ElementDefinition | None]]:
    """Follow the steps, making nodes on the way; the nodes at the end with their datatypes."""
    ends: list[tuple[_Node, str, ElementDefinition | None]] = [(node, kind, None)]
    for step in steps:
        ends = [
            (_child(at, key, step), inner, element)
            for at, outer, _ in ends
            if is_complex(outer) and (element := elements(outer).get(step.name))
            for key, inner in element.properties()
            if step.only in (None, inner)
        ]
    return ends


def _child(node: _Node, key: str, step: PathStep) -> _Node:
    equal = (tuple(step.equal[0].split(".")), step.equal[1]) if step.equal else None
    return node.children.setdefault((key, step.index, step.equal), _Node(index=step.index, equal=equal))


def _system(element: ElementDefinition | None, datatype: str) -> str:
    """The implicit system of a code: that of its value set, where there is one only."""
    if element is None or datatype != "code" or element.value_set is None:
        return ""
    systems = tuple(value_set(element.value_set))
    return systems[0] if len(systems) == 1 else ""
