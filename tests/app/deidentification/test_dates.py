"""Dates that are moved keep their distances, whatever the calendar does between them."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.deidentification.dates import (
    is_date,
    is_datetime,
    is_time,
    moved_date,
    moved_datetime,
    moved_fhir,
)

DAYS = st.integers(-3_650, -1)
DATES = st.dates(date(1912, 1, 1), date(2100, 12, 31))


def day_of(text: str | None) -> date:
    assert text is not None
    return datetime.strptime(text, "%Y%m%d").date()


@given(DATES, DATES, DAYS)
def test_intervals_between_dates_are_kept(one: date, other: date, days: int) -> None:
    moved = [day_of(moved_date(f"{each:%Y%m%d}", days)) for each in (one, other)]

    assert moved[0] - moved[1] == one - other
    assert moved[0] - one == timedelta(days=days)


@given(st.integers(1904, 2096).filter(lambda year: year % 4 == 0 and year != 1900), DAYS)
def test_leap_days_are_days_like_others(year: int, days: int) -> None:
    before, leap, after = (day_of(moved_date(f"{year}{each}", days)) for each in ("0228", "0229", "0301"))

    assert leap - before == after - leap == timedelta(days=1)


@given(st.datetimes(datetime(1912, 1, 1), datetime(2100, 1, 1)), DAYS)
def test_a_moment_keeps_its_time_of_day_and_moves_with_the_dates(moment: datetime, days: int) -> None:
    text = f"{moment:%Y%m%d%H%M%S.%f}+0900"

    moved = moved_datetime(text, days)

    assert moved is not None
    assert moved[8:] == text[8:]
    assert moved[:8] == moved_date(text[:8], days)


@given(DATES, DAYS)
def test_dates_of_fhir_move_as_those_of_dicom(day: date, days: int) -> None:
    moved = moved_fhir(f"{day.isoformat()}T10:15:00.250+09:00", days)

    assert moved is not None
    assert moved.replace("-", "", 2)[:8] == moved_date(f"{day:%Y%m%d}", days)
    assert moved.endswith("T10:15:00.250+09:00")


@pytest.mark.parametrize(
    ("written", "moved"),
    [
        ("1980", "1979"),
        ("1980-05", "1979-05"),
        ("1980-03-01", "1979-03-02"),
        ("2026-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
    ],
)
def test_a_partial_date_is_as_partial_as_it_was(written: str, moved: str) -> None:
    assert moved_fhir(written, -365) == moved


@pytest.mark.parametrize(
    ("written", "moved"),
    [("2024", "2023"), ("202405", "202305"), ("2024050607", "2023050707"), ("2024.05.06", None)],
)
def test_a_partial_moment_is_as_partial_as_it_was(written: str, moved: str | None) -> None:
    assert moved_datetime(written, -365) == moved


@pytest.mark.parametrize("text", ["", "Kim", "20261301", "20260230", "2026010", "00010101 Kim", "99999999"])
def test_what_is_no_date_is_not_moved(text: str) -> None:
    assert moved_date(text, -1) is None
    assert not is_date(text)


@pytest.mark.parametrize("text", ["00010101", "00010102"])
def test_what_would_lie_before_the_calendar_is_not_moved(text: str) -> None:
    assert moved_date(text, -2) is None
    assert moved_fhir("0001-01-01", -2) is None


@given(st.text())
def test_any_text_is_moved_or_none(text: str) -> None:
    for move, holds in ((moved_date, is_date), (moved_datetime, is_datetime)):
        assert (move(text, 0) is not None) is holds(text)
    assert moved_fhir(text, -1) is None or text[:4].isdigit()
    assert is_time(text) in (True, False)
