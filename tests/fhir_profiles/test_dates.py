"""A partial date covers all that it may mean."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.dates import EARLIEST, LATEST, interval, period, timing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2024", "2024-01-01T00:00Z", "2025-01-01T00:00Z"),
        ("2024-02", "2024-02-01T00:00Z", "2024-03-01T00:00Z"),
        ("2023-12", "2023-12-01T00:00Z", "2024-01-01T00:00Z"),
        ("2024-02-29", "2024-02-29T00:00Z", "2024-03-01T00:00Z"),
        ("1969-12-31", "1969-12-31T00:00Z", "1970-01-01T00:00Z"),
        ("2024-02-29T10:30Z", "2024-02-29T10:30Z", "2024-02-29T10:31Z"),
        ("2024-02-29T10:30:15+09:00", "2024-02-29T01:30:15Z", "2024-02-29T01:30:16Z"),
        ("2024-02-29T10:30:15.5-05:30", "2024-02-29T16:00:15.500Z", "2024-02-29T16:00:15.600Z"),
        ("2024-02-29T10:30:15.123456789Z", "2024-02-29T10:30:15.123456Z", "2024-02-29T10:30:15.123457Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00Z", "2017-01-01T00:00:01Z"),
    ],
)
def test_a_date_covers_its_precision(text: str, low: str, high: str) -> None:
    assert interval(text) == (micros(low), micros(high))


@pytest.mark.parametrize(
    "text", ["", "24", "2024-13", "2024-02-30", "2024-02-29T24:00Z", "0000", "2024-1-1", "x"]
)
def test_what_is_no_date_covers_nothing(text: str) -> None:
    assert interval(text) is None


def test_days_without_an_offset_lie_where_the_site_is() -> None:
    seoul = ZoneInfo("Asia/Seoul")
    assert interval("2024-02-29", seoul) == (micros("2024-02-28T15:00Z"), micros("2024-02-29T15:00Z"))
    assert interval("2024-02-29T00:00Z", seoul) == interval("2024-02-29T00:00Z")
    berlin = ZoneInfo("Europe/Berlin")
    low, high = interval("2024-03-31", berlin) or (0, 0)
    assert high - low == 23 * 3600 * 1_000_000, "the clocks go forward on that day"


def test_the_ends_of_the_calendar_are_covered() -> None:
    assert interval("9999") == (micros("9999-01-01T00:00Z"), LATEST)
    assert interval("9999-12-31", ZoneInfo("Asia/Seoul")) is not None
    assert interval("0001-01-01") == (EARLIEST, micros("0001-01-02T00:00Z"))


def test_an_open_period_reaches_to_the_end_of_the_calendar() -> None:
    assert period({"start": "2024"}) == (micros("2024-01-01T00:00Z"), LATEST)
    assert period({"end": "2024"}) == (EARLIEST, micros("2025-01-01T00:00Z"))
    assert period({"start": "2024-01-02", "end": "2024-01-03"}) == (
        micros("2024-01-02T00:00Z"),
        micros("2024-01-04T00:00Z"),
    )
    assert period({"extension": []}) is None


def test_a_timing_covers_its_outer_limits() -> None:
    assert timing({"event": ["2024-01-05", "2024-01-02"]}) == (
        micros("2024-01-02T00:00Z"),
        micros("2024-01-06T00:00Z"),
    )
    assert timing({"repeat": {"boundsPeriod": {"start": "2024"}}}) == (micros("2024-01-01T00:00Z"), LATEST)
    assert timing({"code": {"text": "BID"}}) is None


@given(st.datetimes(timezones=st.timezones()))
def test_an_instant_is_found_where_python_finds_it(moment: datetime) -> None:
    text = moment.isoformat(timespec="microseconds")
    if len(text) == len("2024-02-29T10:30:15.123456+09:00"):
        low = micros(text)
        assert interval(text) == (low, low + 1)
