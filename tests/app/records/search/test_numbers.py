"""Numbers mean what their digits say (FHIR R4 search.html#number)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.records.search.numbers import limits
from graph.query.expression import Order

WRITTEN = st.decimals(min_value=-(10**9), max_value=10**9, places=3).map(lambda number: f"{number:f}")


def holds(order: Order, text: str, stored: float) -> bool:
    """What the compiler's comparison says of a stored point."""
    found = limits(order, text)
    assert found is not None
    low, high = found
    return {
        Order.EQ: low <= stored <= high,
        Order.NE: not low <= stored <= high,
        Order.GT: stored > high,
        Order.LT: stored < low,
        Order.GE: stored > high or low <= stored <= high,
        Order.LE: stored < low or low <= stored <= high,
        Order.SA: stored >= high,
        Order.EB: stored <= low,
        Order.AP: low <= stored <= high,
    }[order]


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("100", [99.5, 100, 100.49], [99.49, 100.5]),
        ("100.00", [99.995, 100.004], [99.99, 100.005]),
        ("1e2", [95, 100, 149], [150]),
        ("-5", [-5.5, -4.6], [-4.5, -5.6]),
        ("0.10", [0.1], [0.11, 0.09]),
    ],
)
def test_equal_is_what_rounds_to_it(text: str, inside: list[float], outside: list[float]) -> None:
    inside = [each for each in inside if text != "1e2" or each >= 50]
    assert [each for each in inside if not holds(Order.EQ, text, each)] == []
    assert [each for each in outside if holds(Order.EQ, text, each)] == []


@given(WRITTEN, st.floats(-1e9, 1e9))
def test_the_orders_agree_with_the_numbers(text: str, stored: float) -> None:
    asked = float(text)
    expected = {
        Order.GT: stored > asked,
        Order.LT: stored < asked,
        Order.GE: stored >= asked,
        Order.LE: stored <= asked,
        Order.SA: stored > asked,
        Order.EB: stored < asked,
    }
    assert {order: holds(order, text, stored) for order in expected} == expected


@given(WRITTEN)
def test_a_number_equals_itself_and_does_not_differ(text: str) -> None:
    stored = float(Decimal(text))

    assert holds(Order.EQ, text, stored)
    assert not holds(Order.NE, text, stored)
    assert not holds(Order.SA, text, stored)
    assert not holds(Order.EB, text, stored)


@pytest.mark.parametrize("text", ["", "x", "1,5", "0x1", "1e999", "NaN", "inf", "1_000", "٣", "1" * 31])
def test_what_is_no_number_is_none(text: str) -> None:
    assert limits(Order.EQ, text) is None
