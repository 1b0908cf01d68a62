"""Dates and times of DICOM (PS3.5 6.2: DA, TM): their forms, and the interval that a value covers.

The forms of ACR-NEMA, `1994.01.30` and `11:25:01`, are read beside those of today, as PS3.5 table 6.2-1 asks
of whoever is backward compatible; and fractions down to the nanosecond, which some devices write.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_UNITS = (3_600_000_000, 60_000_000, 1_000_000)  # hour, minute, second
_MICROSECONDS = 6  # digits of a second's fraction that are told apart
_DATE = re.compile(r"([0-9]{4})(\.?)([0-9]{2})\2([0-9]{2})", re.ASCII)
CLOCK = r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?)?)?"
_COLONS = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?)?"
_TIME = re.compile(f"{CLOCK}|{_COLONS}", re.ASCII)
_MOMENT = re.compile(
    r"([0-9]{4})(?:(0[1-9]|1[0-2])(?:([0-2][0-9]|3[01])(?:([0-9.]{2,13}))?)?)?(?:([+-])([01][0-9])([0-5][0-9]))?",
    re.ASCII,
)
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


def day_of(text: str) -> tuple[int, int] | None:
    """The day [low, high) that a DA value names, in microseconds since the epoch; None where it is no day."""
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        number = date(int(found[1]), int(found[3]), int(found[4])).toordinal() - _EPOCH
    except ValueError:
        return None
    return number * DAY, (number + 1) * DAY


def time_of(text: str) -> tuple[int, int] | None:
    """The time [low, high) that a TM value covers, in microseconds since midnight; None where it is no time.

    `10` is an hour, and what is finer than a microsecond is within one.
    """
    if _TIME.fullmatch(text) is None:
        return None
    digits, _, fraction = text.replace(":", "").partition(".")
    counts = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    low = sum(unit * count for unit, count in zip(_UNITS, counts, strict=False))
    if not fraction:
        return low, low + _UNITS[len(counts) - 1]
    low += int(fraction[:_MICROSECONDS].ljust(_MICROSECONDS, "0"))
    return low, low + 10 ** max(0, _MICROSECONDS - len(fraction))


def moment_of(text: str, zone: tzinfo) -> tuple[int, int] | None:
    """The interval [low, high) that a DT value covers, in microseconds since the epoch in UTC.

    `2026` is a year. `zone` is that of a value that names none. None where it is no date and time.
    """
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, clock, sign, hours, minutes = found.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
        last = first + timedelta(days=1) if day else _after(first, by_month=month is not None)
        at = timezone(int(f"{sign}1") * timedelta(hours=int(hours), minutes=int(minutes))) if sign else zone
        start = _since_epoch(first, at)
        if clock is None:
            return start, _since_epoch(last, at)
        within = time_of(clock)
        return None if within is None else (start + within[0], start + within[1])
    except (ValueError, OverflowError):
        return None


def _after(first: date, *, by_month: bool) -> date:
    """The first day of the next month, or of the next year."""
    if by_month and first.month < 12:  # noqa: PLR2004 - December
        return first.replace(month=first.month + 1)
    return date(first.year + 1, 1, 1)


def _since_epoch(day: date, zone: tzinfo) -> int:
    """The beginning of a day in a zone."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (begins - _ZERO) // timedelta(microseconds=1)
