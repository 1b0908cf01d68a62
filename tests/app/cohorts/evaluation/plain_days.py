"""Days of the calendar as ordinals, from the dates that FHIR writes: a year or a month is all of its days."""

from calendar import monthrange
from datetime import date, timedelta

FIRST, LAST = -(10**9), 10**9


def interval(text: str) -> tuple[int, int]:
    parts = [int(each) for each in text[:10].split("-")]
    year, month, day = (*parts, 0, 0)[:3]
    first = date(year, month or 1, day or 1)
    last = first if day else date(year, month or 12, monthrange(year, month or 12)[1])
    return first.toordinal(), last.toordinal()


def moved(day: int, length: str, way: int) -> int:
    if day in (FIRST, LAST):
        return day
    number, unit = int(length[1:-1]) * way, length[-1]
    if unit in "DW":
        return (date.fromordinal(day) + timedelta(days=number * (7 if unit == "W" else 1))).toordinal()
    found = date.fromordinal(day)
    months = found.year * 12 + found.month - 1 + number * (12 if unit == "Y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(found.day, monthrange(year, month + 1)[1])).toordinal()


def years_before(day: int, years: int) -> int:
    if day in (FIRST, LAST):
        return day
    found = date.fromordinal(day)
    year = found.year - years
    return date(year, found.month, min(found.day, monthrange(year, found.month)[1])).toordinal()
