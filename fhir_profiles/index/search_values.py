"""The rows that a resource is searched by, and how each datatype becomes rows (FHIR R4 search.html#ptypes).

A converter takes `(rows, parameter, value, detail)` and adds to the rows; `detail` is what the definition
says besides: the code system of a `code`, the type that a reference must point to. A value of a wrong shape
adds nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from math import inf
from typing import Any, TypeAlias

from fhir_profiles import dates
from fhir_profiles.index.folding import LONGEST, fold
from fhir_profiles.references import literal, pointed_type

CURRENCY = "urn:iso:std:iso:4217"


@dataclass(frozen=True, slots=True)
class TermValue:
    """A token, reference (`Patient/123`) or uri; `system` is "" where there is none.

    Beside the rows of `code`, `identifier` and `subject` there may be some of `code:text` (as `TextValue`),
    `identifier:of-type` (system of the type, code `type|value`) and `subject:identifier`.
    """

    param: str
    system: str
    code: str


@dataclass(frozen=True, slots=True)
class TextValue:
    """A string: folded for comparison, and as written, both cut to 200 characters."""

    param: str
    value: str
    exact: str


@dataclass(frozen=True, slots=True)
class SpanValue:
    """A date in microseconds [low, high), or a number or quantity as the closed range that it names.

    A plain number is a point (low = high): precision belongs to the search value, not to the stored one.
    """

    param: str
    low: int | float
    high: int | float
    system: str = ""
    code: str = ""


class Rows:
    """Collects rows, each once, in order."""

    __slots__ = ("base", "spans", "terms", "texts", "zone")

    def __init__(self, zone: tzinfo = UTC, base: str = "") -> None:
        self.zone = zone
        self.base = base
        self.terms: dict[tuple[str, str, str], None] = {}
        self.texts: dict[tuple[str, str, str], None] = {}
        self.spans: dict[tuple[str, float, float, str, str], None] = {}

    def term(self, param: str, system: object, code: object) -> None:
        """Add a term unless its code is empty."""
        if isinstance(code, str) and code:
            self.terms[param, system if isinstance(system, str) else "", code] = None

    def text(self, param: str, value: object) -> None:
        """Add a text unless it is blank."""
        if isinstance(value, str) and (folded := fold(value)):
            self.texts[param, folded, value[:LONGEST]] = None

    def span(self, param: str, low: float, high: float, system: object = "", code: object = "") -> None:
        """Add a range."""
        system, code = system if isinstance(system, str) else "", code if isinstance(code, str) else ""
        self.spans[param, low, high, system, code] = None


Converter: TypeAlias = Callable[[Rows, str, Any, str], None]


def _items(value: Mapping[str, Any], name: str) -> Iterator[Any]:
    found = value.get(name, ())
    yield from found if isinstance(found, list) else (found,)


def _code(rows: Rows, param: str, value: Any, system: str) -> None:
    rows.term(param, system, value)


def _boolean(rows: Rows, param: str, value: Any, _: str) -> None:
    if isinstance(value, bool):
        rows.term(param, "", "true" if value else "false")


def _coding(rows: Rows, param: str, value: Any, _: str) -> None:
    rows.term(param, value.get("system"), value.get("code"))
    if "display" in value:
        rows.text(f"{param}:text", value["display"])


def _codeable_concept(rows: Rows, param: str, value: Any, _: str) -> None:
    for coding in value.get("coding", ()):
        if isinstance(coding, dict):
            _coding(rows, param, coding, "")
    if "text" in value:
        rows.text(f"{param}:text", value["text"])


def _identifier(rows: Rows, param: str, value: Any, _: str) -> None:
    number = value.get("value")
    rows.term(param, value.get("system"), number)
    kind = value.get("type")
    if isinstance(kind, dict):
        rows.text(f"{param}:text", kind.get("text"))
        for coding in kind.get("coding", ()):
            if number and isinstance(coding, dict) and "code" in coding:
                rows.term(f"{param}:of-type", coding.get("system"), f"{coding['code']}|{number}")


def _contact_point(rows: Rows, param: str, value: Any, _: str) -> None:
    rows.term(param, value.get("system"), value.get("value"))


def _string(rows: Rows, param: str, value: Any, _: str) -> None:
    rows.text(param, value)


def _parts(*names: str) -> Converter:
    def convert(rows: Rows, param: str, value: Any, _: str) -> None:
        for name in names:
            for part in _items(value, name):
                rows.text(param, part)

    return convert


def _date(rows: Rows, param: str, value: Any, _: str) -> None:
    if isinstance(value, str) and (found := dates.interval(value, rows.zone)):
        rows.span(param, *found)


def _period(rows: Rows, param: str, value: Any, _: str) -> None:
    if found := dates.period(value, rows.zone):
        rows.span(param, *found)


def _timing(rows: Rows, param: str, value: Any, _: str) -> None:
    if found := dates.timing(value, rows.zone):
        rows.span(param, *found)


def _number(rows: Rows, param: str, value: Any, _: str) -> None:
    if isinstance(value, int | float):
        rows.span(param, float(value), float(value))


_BEYOND: Mapping[str, Callable[[float], tuple[float, float]]] = {
    "<": lambda value: (-inf, value),
    "<=": lambda value: (-inf, value),
    ">": lambda value: (value, inf),
    ">=": lambda value: (value, inf),
}


def _quantity(rows: Rows, param: str, value: Any, _: str) -> None:
    number = value.get("value")
    if isinstance(number, int | float):
        beyond = _BEYOND.get(str(value.get("comparator")))
        _measured(rows, param, beyond(float(number)) if beyond else (float(number), float(number)), value)


def _measured(rows: Rows, param: str, limits: tuple[float, float], unit: Mapping[str, Any]) -> None:
    """A range under its coded unit, and under the unit as written where that is another text."""
    code, written = unit.get("code"), unit.get("unit")
    if code:
        rows.span(param, *limits, unit.get("system"), code)
    if written != code or not code:
        rows.span(param, *limits, "", written)


def _range(rows: Rows, param: str, value: Any, _: str) -> None:
    low, high = value.get("low"), value.get("high")
    ends = [
        each for each in (low, high) if isinstance(each, dict) and isinstance(each.get("value"), int | float)
    ]
    if ends:
        limits = (
            float(low["value"]) if low in ends else -inf,
            float(high["value"]) if high in ends else inf,
        )
        _measured(rows, param, limits, ends[0])


def _money(rows: Rows, param: str, value: Any, _: str) -> None:
    number = value.get("value")
    if isinstance(number, int | float):
        rows.span(param, float(number), float(number), CURRENCY, value.get("currency"))


def _reference(rows: Rows, param: str, value: Any, resolves: str) -> None:
    pointed = pointed_type(value) if resolves else None
    if pointed == resolves or not resolves:
        _reference_text(rows, param, value.get("reference"), "")
    identifier = value.get("identifier")
    if isinstance(identifier, dict) and pointed in (resolves or None, None):
        rows.term(f"{param}:identifier", identifier.get("system"), identifier.get("value"))


def _reference_text(rows: Rows, param: str, text: Any, _: str) -> None:
    """A local reference without its version; anything else as written, contained ones not at all."""
    if found := literal(text, rows.base):
        rows.term(param, "", found.target)
    elif isinstance(text, str) and not text.startswith("#"):
        rows.term(param, "", text)


def _canonical(rows: Rows, param: str, value: Any, _: str) -> None:
    """A canonical with and without its version."""
    if isinstance(value, str):
        rows.term(param, "", value)
        rows.term(param, "", value.partition("|")[0])


def _inline(rows: Rows, param: str, value: Any, _: str) -> None:
    """A resource that stands where a reference might: the document's Composition in its Bundle."""
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        rows.term(param, "", f"{value.get('resourceType')}/{value['id']}")


