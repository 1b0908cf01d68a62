"""Durations and birthdays by the calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cohorts.language.calendar import UNITS, Duration, dates_of, largest_age, latest_birth
from graph.errors import Invalid


@pytest.mark.parametrize(
    ("text", "day", "before"),
    [
        ("P2Y", "2026-11-22", "2024-11-22"),
        ("P2Y", "2024-02-29", "2022-02-28"),
        ("P1M", "2026-03-31", "2026-02-28"),
        ("P1Y6M", "2026-05-31", "2024-11-30"),
        ("P2W", "2026-01-07", "2025-12-24"),
        ("P90D", "2026-11-22", "2026-08-24"),
        ("P200Y", "0100-01-01", "0001-01-01"),
    ],
)
def test_a_duration_counts_months_then_days(text: str, day: str, before: str) -> None:
    assert Duration.parse(text).before(date.fromisoformat(day)).isoformat() == before


@pytest.mark.parametrize("text", ["", "P", "2Y", "PT1H", "P1.5Y", "P-1Y", "P201Y", "P1Y1Y", "P٢Y"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Duration.parse(text)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_the_latest_birth_is_the_last_day_whose_birthday_has_come(day: date, years: int) -> None:
    def birthday(born: date) -> tuple[int, int, int]:
        return born.year + years, born.month, born.day  # 29 February sorts before 1 March in any year

    born = latest_birth(years, "a", day)

    assert birthday(born) <= (day.year, day.month, day.day)
    assert birthday(date.fromordinal(born.toordinal() + 1)) > (day.year, day.month, day.day)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 1440))
def test_a_month_is_completed_on_the_same_day_of_a_later_month(day: date, months: int) -> None:
    def completed(born: date) -> tuple[int, int]:
        return born.year * 12 + born.month + months, born.day

    born = latest_birth(months, "mo", day)

    assert completed(born) <= (day.year * 12 + day.month, day.day)
    assert completed(date.fromordinal(born.toordinal() + 1)) > (day.year * 12 + day.month, day.day)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 5000))
def test_days_and_weeks_are_counted_one_by_one(day: date, count: int) -> None:
    assert (day - latest_birth(count, "d", day)).days == count
    assert latest_birth(count, "wk", day) == latest_birth(7 * count, "d", day)


def test_the_oldest_is_as_old_in_every_unit() -> None:
    assert [largest_age(unit) for unit in UNITS] == [200, 2400, 10457, 73200]


def test_partial_dates_cover_their_days() -> None:
    assert dates_of("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert dates_of("2024") == (date(2024, 1, 1), date(2024, 12, 31))
    for text in ("2024-13", "2024-02-30", "24", "2024-1-1", ""):
        with pytest.raises(Invalid):
            dates_of(text)
