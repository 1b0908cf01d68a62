"""What a resource is kept by: rows, whatever datatypes they come from (FHIR R4 search.html#ptypes).

A converter takes `(rows, parameter, value, detail)` and adds to the rows; `detail` is what the definition
says besides: the code system of a `code`, the type that a reference must point to. A value of a wrong shape
adds nothing.
"""

from collections.abc import Callable
from datetime import UTC, tzinfo
from typing import Any, NamedTuple, TypeAlias

from fhir_profiles.folding import LONGEST, fold

ID, LAST_UPDATED = "_id", "_lastUpdated"
CONTAINED = "#"
"""How a reference begins that is to a contained resource."""
VALUELESS = CONTAINED
"""The code of the term that says that there is a reference, though none that can be asked for by its text."""
CASELESS = "caseless"
"""Rows beside those of a token that is a string, as it is in lower case, where that is another text."""
WITHOUT_ROWS = frozenset({ID, LAST_UPDATED})
"""Parameters that are kept as properties of the resource itself."""


class TermValue(NamedTuple):
    """A token, reference (`Patient/123`) or uri; `system` is "" where there is none."""

    param: str
    system: str
    code: str


class TextValue(NamedTuple):
    """A string: folded for comparison, and as written, both cut to 200 characters."""

    param: str
    value: str
    exact: str


class SpanValue(NamedTuple):
    """A date in microseconds [low, high), or a number or quantity as the closed range that it names.

    A plain number is a point (low = high): precision belongs to the search value, not to the stored one.
    """

    param: str
    low: int | float
    high: int | float
    system: str = ""
    code: str = ""


RowType: TypeAlias = type[TermValue] | type[TextValue] | type[SpanValue]


def beside(param: str, modifier: str) -> str:
    """The name of rows that are kept for a modifier of a parameter: `code:text`, `subject:identifier`."""
    return f"{param}:{modifier}"


def within(param: str, contained_type: str, name: str = "") -> str:
    """The name of rows of a contained resource that a parameter refers to: `medication:Medication.code`.

    Without a name that of the one row that says it is there.
    """
    there = f"{param}:{contained_type}"
    return f"{there}.{name}" if name else there


class KeptRows:
    """Collects rows, each once, in order.

    `local` are the references to contained resources: the parameter, the id, and the type that it must be.
    """

    __slots__ = ("base", "local", "spans", "terms", "texts", "zone")

    def __init__(self, zone: tzinfo = UTC, base: str = "") -> None:
        self.zone = zone
        self.base = base
        self.terms: dict[TermValue, None] = {}
        self.texts: dict[TextValue, None] = {}
        self.spans: dict[SpanValue, None] = {}
        self.local: dict[tuple[str, str, str], None] = {}

    def __bool__(self) -> bool:
        """Whether there is any row."""
        return bool(self.terms or self.texts or self.spans)

    def term(self, param: str, system: object, code: object) -> None:
        """Add a term unless its code is empty."""
        if isinstance(code, str) and code:
            self.terms[TermValue(param, system if isinstance(system, str) else "", code)] = None

    def spelt(self, param: str, system: object, code: object) -> None:
        """Add a term that is found in any case (search.html#token), unless it is a part of a composite."""
        self.term(param, system, code)
        if param and isinstance(code, str) and (plain := code.casefold()) != code:
            self.term(beside(param, CASELESS), system, plain)

    def there(self, param: str) -> None:
        """Add that there is a reference of which no text is kept; as a part of a composite it is none."""
        if param:
            self.terms[TermValue(param, "", VALUELESS)] = None

    def text(self, param: str, value: object) -> None:
        """Add a text unless it is blank."""
        if isinstance(value, str) and (folded := fold(value)):
            self.texts[TextValue(param, folded, value[:LONGEST])] = None

    def span(self, param: str, low: float, high: float, system: object = "", code: object = "") -> None:
        """Add an interval from low to high."""
        system, code = system if isinstance(system, str) else "", code if isinstance(code, str) else ""
        self.spans[SpanValue(param, low, high, system, code)] = None

    def contained(self, param: str, contained_type: str, inner: "KeptRows") -> None:
        """Add the rows of a contained resource that a parameter refers to, under names of their own."""
        self.there(param)
        self.there(within(param, contained_type))
        for term in inner.terms:
            self.terms[term._replace(param=within(param, contained_type, term.param))] = None
        for text in inner.texts:
            self.texts[text._replace(param=within(param, contained_type, text.param))] = None
        for span in inner.spans:
            self.spans[span._replace(param=within(param, contained_type, span.param))] = None


Converter: TypeAlias = Callable[[KeptRows, str, Any, str], None]
