"""A document as a tree of typed elements (FHIR R4 fhirpath.html#types).

A node knows its FHIR type, so that `value` finds `valueQuantity` and `is`, `as` and `ofType` can tell; the
extensions beside a primitive (`_birthDate`); and the node and JSON property that hold it, so that whoever
changes a document knows where.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from fhir_profiles.validation.structure import PRIMITIVES, RESOURCE_TYPES, elements, is_complex

_BASES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("Age", "Count", "Distance", "Duration"), ("Quantity",)),
    **dict.fromkeys(("code", "id", "markdown"), ("string",)),
    **dict.fromkeys(("canonical", "oid", "url", "uuid"), ("uri",)),
    **dict.fromkeys(("positiveInt", "unsignedInt"), ("integer",)),
    **dict.fromkeys(("Dosage", "ElementDefinition", "Timing"), ("BackboneElement",)),
    **dict.fromkeys(("Binary", "Bundle", "Parameters"), ("Resource",)),
}
"""What a type is derived from, where that is neither Element nor DomainResource (datatypes.html)."""

_SYSTEM: Mapping[str, str] = {
    "Boolean": "boolean",
    "String": "string",
    "Integer": "integer",
    "Decimal": "decimal",
    "Date": "date",
    "DateTime": "dateTime",
    "Time": "time",
    "Quantity": "Quantity",
}
"""The types of FHIRPath itself, which FHIR's primitives become by themselves (fhirpath.html#types)."""


_KEYWORDS = frozenset({"and", "day", "div", "hour", "implies", "minute", "mod", "month", "or", "xor", "year"})
"""Names that an expression must quote (FHIRPath N1, 9.2)."""

TYPE_INFO = "TypeInfo"
"""What `type()` makes: an object of a namespace and a name."""


class Slot(NamedTuple):
    """A JSON property that may hold an element: its name, that of the extensions beside it, and its type."""

    key: str
    beside: str | None
    kind: str


class Node:
    """One element of a document.

    `value` is what JSON has there, None where a primitive has extensions only; `beside` the object of its
    `_` property. `owner` is the node around it, `key` the JSON property there, `index` its place in a list.
    """

    __slots__ = ("beside", "index", "key", "kind", "owner", "value")

    def __init__(  # noqa: PLR0917 - made for each element that is looked at
        self,
        value: Any,
        kind: str,
        beside: Any = None,
        owner: "Node | None" = None,
        key: str = "",
        index: int | None = None,
    ) -> None:
        self.value = value
        self.kind = kind
        self.beside = beside
        self.owner = owner
        self.key = key
        self.index = index

    def named(self, name: str) -> "list[Node]":
        """The children of one element name, in order."""
        found: list[Node] = []
        held = self._members()
        if held is not None:
            for slot in slots(self.kind, name):
                if slot.key in held or slot.beside in held:
                    self._collect(held, slot, found)
        return found

    def children(self) -> "Iterator[Node]":
        """Every child, in the order of the document."""
        held = self._members()
        if held is None:
            return
        known = _properties(self.kind)
        found: list[Node] = []
        for key in held:
            slot = known.get(key)
            # Extensions beside a primitive that is there come with it.
            if slot is not None and (key == slot.key or slot.key not in held):
                self._collect(held, slot, found)
        yield from found

    def descendants(self) -> "Iterator[Node]":
        """Every element below it, each before its own children."""
        waiting = list(self.children())[::-1]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(list(node.children())[::-1])

    @property
    def path(self) -> str:
        """Where it stands, as FHIRPath: `Observation.component[0].value.ofType(Quantity)`."""
        steps: list[str] = []
        node = self
        while node.owner is not None:
            steps.append(node.step)
            node = node.owner
        return ".".join([node.kind, *reversed(steps)])

    @property
    def name(self) -> str:
        """The name of the element: `value` for `valueQuantity`."""
        return _name(self.owner.kind, self.key)[0] if self.owner is not None else self.kind

    @property
    def step(self) -> str:
        """The last step of its path."""
        if self.owner is None:
            return self.kind
        name, choice = _name(self.owner.kind, self.key)
        name = f"`{name}`" if name in _KEYWORDS else name
        step = f"{name}.ofType({self.kind})" if choice else name
        return step if self.index is None else f"{step}[{self.index}]"

    def _members(self) -> Mapping[str, Any] | None:
        held = self.beside if self.kind in PRIMITIVES else self.value
        return held if isinstance(held, dict) else None

    def _collect(self, held: Mapping[str, Any], slot: Slot, found: "list[Node]") -> None:
        key, shadow, kind = slot
        value = held.get(key)
        beside = held.get(shadow) if shadow else None
        if type(value) is not list and type(beside) is not list:
            found.append(Node(value, _actual(kind, value), beside, self, key))
            return
        values = value if type(value) is list else []
        besides = beside if type(beside) is list else []
        for index in range(max(len(values), len(besides))):
            item = values[index] if index < len(values) else None
            other = besides[index] if index < len(besides) else None
            if item is not None or other is not None:
                found.append(Node(item, _actual(kind, item), other, self, key, index))


