"""Comparisons of a stored interval [l, h) with the asked one [low, high), as conditions on one stored value.

FHIR R4 search.html#prefix. A stored end that is absent is open, and so is an asked end that is None: then
what no value can reach is never true, and what every value does is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graph.cypher.writing import Writing
from graph.query.expression import Order, Span


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """Where the ends of the stored interval are read."""

    low: str
    high: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """The places of the asked ends; None is open."""

    low: str | None
    high: str | None
    always: str
    never: str


def comparing(writing: Writing, columns: SpanColumns, leaf: Span) -> str:
    """The condition that a value stands in the asked order; false or unknown where it does not."""
    low = None if leaf.low is None else writing.value(leaf.low)
    high = None if leaf.high is None else writing.value(leaf.high)
    return ORDERS[leaf.order](columns, _Asked(low, high, writing.constant(True), writing.constant(False)))


def _within(columns: SpanColumns, asked: _Asked) -> str:
    parts = []
    if asked.low:
        parts.append(f"{columns.low} >= {asked.low}")
    if asked.high:
        parts.append(f"{columns.high} <= {asked.high}")
    return f"({' AND '.join(parts)})" if parts else asked.always


def _not_within(columns: SpanColumns, asked: _Asked) -> str:
    return f"NOT coalesce({_within(columns, asked)}, false)"


def _ends_after(columns: SpanColumns, asked: _Asked) -> str:
    return f"({columns.high} IS NULL OR {columns.high} > {asked.high})" if asked.high else asked.never


def _begins_before(columns: SpanColumns, asked: _Asked) -> str:
    return f"({columns.low} IS NULL OR {columns.low} < {asked.low})" if asked.low else asked.never


def _ends_after_or_within(columns: SpanColumns, asked: _Asked) -> str:
    return f"({_ends_after(columns, asked)} OR {_within(columns, asked)})"


def _begins_before_or_within(columns: SpanColumns, asked: _Asked) -> str:
    return f"({_begins_before(columns, asked)} OR {_within(columns, asked)})"


def _after(columns: SpanColumns, asked: _Asked) -> str:
    return f"{columns.low} >= {asked.high}" if asked.high else asked.never


def _before(columns: SpanColumns, asked: _Asked) -> str:
    return f"{columns.high} <= {asked.low}" if asked.low else asked.never


def _overlaps(columns: SpanColumns, asked: _Asked) -> str:
    begins = f"({columns.low} IS NULL OR {columns.low} < {asked.high})" if asked.high else asked.always
    ends = f"({columns.high} IS NULL OR {columns.high} > {asked.low})" if asked.low else asked.always
    return f"({begins} AND {ends})"


ORDERS: Mapping[Order, Callable[[SpanColumns, _Asked], str]] = {
    Order.EQ: _within,
    Order.NE: _not_within,
    Order.GT: _ends_after,
    Order.LT: _begins_before,
    Order.GE: _ends_after_or_within,
    Order.LE: _begins_before_or_within,
    Order.SA: _after,
    Order.EB: _before,
    Order.AP: _overlaps,
}
