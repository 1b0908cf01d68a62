"""One value of one parameter as a leaf of the query tree: what `fhir_profiles.index` reads, of one type."""

from datetime import tzinfo

from app.records.search.modifiers import AskedParameter
from fhir_profiles.index import parameter_types
from fhir_profiles.index.asked import AskedSpan, AskedTerm, AskedText, Asking, UnreadableValue
from fhir_profiles.index.kept import SpanValue, TermValue, TextValue
from graph.errors import Invalid
from graph.query.expression import Leaf, Match, Order, Span, Term, Text
from graph.query.rows import field_of

_MATCHES = {"": Match.PREFIX, "exact": Match.EXACT, "contains": Match.CONTAINS}


def leaf(asked: AskedParameter, text: str, zone: tzinfo, base: str) -> Leaf:
    """The leaf; raise `Invalid` where the value cannot be one of the parameter's."""
    asking = Asking(asked.parameter, asked.modifier, zone, base)
    try:
        found = parameter_types.asked(asking, text)
    except UnreadableValue as error:
        raise Invalid(str(error), location=asked.name) from None
    return as_leaf(asked.resource_type, found)


def as_leaf(resource_type: str, found: AskedTerm | AskedText | AskedSpan) -> Leaf:
    """What is asked of the rows of one type."""
    match found:
        case AskedTerm(name, codes, system):
            return Term(field_of(resource_type, name, TermValue), codes, system)
        case AskedText(name, value, modifier):
            return Text(field_of(resource_type, name, TextValue), _MATCHES[modifier], value)
        case AskedSpan(name, prefix, low, high, system, code):
            field = field_of(resource_type, name, SpanValue)
            return Span(field, Order(prefix.value), low, high, system, code)
