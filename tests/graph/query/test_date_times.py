"""What a DT value covers (PS3.5 6.2): from a year to a microsecond, in its own zone or the site's."""

from datetime import UTC, timedelta, timezone

import pytest

from graph.query.moments import moment_of

HOUR = 3_600_000_000
DAY = 24 * HOUR
SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("text", "low", "width"),
    [
        ("1970", 0, 365 * DAY),
        ("197002", 31 * DAY, 28 * DAY),
        ("197012", 334 * DAY, 31 * DAY),
        ("19700102", DAY, DAY),
        ("1970010205", DAY + 5 * HOUR, HOUR),
        ("19700101000001", 1_000_000, 1_000_000),
        ("19700101000000.000002", 2, 1),
        ("19700101090000+0900", 0, 1_000_000),
        ("1970010100-0100", HOUR, HOUR),
    ],
)
def test_it_covers_what_its_precision_says(text: str, low: int, width: int) -> None:
    assert moment_of(text, UTC) == (low, low + width)


def test_one_without_an_offset_is_of_the_zone_of_the_site() -> None:
    assert moment_of("1970010109", SEOUL) == (0, HOUR)


@pytest.mark.parametrize(
    "text", ["", "70", "19701301", "19700231", "1970010125", "tomorrow", "0000", "19700101+9"]
)
def test_what_is_none_covers_nothing(text: str) -> None:
    assert moment_of(text, UTC) is None