_CODES = ("code", "string", "markdown", "id", "uri", "url", "canonical", "oid", "uuid")
_URIS = ("uri", "url", "canonical", "oid", "uuid", "string")
_QUANTITIES = ("Quantity", "Age", "Count", "Distance", "Duration")

CONVERTERS: Mapping[str, Mapping[str, Converter]] = {
    "token": {
        **dict.fromkeys(_CODES, _code),
        "boolean": _boolean,
        "Coding": _coding,
        "CodeableConcept": _codeable_concept,
        "Identifier": _identifier,
        "ContactPoint": _contact_point,
    },
    "string": {
        **dict.fromkeys(_CODES, _string),
        "HumanName": _parts("family", "given", "prefix", "suffix", "text"),
        "Address": _parts("line", "city", "district", "state", "postalCode", "country", "text"),
    },
    "date": {**dict.fromkeys(("date", "dateTime", "instant"), _date), "Period": _period, "Timing": _timing},
    "number": {
        **dict.fromkeys(("integer", "decimal", "unsignedInt", "positiveInt"), _number),
        "Range": _range,
    },
    "quantity": {**dict.fromkeys(_QUANTITIES, _quantity), "Range": _range, "Money": _money},
    "uri": dict.fromkeys(_URIS, _code),
    "reference": {
        "Reference": _reference,
        "canonical": _canonical,
        "uri": _reference_text,
        "url": _reference_text,
        "Resource": _inline,
    },
}
"""By type of search parameter and datatype; a pair that is not here makes no rows."""
