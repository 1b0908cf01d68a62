"""Sample dates are counted back by the calendar."""

from datetime import date

import pytest

from app.samples.calendar import Ago


@pytest.mark.parametrize(
    ("ago", "day", "found"),
    [
        (Ago(days=1), date(2026, 3, 1), date(2026, 2, 28)),
        (Ago(years=45), date(2026, 11, 22), date(1981, 11, 22)),
        (Ago(years=2, days=1), date(2026, 11, 22), date(2024, 11, 21)),
        (Ago(years=2, days=-1), date(2026, 11, 22), date(2024, 11, 23)),
        (Ago(years=1), date(2028, 2, 29), date(2027, 2, 28)),
        (Ago(years=4), date(2028, 2, 29), date(2024, 2, 29)),
    ],
)
def test_years_come_before_days(ago: Ago, day: date, found: date) -> None:
    assert ago.before(day) == found
