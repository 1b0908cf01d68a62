"""Days counted back from the day of loading, so that sample data is always recent."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Ago:
    """A span back from a day: whole years by the calendar first, then days."""

    days: int = 0
    years: int = 0

    def before(self, day: date) -> date:
        """The day that lies this span before `day`; from 29 February to 28 where the year has none."""
        year = day.year - self.years
        leap = day.month == 2 and day.day == 29  # noqa: PLR2004  the one day that some years lack
        there = day.replace(year=year, day=28) if leap and not _is_leap(year) else day.replace(year=year)
        return there - timedelta(days=self.days)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
