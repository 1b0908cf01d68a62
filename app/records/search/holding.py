"""Whether a condition holds for a resource at hand, by the rows that it would be kept as.

For contained resources, which are no rows of the graph: what leads on from one along a reference holds for
none. It means what `graph.cypher.leaves` says in a statement.
"""

from collections.abc import Callable, Iterator, Mapping
from math import asin, cos, inf, radians, sin, sqrt
from typing import Any as AnyValue

from fhir_profiles.folding import LONGEST, fold
from fhir_profiles.index.extraction import SearchValues
from fhir_profiles.index.kept import CASELESS, SpanValue, TermValue, TextValue, beside
from graph.query.expression import (
    All,
    Any,
    AtLeast,
    CodePart,
    Expression,
    Match,
    Near,
    Not,
    NumberPair,
    Order,
    Present,
    Span,
    Term,
    Text,
    Unlike,
)

_EARTH = 6_371_009.0  # metres, the mean radius
_Row = TermValue | TextValue | SpanValue


def holds(where: Expression, values: SearchValues) -> bool:
    """Whether a resource with these values satisfies a condition."""
    match where:
        case All(of):
            return all(holds(each, values) for each in of)
        case Any(of):
            return any(holds(each, values) for each in of)
        case AtLeast(least, of):
            return sum(holds(each, values) for each in of) >= least
        case Not(of):
            return not holds(of, values)
    compare = _LEAVES.get(type(where))
    return compare is not None and any(compare(where, row) for row in _rows(where, values))


def _rows(leaf: AnyValue, values: SearchValues) -> Iterator[_Row]:
    names = {leaf.field.name, beside(leaf.field.name, CASELESS)} if _is_spelt(leaf) else {leaf.field.name}
    for rows in (values.terms, values.texts, values.spans):
        yield from (row for row in rows if row.param in names)


def _is_spelt(leaf: AnyValue) -> bool:
    return isinstance(leaf, Term) and bool(leaf.caseless)


def _term(leaf: Term, row: TermValue) -> bool:
    codes = leaf.codes if row.param == leaf.field.name else leaf.caseless
    return (not codes or row.code in codes) and leaf.system in (None, row.system)


def _text(leaf: Text, row: TextValue) -> bool:
    if leaf.match is Match.EXACT:
        return row.exact == leaf.value[:LONGEST]
    return _MATCHES[leaf.match](row.value, fold(leaf.value))


def _span(leaf: Span, row: SpanValue) -> bool:
    of_unit = leaf.system in (None, row.system) and leaf.code in (None, row.code)
    return of_unit and _stands(leaf, row.low, row.high)


def _stands(leaf: Span, low: float, high: float) -> bool:
    """FHIR R4 search.html#prefix, with an open end for None."""
    asked_low = -inf if leaf.low is None else leaf.low
    asked_high = inf if leaf.high is None else leaf.high
    return _ORDERS[leaf.order](low, high, asked_low, asked_high)


def _pair(leaf: NumberPair, row: SpanValue) -> bool:
    of_code = leaf.system in (None, row.system) and leaf.code == row.code
    return of_code and _stands(leaf.first, row.low, row.low) and _stands(leaf.second, row.high, row.high)


def _near(leaf: Near, row: SpanValue) -> bool:
    one, two, other, way = map(radians, (row.low, row.high, leaf.latitude, leaf.longitude))
    half = sin((other - one) / 2) ** 2 + cos(one) * cos(other) * sin((way - two) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(half)) <= leaf.metres


def _code_part(leaf: CodePart, row: TermValue) -> bool:
    return row.code.startswith(leaf.value) if leaf.begins else leaf.value.lower() in row.code.lower()


def _within(low: float, high: float, asked_low: float, asked_high: float) -> bool:
    return asked_low <= low and high <= asked_high


_ORDERS: Mapping[Order, Callable[[float, float, float, float], bool]] = {
    Order.EQ: _within,
    Order.NE: lambda low, high, asked, until: not _within(low, high, asked, until),
    Order.GT: lambda low, high, asked, until: high > until,
    Order.LT: lambda low, high, asked, until: low < asked,
    Order.GE: lambda low, high, asked, until: high > until or _within(low, high, asked, until),
    Order.LE: lambda low, high, asked, until: low < asked or _within(low, high, asked, until),
    Order.SA: lambda low, high, asked, until: low >= until,
    Order.EB: lambda low, high, asked, until: high <= asked,
    Order.AP: lambda low, high, asked, until: low < until and high > asked,
}
_MATCHES: Mapping[Match, Callable[[str, str], bool]] = {
    Match.EQUALS: lambda value, asked: value == asked,
    Match.PREFIX: lambda value, asked: value.startswith(asked),
    Match.CONTAINS: lambda value, asked: asked in value,
    Match.SUFFIX: lambda value, asked: value.endswith(asked),
}
_LEAVES: Mapping[type, Callable[[AnyValue, AnyValue], bool]] = {
    Term: _term,
    Text: _text,
    Span: _span,
    NumberPair: _pair,
    Near: _near,
    CodePart: _code_part,
    Unlike: lambda leaf, row: not _LEAVES[type(leaf.of)](leaf.of, row),
    Present: lambda _, __: True,
}
