"""Calendar arithmetic of questions: ages in completed units, windows by whole days, both ends included.

`P2Y` before 2026-11-22 begins on 2024-11-22. Where a day does not exist (29 February) the last day of the
month stands in its place.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from fhir_profiles.dates import interval
from graph.errors import Invalid

LONGEST_YEARS = 200
_DURATION = re.compile(r"P(?=\d)(?:(\d{1,5})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,5})D)?", re.ASCII)
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
_MONTHS = 12
_DAYS_IN_YEAR = 366


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time by the calendar."""

    months: int
    days: int

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read an ISO 8601 duration of years, months, weeks and days.

        Raises `Invalid` for anything else, and beyond P200Y.
        """
        match = _DURATION.fullmatch(text)
        if match is None:
            raise Invalid("not a duration of years, months, weeks or days, such as P2Y or P90D")
        years, months, weeks, days = (int(each or 0) for each in match.groups())
        found = cls(years * _MONTHS + months, weeks * 7 + days)
        if found.months > LONGEST_YEARS * _MONTHS or found.days > LONGEST_YEARS * _DAYS_IN_YEAR:
            raise Invalid("a window is at most P%(years)sY", years=LONGEST_YEARS)
        return found

    @property
    def in_years(self) -> bool:
        """Whether it is so many years and nothing beside."""
        return self.days == 0 and self.months % _MONTHS == 0

    def before(self, day: date) -> date:
        """The day that lies so long before another."""
        return _clamped(day, -self.months, -self.days)

    def after(self, day: date) -> date:
        """The day that lies so long after another."""
        return _clamped(day, self.months, self.days)


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Whole days from `first` to `last`, both included; None is open."""

    first: date | None = None
    last: date | None = None

    def whole_years(self) -> "DaySpan":
        """Every day of every year that it touches."""
        return DaySpan(
            None if self.first is None else self.first.replace(month=1, day=1),
            None if self.last is None else year_end(self.last),
        )

    def instants(self, zone: tzinfo) -> tuple[int | None, int | None]:
        """The window as [low, high) in microseconds; days begin at midnight in `zone`."""
        low = None if self.first is None else start_of(self.first, zone)
        high = None if self.last is None else end_of(self.last, zone)
        return low, high


UNITS: Mapping[str, Duration] = {
    "a": Duration(_MONTHS, 0),
    "mo": Duration(1, 0),
    "wk": Duration(0, 7),
    "d": Duration(0, 1),
}


def largest_age(unit: str) -> int:
    """The largest age that may be asked for in a unit of `UNITS`."""
    whole = UNITS[unit]
    return (
        LONGEST_YEARS * _MONTHS // whole.months
        if whole.months
        else LONGEST_YEARS * _DAYS_IN_YEAR // whole.days
    )


def latest_birth(count: int, unit: str, day: date) -> date:
    """The last birth date since which `count` whole units of `UNITS` have passed on `day`.

    As CQL counts (AgeInYearsAt, AgeInMonthsAt): whoever was born on 29 February turns on 1 March where the
    day does not exist.
    """
    whole = UNITS[unit]
    return _clamped(day, -count * whole.months, -count * whole.days)


def ordinal_date(ordinal: int) -> date:
    """The day of an ordinal of the calendar."""
    return date.fromordinal(ordinal)


def year_end(day: date) -> date:
    """The last day of the year of a day."""
    return day.replace(month=_MONTHS, day=31)


def start_of(day: date, zone: tzinfo) -> int:
    """Return the first microsecond of a day.

    Raises `ValueError` for a day that is no interval, which no date is.
    """
    return _interval(day, zone)[0]


def end_of(day: date, zone: tzinfo) -> int:
    """Return the first microsecond after a day.

    Raises `ValueError` for a day that is no interval, which no date is.
    """
    return _interval(day, zone)[1]


def full_date(text: str) -> date:
    """Read a whole date.

    Raises `Invalid` for anything else.
    """
    first, last = dates_of(text)
    if first != last:
        raise Invalid("not a whole date, such as 2026-11-22")
    return first


def dates_of(text: str) -> tuple[date, date]:
    """Return the first and last day that a year, month or day covers.

    Raises `Invalid` for what is no date.
    """
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
        first = date(year, month or 1, day or 1)
        last = first if day else _month_end(year, month or _MONTHS)
    except ValueError:
        raise Invalid("not a date, such as 2026-11-22, 2026-11 or 2026") from None
    return first, last


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _interval(day: date, zone: tzinfo) -> tuple[int, int]:
    found = interval(day.isoformat(), zone)
    if found is None:
        raise ValueError("a day is always an interval")
    return found


def _clamped(day: date, months: int, days: int) -> date:
    """Months first, then days; beyond the calendar its first or last day stands."""
    count = day.year * _MONTHS + day.month - 1 + months
    year, month = count // _MONTHS, count % _MONTHS + 1
    try:
        moved = date(year, month, min(day.day, monthrange(year, month)[1]))
        return moved + timedelta(days=days)
    except (ValueError, OverflowError):
        return date.min if months + days < 0 else date.max
