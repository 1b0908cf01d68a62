"""Numbers of a search as ranges: what a value means by its written digits (search.html#number).

Stored numbers are closed ranges, mostly points, so the ends of an asked range belong to it.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import inf, nextafter

from graph.query.expression import Order

_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_ABOUT = 0.1  # `ap`: within a tenth of the value


def limits(order: Order, text: str) -> tuple[float, float] | None:
    """The range that stored ones are compared with; None where the text is no number.

    100 equals what rounds to it, [99.5, 100.5); the orders other than equality compare with the value itself.
    """
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if order in (Order.EQ, Order.NE):
        half = 0.5 * 10.0 ** int(Decimal(text).as_tuple().exponent)
        return number - half, nextafter(number + half, -inf)
    return _COMPARED.get(order, _point)(number)


def _point(number: float) -> tuple[float, float]:
    return number, number


def _around(number: float) -> tuple[float, float]:
    return number - abs(number) * _ABOUT, number + abs(number) * _ABOUT


def _before(number: float) -> tuple[float, float]:
    return nextafter(number, -inf), number


def _after(number: float) -> tuple[float, float]:
    return number, nextafter(number, inf)


# A point neither starts after itself nor ends before it begins.
_COMPARED: Mapping[Order, Callable[[float], tuple[float, float]]] = {
    Order.AP: _around,
    Order.SA: _after,
    Order.EB: _before,
}