def resource_node(document: Mapping[str, Any]) -> Node:
    """The root of a resource; its type is what it says, `Resource` where that is none."""
    return Node(document, _actual("Resource", document))


def surrounding(node: Node) -> tuple[Node, Node]:
    """`%resource` and `%rootResource` of an element: the resource that holds it, and what contains that."""
    resource = node
    while resource.owner is not None and resource.kind not in RESOURCE_TYPES:
        resource = resource.owner
    contained = resource.key == "contained" and resource.owner is not None
    return resource, resource.owner if contained and resource.owner is not None else resource


def is_kind(kind: str, name: str) -> bool:
    """Whether a FHIR type is that of this name or derived from it; `System.String` is what strings become."""
    namespace, _, bare = name.rpartition(".")
    if namespace == "System" or (not namespace and bare not in ("Quantity",) and bare in _SYSTEM):
        bare = _SYSTEM.get(bare, bare)
    return kind == bare or bare in _ancestors(kind)


@cache
def is_known_type(name: str) -> bool:
    """Whether a type of that name exists, in FHIR or in FHIRPath itself."""
    namespace, _, bare = name.rpartition(".")
    if namespace == "System":
        return bare in _SYSTEM
    fhir = bare in PRIMITIVES or is_complex(bare) or bare in ("Element", "BackboneElement")
    return fhir or bare in _OTHERS or (not namespace and bare in _SYSTEM)


_OTHERS = frozenset({"Resource", "DomainResource", "SimpleQuantity", "MoneyQuantity"})


@cache
def _ancestors(kind: str) -> tuple[str, ...]:
    if kind in RESOURCE_TYPES:
        return _BASES.get(kind, ("DomainResource", "Resource"))
    if kind in _BASES:
        return (*_BASES[kind], "Element")
    return ("BackboneElement", "Element") if "." in kind else ("Element",)


def _actual(kind: str, value: Any) -> str:
    """The type of what stands in a slot: of a resource, what it says itself."""
    if kind != "Resource" or not isinstance(value, dict):
        return kind
    said = value.get("resourceType")
    return said if isinstance(said, str) and said in RESOURCE_TYPES else kind


@cache
def slots(kind: str, name: str) -> tuple[Slot, ...]:
    """The JSON properties of a type that may hold an element of this name; none where it has no such."""
    if kind == TYPE_INFO:
        return (Slot(name, None, "string"),)
    if not _has_elements(kind):
        return ()
    element = elements(kind).get(name)
    if element is None:
        # A choice may be named with its type, as R4's own invariants do (`definitionCanonical`).
        slot = _properties(kind).get(name)
        return (slot,) if slot is not None and slot.key == name else ()
    return tuple(_slot(key, inner) for key, inner in element.properties())


def _slot(key: str, kind: str) -> Slot:
    return Slot(key, f"_{key}" if kind in PRIMITIVES else None, kind)


@cache
def _properties(kind: str) -> Mapping[str, Slot]:
    found: dict[str, Slot] = {}
    if _has_elements(kind):
        for element in elements(kind).values():
            for key, inner in element.properties():
                found[key] = found[f"_{key}"] = _slot(key, inner)
    return found


@cache
def _name(kind: str, key: str) -> tuple[str, bool]:
    """The element that a JSON property holds, and whether it is a choice."""
    for element in elements(kind).values() if _has_elements(kind) else ():
        if any(key == each for each, _ in element.properties()):
            return element.name, element.choice
    return key, False


def _has_elements(kind: str) -> bool:
    return kind in PRIMITIVES or is_complex(kind)
