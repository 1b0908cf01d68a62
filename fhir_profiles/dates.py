"""FHIR dates as intervals of time: a partial date is everything it may mean (FHIR R4 search.html#date).

Instants are microseconds since 1970-01-01T00:00Z; intervals are [low, high).
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, TypeAlias

Interval: TypeAlias = tuple[int, int]

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_EPOCH = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal()
EARLIEST = (1 - _EPOCH) * _DAY
LATEST = (_LAST_DAY + 1 - _EPOCH) * _DAY
"""Where an open end lies: the first and last instants that a FHIR date can name, in UTC."""

_DATE_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:(Z)|([+-]\d\d):(\d\d))?)?)?)?",
    re.ASCII,
)
_DECEMBER = 12
_MICROSECOND_DIGITS = 6


def interval(text: str, zone: tzinfo = UTC) -> Interval | None:
    """What a date, dateTime or instant covers, or None where it is none.

    A year, month or day covers its whole length in `zone`; minutes, seconds and fractions are as precise as
    they are written. Times without an offset (search values may lack one) are in `zone`.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    try:
        return _moment(match, zone) if match[4] else _days(match, zone)
    except (ValueError, OverflowError):
        return None


def period(value: Mapping[str, Any], zone: tzinfo = UTC) -> Interval | None:
    """What a Period covers; a missing end is open (`EARLIEST`, `LATEST`). None where it says nothing."""
    start = _text_interval(value.get("start"), zone)
    end = _text_interval(value.get("end"), zone)
    if start is None and end is None:
        return None
    return (start[0] if start else EARLIEST, end[1] if end else LATEST)


def timing(value: Mapping[str, Any], zone: tzinfo = UTC) -> Interval | None:
    """The outer limits of a Timing: from its first to its last event, or its bounds."""
    events = [found for each in value.get("event", ()) if (found := _text_interval(each, zone))]
    repeat = value.get("repeat")
    bounds = repeat.get("boundsPeriod") if isinstance(repeat, dict) else None
    if isinstance(bounds, dict) and (found := period(bounds, zone)):
        events.append(found)
    return (min(low for low, _ in events), max(high for _, high in events)) if events else None


def _text_interval(text: object, zone: tzinfo) -> Interval | None:
    return interval(text, zone) if isinstance(text, str) else None


def _days(match: re.Match[str], zone: tzinfo) -> Interval:
    year, month, day = int(match[1]), match[2], match[3]
    first = date(year, int(month or 1), int(day or 1)).toordinal()
    if day:
        after = first + 1
    elif month and int(month) < _DECEMBER:
        after = date(year, int(month) + 1, 1).toordinal()
    else:
        after = date(year + 1, 1, 1).toordinal() if year < date.max.year else _LAST_DAY + 1
    return _midnight(first, zone), _midnight(after, zone)


def _midnight(ordinal: int, zone: tzinfo) -> int:
    start = (ordinal - _EPOCH) * _DAY
    if zone is UTC or ordinal > _LAST_DAY:
        return start
    return start - _offset(datetime.combine(date.fromordinal(ordinal), time(), zone))


def _moment(match: re.Match[str], zone: tzinfo) -> Interval:
    year, month, day, hour, minute = (int(each) for each in match.group(1, 2, 3, 4, 5))
    seconds = int(match[6] or 0)  # 60 is a leap second, and counts on
    time(hour, minute, min(seconds, 59))
    start = (date(year, month, day).toordinal() - _EPOCH) * _DAY
    start += ((hour * 60 + minute) * 60 + seconds) * _SECOND
    width = _SECOND if match[6] else 60 * _SECOND
    if fraction := match[7]:
        digits = fraction[:_MICROSECOND_DIGITS]
        width = 10 ** (_MICROSECOND_DIGITS - len(digits))
        start += int(digits) * width
    if match[9]:
        start -= _written_offset(match[9], match[10])
    elif not match[8]:
        start -= _offset(datetime(year, month, day, hour, minute, tzinfo=zone))
    return start, start + width


def _written_offset(hours: str, minutes: str) -> int:
    sign = -1 if hours[0] == "-" else 1
    return sign * (int(hours[1:]) * 60 + int(minutes)) * 60 * _SECOND


def _offset(local: datetime) -> int:
    offset = local.utcoffset()
    return round(offset.total_seconds() * _SECOND) if offset else 0
