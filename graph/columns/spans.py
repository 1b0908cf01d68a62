"""Comparisons of spans in arrays: what `graph.cypher.spans` writes as conditions.

FHIR R4 search.html#prefix.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from graph.columns.serials import FloatArray, Mask
from graph.query.expression import Order, Span

_Comparison: TypeAlias = Callable[[FloatArray, FloatArray, float | None, float | None], Mask]


def standing(lows: FloatArray, highs: FloatArray, asked: Span) -> Mask:
    """Which spans stand in the order that is asked for."""
    return _ORDERS[asked.order](lows, highs, asked.low, asked.high)


def _within(lows: FloatArray, highs: FloatArray, low: float | None, high: float | None) -> Mask:
    begins = _all(lows) if low is None else lows >= low
    ends = _all(highs) if high is None else highs <= high
    return begins & ends


def _ends_after(_: FloatArray, highs: FloatArray, __: float | None, high: float | None) -> Mask:
    return _none(highs) if high is None else highs > high


def _begins_before(lows: FloatArray, _: FloatArray, low: float | None, __: float | None) -> Mask:
    return _none(lows) if low is None else lows < low


def _after(lows: FloatArray, _: FloatArray, __: float | None, high: float | None) -> Mask:
    return _none(lows) if high is None else lows >= high


def _before(_: FloatArray, highs: FloatArray, low: float | None, __: float | None) -> Mask:
    return _none(highs) if low is None else highs <= low


def _overlaps(lows: FloatArray, highs: FloatArray, low: float | None, high: float | None) -> Mask:
    begins = _all(lows) if high is None else lows < high
    ends = _all(highs) if low is None else highs > low
    return begins & ends


def _all(values: FloatArray) -> Mask:
    return np.ones(len(values), dtype=np.bool_)


def _none(values: FloatArray) -> Mask:
    return np.zeros(len(values), dtype=np.bool_)


_ORDERS: Mapping[Order, _Comparison] = {
    Order.EQ: _within,
    Order.NE: lambda *of: ~_within(*of),
    Order.GT: _ends_after,
    Order.LT: _begins_before,
    Order.GE: lambda *of: _ends_after(*of) | _within(*of),
    Order.LE: lambda *of: _begins_before(*of) | _within(*of),
    Order.SA: _after,
    Order.EB: _before,
    Order.AP: _overlaps,
}
