"""Dates, dateTimes and times at the precision at which they are written (FHIRPath 6.1 and 6.2, "Date/Time").

Two values compare part by part, year first; where one of them ends before they differ, nobody can tell.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_CLOCK = r"([01]\d|2[0-4])(?::([0-5]\d)(?::([0-5]\d(?:\.\d+)?|60))?)?"
_DATE = re.compile(
    rf"(\d{{4}})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:T(?:{_CLOCK})?(Z|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)
_TIME = re.compile(rf"T?{_CLOCK}", re.ASCII)
_DAY, _HOUR, _MINUTE = 3, 4, 5  # how many parts a value of that precision has
_MONTHS_A_YEAR = 12
_YEARS = range(1, 10_000)

TIME_KINDS = frozenset({"date", "dateTime", "instant", "time"})
"""The FHIR types whose texts are read as such."""

_SECONDS: Mapping[str, Decimal] = {
    "week": Decimal(604_800),
    "day": Decimal(86_400),
    "hour": Decimal(3_600),
    "minute": Decimal(60),
    "second": Decimal(1),
    "millisecond": Decimal("0.001"),
}
_MONTHS = {"year": 12, "month": 1}
CALENDAR_UNITS = frozenset({*_SECONDS, *_MONTHS})
"""The units in which time is added to a date."""


@dataclass(frozen=True, slots=True)
class PartialTime:
    """A moment as far as it is told: parts from the year (or the hour) down, and its offset in minutes."""

    parts: tuple[Decimal, ...]
    offset: int | None = None
    clock: bool = False

    @property
    def kind(self) -> str:
        """The FHIR type that it has."""
        if self.clock:
            return "time"
        return "date" if len(self.parts) <= _DAY and self.offset is None else "dateTime"

    def __str__(self) -> str:
        if self.clock:
            return ":".join(_digits(part) for part in self.parts)
        year, *rest = self.parts
        day = "-".join((f"{int(year):04}", *(_digits(part) for part in rest[:2])))
        if len(self.parts) <= _DAY:
            return day
        return f"{day}T{':'.join(_digits(part) for part in rest[2:])}{_offset_text(self.offset)}"


def read_time(text: object) -> PartialTime | None:
    """Read a date, dateTime or time of any precision; None where the text is none."""
    if not isinstance(text, str):
        return None
    if match := _DATE.fullmatch(text):
        *parts, zone = match.groups()
        told = tuple(Decimal(part) for part in parts if part is not None)
        return PartialTime(told, _offset(zone)) if len(told) <= _DAY or parts[2] else None
    if match := _TIME.fullmatch(text):
        return PartialTime(tuple(Decimal(part) for part in match.groups() if part is not None), clock=True)
    return None


def ordered(left: PartialTime, right: PartialTime) -> int | None:
    """Compare two moments: negative, 0, positive, or None where their precision does not tell."""
    if left.clock != right.clock:
        return None
    if left.offset is not None and right.offset is not None and left.offset != right.offset:
        left, right = _in_utc(left), _in_utc(right)
    for one, other in zip(left.parts, right.parts, strict=False):
        if one != other:
            return -1 if one < other else 1
    told = min(len(left.parts), len(right.parts))
    if (left.offset is None) != (right.offset is None) and told > _DAY:
        return None
    return 0 if len(left.parts) == len(right.parts) else None


def later(moment: PartialTime, amount: Decimal, unit: str) -> PartialTime | None:
    """Add some of a calendar unit to a moment, at its own precision; None where no date is that far."""
    unit = unit.removesuffix("s")
    if unit in _MONTHS:
        return None if moment.clock else _months_later(moment, int(amount) * _MONTHS[unit])
    seconds = amount * _SECONDS[unit]
    if moment.clock:
        return _clock_later(moment, seconds)
    if len(moment.parts) < _DAY:  # a year or month moves by whole ones (FHIRPath 6.6.4)
        days = int(seconds / _SECONDS["day"])
        return _months_later(moment, int(days / 30) if len(moment.parts) > 1 else int(days / 365) * 12)
    try:
        moved = _datetime(moment) + timedelta(seconds=float(seconds))
    except (OverflowError, ValueError):
        return None
    fraction = moment.parts[5] % 1 if len(moment.parts) > _MINUTE else Decimal(0)
    whole = (moved.year, moved.month, moved.day, moved.hour, moved.minute, moved.second)
    *parts, second = (Decimal(part) for part in whole)
    return replace(moment, parts=(*parts, second + fraction)[: len(moment.parts)])


def current(now: datetime) -> PartialTime:
    """An instant as a moment with every part."""
    second = Decimal(now.second) + Decimal(now.microsecond // 1000) / 1000
    whole = (now.year, now.month, now.day, now.hour, now.minute)
    offset = now.utcoffset()
    minutes = 0 if offset is None else int(offset.total_seconds() // 60)
    return PartialTime((*(Decimal(part) for part in whole), second), minutes)


def _months_later(moment: PartialTime, months: int) -> PartialTime | None:
    year, *rest = moment.parts
    month = int(rest[0]) if rest else 1
    years, new_month = divmod(month - 1 + months, _MONTHS_A_YEAR)
    new_year = int(year) + years
    if new_year not in _YEARS:
        return None
    parts = [Decimal(new_year)]
    if rest:
        parts.append(Decimal(new_month + 1))
    if len(rest) > 1:
        parts.append(min(rest[1], Decimal(monthrange(new_year, new_month + 1)[1])))
    return replace(moment, parts=(*parts, *rest[2:]))


def _clock_later(moment: PartialTime, seconds: Decimal) -> PartialTime:
    hour, minute, second = (*moment.parts, Decimal(0), Decimal(0))[:3]
    total = (hour * 3600 + minute * 60 + second + seconds) % _SECONDS["day"]
    parts = (total // 3600, total % 3600 // 60, total % 60)
    return replace(moment, parts=parts[: len(moment.parts)])


def _datetime(moment: PartialTime) -> datetime:
    year, month, day, hour, minute, second = (int(part) for part in (*moment.parts, *(Decimal(0),) * 3)[:6])
    return datetime(year, month, day, hour, minute, second)


def _in_utc(moment: PartialTime) -> PartialTime:
    if moment.offset is None or len(moment.parts) < _HOUR:
        return moment
    year, month, day, hour, minute = (int(part) for part in (*moment.parts, Decimal(0))[:_MINUTE])
    try:
        moved = datetime(year, month, day, hour, minute, tzinfo=UTC) - timedelta(minutes=moment.offset)
    except (OverflowError, ValueError):
        return moment
    parts = (moved.year, moved.month, moved.day, moved.hour, moved.minute)
    numbers = tuple(Decimal(part) for part in parts)[: len(moment.parts)]
    return PartialTime((*numbers, *moment.parts[_MINUTE:]), 0)


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:])
    return -minutes if zone[0] == "-" else minutes


def _offset_text(offset: int | None) -> str:
    if offset is None:
        return ""
    sign = "-" if offset < 0 else "+"
    return f"{sign}{abs(offset) // 60:02}:{abs(offset) % 60:02}" if offset else "Z"


def _digits(part: Decimal) -> str:
    whole, _, fraction = f"{part:f}".partition(".")
    return f"{whole.zfill(2)}.{fraction}" if fraction else whole.zfill(2)
