"""Numbers mean what their digits say (FHIR R4 search.html#number)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.index.asked import Prefix
from fhir_profiles.index.numbers import limits

DIGITS = st.builds(
    lambda digits, exponent: f"{digits}e{exponent}", st.integers(-(10**17), 10**17), st.integers(-40, 20)
)
WRITTEN = st.decimals(min_value=-(10**9), max_value=10**9, places=3).map(lambda number: f"{number:f}")


def holds(prefix: Prefix, text: str, stored: float) -> bool:
    """What the compiler's comparison says of a stored point."""
    found = limits(prefix, text)
    assert found is not None
    low, high = found
    return {
        Prefix.EQ: low <= stored <= high,
        Prefix.NE: not low <= stored <= high,
        Prefix.GT: stored > high,
        Prefix.LT: stored < low,
        Prefix.GE: stored > high or low <= stored <= high,
        Prefix.LE: stored < low or low <= stored <= high,
        Prefix.SA: stored >= high,
        Prefix.EB: stored <= low,
        Prefix.AP: low < stored < high,
    }[prefix]


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("100", [99.5, 100, 100.49], [99.49, 100.5]),
        ("100.00", [99.995, 100.004], [99.99, 100.005]),
        ("1e2", [95, 100, 149], [150]),
        ("-5", [-5.5, -4.6], [-4.5, -5.6]),
        ("0.10", [0.1], [0.11, 0.09]),
        ("66.9", [66.85, 66.94], [66.95, 66.84]),
        ("66.89999999999999", [66.89999999999999], [66.9, 66.89999999999998]),
    ],
)
def test_equal_is_what_rounds_to_it(text: str, inside: list[float], outside: list[float]) -> None:
    inside = [each for each in inside if text != "1e2" or each >= 50]
    assert [each for each in inside if not holds(Prefix.EQ, text, each)] == []
    assert [each for each in outside if holds(Prefix.EQ, text, each)] == []


@given(WRITTEN, st.floats(-1e9, 1e9))
def test_the_prefixes_agree_with_the_numbers(text: str, stored: float) -> None:
    asked = float(text)
    expected = {
        Prefix.GT: stored > asked,
        Prefix.LT: stored < asked,
        Prefix.GE: stored >= asked,
        Prefix.LE: stored <= asked,
        Prefix.SA: stored > asked,
        Prefix.EB: stored < asked,
    }
    assert {prefix: holds(prefix, text, stored) for prefix in expected} == expected


@given(WRITTEN)
def test_a_number_equals_itself_and_does_not_differ(text: str) -> None:
    stored = float(Decimal(text))

    assert holds(Prefix.EQ, text, stored)
    assert holds(Prefix.AP, text, stored)
    assert not holds(Prefix.NE, text, stored)
    assert not holds(Prefix.SA, text, stored)
    assert not holds(Prefix.EB, text, stored)


@given(DIGITS)
def test_near_the_precision_of_a_float_a_number_equals_itself(text: str) -> None:
    assert holds(Prefix.EQ, text, float(text))
    assert not holds(Prefix.NE, text, float(text))


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200))
def test_a_float_equals_the_digits_that_it_is_shown_with(stored: float) -> None:
    assert holds(Prefix.EQ, repr(stored), stored)
    assert not holds(Prefix.NE, repr(stored), stored)


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_the_lower_end_is_inside_and_the_upper_one_is_not(digits: int, places: int) -> None:
    text = f"{Decimal(digits).scaleb(-places):f}"
    half = Decimal(5).scaleb(-places - 1)

    assert holds(Prefix.EQ, text, float(Decimal(text) - half))
    assert not holds(Prefix.EQ, text, float(Decimal(text) + half))


@pytest.mark.parametrize(
    "text",
    ["9007199254740993", "100000000000000000", "0.12345678901234567890", "1e-300", "1.7e308", "0", "-0.0"],
)
def test_a_number_beyond_the_digits_of_a_float_equals_itself(text: str) -> None:
    assert holds(Prefix.EQ, text, float(text))
    assert holds(Prefix.AP, text, float(text))
    assert not holds(Prefix.NE, text, float(text))


@pytest.mark.parametrize("text", ["", "x", "1,5", "0x1", "1e999", "NaN", "inf", "1_000", "٣", "1" * 31])
def test_what_is_no_number_is_none(text: str) -> None:
    assert limits(Prefix.EQ, text) is None
