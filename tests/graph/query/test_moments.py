"""Dates and times of DICOM in each of their forms cover what they say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.query.moments import DAY, day_of, time_of

SECOND = 1_000_000
ELEVEN = (11 * 60 + 25) * 60 * SECOND + SECOND  # 11:25:01
FORMS_OF_ELEVEN = ("112501", "11:25:01")
NO_DAYS = ("1994", "19940230", "1994.0130", "199401.30", "1994-01-30", " 19940130", "١٩٩٤0130")
NO_TIMES = ("1", "24", "1160", "112561", "11:2501", "1125:01", "11:", "1125.5", "112501.1234567890")


@given(st.dates())
def test_a_day_is_the_same_in_both_forms(day: date) -> None:
    expected = (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY

    written = f"{day.year:04}{day.month:02}{day.day:02}"
    assert day_of(written) == (expected, expected + DAY)
    assert day_of(f"{written[:4]}.{written[4:6]}.{written[6:]}") == day_of(written)


@pytest.mark.parametrize("text", FORMS_OF_ELEVEN)
def test_a_time_is_the_same_in_both_forms(text: str) -> None:
    assert time_of(text) == (ELEVEN, ELEVEN + SECOND)
    assert time_of(f"{text}.5") == (ELEVEN + 500_000, ELEVEN + 600_000)


@given(st.integers(0, 10**9 - 1), st.integers(1, 9))
def test_a_fraction_covers_what_its_digits_leave_open_and_no_less_than_a_microsecond(
    nanoseconds: int, digits: int
) -> None:
    fraction = f"{nanoseconds:09}"[:digits]
    low, high = time_of(f"112501.{fraction}") or (0, 0)

    assert low == ELEVEN + int(fraction.ljust(9, "0")) // 1000
    assert high - low == max(1, 10 ** (6 - digits) if digits <= 6 else 1)


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_covers_nothing(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_covers_nothing(text: str) -> None:
    assert time_of(text) is None
