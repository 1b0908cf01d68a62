"""The elements of each FHIR R4 type, from `definitions/structure.json` (FHIR R4 elementdefinition.html).

A line of the table reads `"gender": "0..1 code @administrative-gender"`: cardinality, types, value set of a
required binding. A name that ends in `[x]` is a choice; a type with a dot in it is a backbone element.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

DEFINITIONS = Path(__file__).parents[1] / "definitions"


def read_table(name: str) -> Any:
    """One of the committed tables."""
    return json.loads((DEFINITIONS / name).read_text(encoding="utf-8"))


_TYPES: Mapping[str, Mapping[str, str]] = read_table("structure.json")
_CODES: Mapping[str, Mapping[str, list[str]]] = read_table("codes.json")

RESOURCE_TYPES: frozenset[str] = frozenset(read_table("resource-types.json"))
_TEXTS = (
    "base64Binary",
    "canonical",
    "code",
    "id",
    "markdown",
    "oid",
    "string",
    "uri",
    "url",
    "uuid",
    "xhtml",
)
_TIMES = ("date", "dateTime", "instant", "time")
_NUMBERS = ("decimal", "integer", "positiveInt", "unsignedInt")
PRIMITIVES = frozenset(("boolean", *_TEXTS, *_TIMES, *_NUMBERS))


@dataclass(frozen=True, slots=True)
class ElementDefinition:
    """One element of a type, as its definition names it (`value` for `value[x]`)."""

    name: str
    required: bool
    many: bool
    types: tuple[str, ...]
    choice: bool = False
    value_set: str | None = None

    def properties(self) -> tuple[tuple[str, str], ...]:
        """The JSON properties that may hold it, each with its datatype: `("valueQuantity", "Quantity")`."""
        if not self.choice:
            return ((self.name, self.types[0]),)
        return tuple((f"{self.name}{kind[0].upper()}{kind[1:]}", kind) for kind in self.types)


@cache
def elements(kind: str) -> Mapping[str, ElementDefinition]:
    """The elements of a type by name; of a primitive, what may stand beside it."""
    return MappingProxyType({each.name: each for each in map(_element, *_lines(kind))})


def is_complex(kind: str) -> bool:
    """Whether a type has elements of its own (primitives and unknown names have not)."""
    return kind in _TYPES


@cache
def value_set(name: str) -> Mapping[str, frozenset[str]]:
    """The codes of a required binding, by code system."""
    return MappingProxyType({system: frozenset(codes) for system, codes in _CODES[name].items()})


def value_set_names() -> Collection[str]:
    """The value sets whose codes are listed."""
    return _CODES.keys()


def value_set_url(name: str) -> str:
    """The canonical of a value set of the table."""
    base = "http://terminology.hl7.org" if name.startswith(("v2-", "v3-")) else "http://hl7.org/fhir"
    return f"{base}/ValueSet/{name}"


@cache
def kinds() -> tuple[str, ...]:
    """Every type that has elements."""
    return tuple(_TYPES)


def _lines(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    table = _TYPES["Element" if kind in PRIMITIVES else kind]
    return tuple(table), tuple(table.values())


def _element(name: str, line: str) -> ElementDefinition:
    cardinality, types, *binding = line.split(" ")
    least, _, most = cardinality.partition("..")
    return ElementDefinition(
        name=name.removesuffix("[x]"),
        required=least != "0",
        many=most != "1",
        types=tuple(types.split("|")),
        choice=name.endswith("[x]"),
        value_set=binding[0].removeprefix("@") if binding else None,
    )
