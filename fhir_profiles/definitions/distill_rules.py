"""Distil the rules of HL7's definitions that go beyond structure: a part of `distill.py`, for development.

Invariants, as trees that need no parser at run time; the types that a reference may lead to; extensible
bindings; and HL7's own profiles and extensions, cut to what they constrain.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from fhir_profiles.fhirpath.syntax import read_tree

Parsed: TypeAlias = Any
TypeDefinitions: TypeAlias = Mapping[str, Mapping[str, Parsed]]

IN_CODE = frozenset({"ele-1", "ext-1", "txt-1", "txt-2", "ref-1", "dom-2", "dom-3", "per-1", "qty-3"})
"""Invariants that `validation` and `conformance` know without FHIRPath, since they look at every element."""
_BACKBONES = {"BackboneElement", "Element"}
_PROFILE = "http://hl7.org/fhir/StructureDefinition/"
_CANONICAL = frozenset({"Resource", ""})
_KEPT = (
    *("id", "path", "sliceName", "slicing", "min", "max", "type", "contentReference", "binding"),
    *("maxLength", "constraint", "isModifier"),
)
_VALUES = ("fixed", "pattern", "minValue", "maxValue")


def invariant_table(definitions: TypeDefinitions) -> Parsed:
    """`{expressions: {number: tree}, rules: {type: [[element, key, severity, expression, human]]}}`.

    An element is empty where the rule is of the whole type; a backbone is a type named by its path.
    """
    trees: dict[str, int] = {}
    rules: dict[str, list[list[Any]]] = {}
    for kind, element, constraint in _constraints(definitions):
        expression = constraint["expression"]
        place = trees.setdefault(expression, len(trees))
        rule = [element, constraint["key"], constraint["severity"], str(place), constraint["human"]]
        if rule not in rules.setdefault(kind, []):
            rules[kind].append(rule)
    expressions = {str(place): read_tree(each) for each, place in trees.items()}
    return {"expressions": expressions, "rules": dict(sorted(rules.items()))}


def _constraints(definitions: TypeDefinitions) -> Iterator[tuple[str, str, Parsed]]:
    for name, elements in definitions.items():
        for path, element in elements.items():
            for constraint in element.get("constraint", ()):
                if "expression" not in constraint or _is_elsewhere(name, constraint):
                    continue
                if path == name or _is_backbone(element):
                    yield path, "", constraint
                else:
                    parent, _, leaf = path.rpartition(".")
                    yield parent, leaf, constraint
            yield from _of_simple_quantities(path, element)


def _is_elsewhere(name: str, constraint: Parsed) -> bool:
    """Whether a rule is kept in code, or with the type that it comes from."""
    key, source = constraint["key"], str(constraint.get("source", "")).rpartition("/")[2]
    inherited = key.startswith("dom-") and name != "DomainResource"
    return key in IN_CODE or inherited or (bool(source) and source != name)


def _of_simple_quantities(path: str, element: Parsed) -> Iterator[tuple[str, str, Parsed]]:
    profiles = [url for each in element.get("type", ()) for url in each.get("profile", ())]
    if f"{_PROFILE}SimpleQuantity" in profiles:
        parent, _, leaf = path.rpartition(".")
        human = "The comparator is not used on a SimpleQuantity"
        yield (
            parent,
            leaf,
            {
                "key": "sqty-1",
                "severity": "error",
                "human": human,
                "expression": "$this.is(Quantity).not() or comparator.empty()",
            },
        )


def _is_backbone(element: Parsed) -> bool:
    return any(each["code"] in _BACKBONES for each in element.get("type", ()))


def target_table(definitions: TypeDefinitions) -> Parsed:
    """`{type: {element: "Patient|Group"}}` of the elements that may refer to some types only."""
    table: dict[str, dict[str, str]] = {}
    for elements in definitions.values():
        for path, element in elements.items():
            parent, _, name = path.rpartition(".")
            targets = _targets(element)
            if parent and targets:
                table.setdefault(parent, {})[name.removesuffix("[x]")] = "|".join(targets)
    return dict(sorted(table.items()))


def _targets(element: Parsed) -> list[str]:
    found = [
        url.rpartition("/")[2]
        for each in element.get("type", ())
        if each["code"] == "Reference"
        for url in each.get("targetProfile", ())
    ]
    return [] if _CANONICAL.intersection(found) else sorted(set(found))


def binding_table(definitions: TypeDefinitions, codes: Mapping[str, Parsed]) -> Parsed:
    """`{type: {element: value set}}` of the extensible bindings whose codes can be listed."""
    table: dict[str, dict[str, str]] = {}
    for elements in definitions.values():
        for path, element in elements.items():
            parent, _, name = path.rpartition(".")
            value_set = bound_set(element, ("extensible",))
            if parent and value_set in codes:
                table.setdefault(parent, {})[name.removesuffix("[x]")] = value_set
    return dict(sorted(table.items()))


def bound_set(element: Parsed, strengths: Iterable[str] = ("required", "extensible")) -> str:
    """The name of the value set that an element is bound to that strongly, empty where it is to none."""
    binding = element.get("binding", {})
    if binding.get("strength") not in strengths or "valueSet" not in binding:
        return ""
    return str(binding["valueSet"]).partition("|")[0].rpartition("/")[2]


def profile_bytes(package: Any) -> bytes:
    """HL7's profiles and extensions as NDJSON, packed: each cut to what it constrains."""
    names = ("extension-definitions.json", "profiles-others.json")
    lines = [
        json.dumps(_cut(each), ensure_ascii=False, separators=(",", ":"))
        for each in package.resources(*names)
        if each["resourceType"] == "StructureDefinition"
    ]
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def _cut(each: Parsed) -> Parsed:
    kept = {name: each[name] for name in ("url", "type", "baseDefinition", "context") if name in each}
    elements = [_cut_element(element) for element in each["differential"]["element"]]
    return {**kept, "differential": {"element": elements}}


def _cut_element(element: Parsed) -> Parsed:
    kept = {name: element[name] for name in _KEPT if name in element}
    kept |= {name: value for name, value in element.items() if name.startswith(_VALUES)}
    if "binding" in kept:
        kept["binding"] = {n: v for n, v in kept["binding"].items() if n in ("strength", "valueSet")}
    if "slicing" in kept:
        kept["slicing"] = {
            n: v for n, v in kept["slicing"].items() if n in ("discriminator", "rules", "ordered")
        }
    constraints = kept.pop("constraint", ())
    names = ("key", "severity", "human", "expression")
    told = [
        {n: c[n] for n in names if n in c}
        for c in constraints
        if "expression" in c and c["key"] not in IN_CODE
    ]
    return {**kept, "constraint": told} if told else kept
