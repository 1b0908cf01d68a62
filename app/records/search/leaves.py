"""One value of one parameter as a leaf of the query tree: what `fhir_profiles.index` reads, of one type.

What a URI lies below is two leaves: it, and what goes on after it with a segment.
"""

from datetime import tzinfo

from app.records.search.modifiers import AskedParameter
from fhir_profiles.index import parameter_types
from fhir_profiles.index.asked import (
    Asked,
    AskedPair,
    AskedPlace,
    AskedSpan,
    AskedTerm,
    AskedText,
    AskedUri,
    Asking,
    UnreadableValue,
)
from fhir_profiles.index.kept import SpanValue, TermValue, TextValue
from graph.errors import Invalid
from graph.query.expression import (
    Any,
    CodePart,
    Expression,
    Field,
    Match,
    Near,
    NumberPair,
    Order,
    Span,
    Term,
    Text,
)
from graph.query.rows import field_of

_MATCHES = {"": Match.PREFIX, "exact": Match.EXACT, "contains": Match.CONTAINS}


def leaf(asked: AskedParameter, text: str, zone: tzinfo, base: str) -> Expression:
    """The leaf; raise `Invalid` where the value cannot be one of the parameter's."""
    asking = Asking(asked.parameter, asked.modifier, zone, base, asked.caseless)
    try:
        found = parameter_types.asked(asking, text)
    except UnreadableValue as error:
        raise Invalid(str(error), location=asked.name) from None
    return as_leaf(asked.resource_type, found)


def as_leaf(resource_type: str, found: Asked) -> Expression:
    """What is asked of the rows of one type."""
    match found:
        case AskedTerm(name, codes, system, caseless):
            return Term(field_of(resource_type, name, TermValue), codes, system, caseless)
        case AskedText(name, value, modifier):
            return Text(field_of(resource_type, name, TextValue), _MATCHES[modifier], value)
        case AskedUri(name):
            return _uri(field_of(resource_type, name, TermValue), found)
        case AskedSpan(name) | AskedPair(name) | AskedPlace(name):
            return _ranged(field_of(resource_type, name, SpanValue), found)


def _uri(field: Field, asked: AskedUri) -> Expression:
    if not asked.whole_segments:
        return CodePart(field, asked.value)
    return Any((Term(field, (asked.value,)), CodePart(field, f"{asked.value}/", begins=True)))


def _ranged(field: Field, asked: AskedSpan | AskedPair | AskedPlace) -> Span | NumberPair | Near:
    match asked:
        case AskedSpan():
            return _span(field, asked)
        case AskedPair(_, first, second, system, code):
            return NumberPair(field, _span(field, first), _span(field, second), system, code)
        case AskedPlace(_, latitude, longitude, metres):
            return Near(field, latitude, longitude, metres)


def _span(field: Field, asked: AskedSpan) -> Span:
    return Span(field, Order(asked.prefix.value), asked.low, asked.high, asked.system, asked.code)
