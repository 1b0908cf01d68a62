"""The types of search parameters: what is kept for each, and what may be asked (FHIR R4 search.html#ptypes).

The one table of both sides. A datatype is added to the `KEPT` of its type's module; a type of parameter is a
module of this folder with `KEPT` and `asked`, and a row here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fhir_profiles.definitions.registry import RESOURCE_TYPES, SearchParameter
from fhir_profiles.index import (
    composites,
    dates,
    numbers,
    positions,
    quantities,
    references,
    strings,
    tokens,
    uris,
)
from fhir_profiles.index.asked import Asked, Asking, UnreadableValue
from fhir_profiles.index.kept import Converter, RowType, SpanValue, TermValue, TextValue

MISSING = "missing"  # every type of parameter takes it


@dataclass(frozen=True, slots=True)
class ParameterType:
    """One type of search parameter.

    `row` is the kind of its rows, `kept` the converter of each datatype that makes some (a datatype that is
    not there makes none), `asked` reads a search value.
    """

    row: RowType
    kept: Mapping[str, Converter]
    asked: Callable[[Asking, str], Asked]
    modifiers: frozenset[str] = frozenset()


TYPES: Mapping[str, ParameterType] = {
    "token": ParameterType(TermValue, tokens.KEPT, tokens.asked, tokens.MODIFIERS),
    "reference": ParameterType(TermValue, references.KEPT, references.asked, references.MODIFIERS),
    "uri": ParameterType(TermValue, uris.KEPT, uris.asked, uris.MODIFIERS),
    "string": ParameterType(TextValue, strings.KEPT, strings.asked, strings.MODIFIERS),
    "date": ParameterType(SpanValue, dates.KEPT, dates.asked),
    "number": ParameterType(SpanValue, numbers.KEPT, numbers.asked),
    "quantity": ParameterType(SpanValue, quantities.KEPT, quantities.asked),
    "special": ParameterType(SpanValue, positions.KEPT, positions.asked),
}


MODIFIERS_BY_TYPE: Mapping[str, frozenset[str]] = {
    **{name: of.modifiers - RESOURCE_TYPES for name, of in TYPES.items()},
    "reference": (TYPES["reference"].modifiers - RESOURCE_TYPES) | {"[type]"},
    "composite": frozenset(),
}
"""What a parameter of each type takes beside `:missing`; `[type]` is the name of a resource type."""


def row_of(parameter: SearchParameter) -> RowType:
    """The kind of rows that are kept for a parameter: of a composite, what its last part is kept as."""
    return TYPES[parameter.components[-1].type if parameter.components else parameter.type].row


def takes(parameter: SearchParameter, modifier: str) -> bool:
    """Whether a parameter may be asked with the modifier."""
    return modifier in ("", MISSING) or (
        not parameter.components and modifier in TYPES[parameter.type].modifiers
    )


def asked(asking: Asking, text: str) -> Asked:
    """What one value asks of the rows that are kept; raises `UnreadableValue` where it asks nothing."""
    if text == "":
        raise UnreadableValue("the parameter has no value")
    if asking.parameter.components:
        return composites.asked(asking, text, asked)
    return TYPES[asking.parameter.type].asked(asking, text)
