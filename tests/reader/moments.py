"""Dates as intervals, through the calendar of the standard library; seconds since 1970 as exact fractions."""

import calendar
import math
from datetime import UTC, datetime
from fractions import Fraction

Interval = tuple[float | Fraction, float | Fraction]


def interval(text: str) -> Interval:
    """What a FHIR date or dateTime covers, from the first moment that it may mean to just after the last."""
    if "T" in text:
        return _with_time(text)
    numbers = [int(part) for part in text.split("-")]
    first = [*numbers, 1, 1][:3]
    last = [*numbers, 12][:2]
    last.append(numbers[2] if len(numbers) == 3 else calendar.monthrange(*last)[1])
    return _midnight(first), _midnight(last) + 86_400


def period(value: dict[str, str]) -> Interval:
    """A period; a missing end goes on for ever."""
    low = interval(value["start"])[0] if "start" in value else -math.inf
    high = interval(value["end"])[1] if "end" in value else math.inf
    return low, high


def dicom_day(text: str) -> Interval:
    """A DA."""
    return interval(f"{text[:4]}-{text[4:6]}-{text[6:]}")


def dicom_time(text: str) -> Interval:
    """A TM, in seconds since midnight."""
    whole, dot, fraction = text.partition(".")
    precision = {2: 3600, 4: 60, 6: 1}[len(whole)]
    padded = whole.ljust(6, "0")
    start = Fraction(int(padded[:2]) * 3600 + int(padded[2:4]) * 60 + int(padded[4:]))
    width = Fraction(precision)
    if dot:
        start += Fraction(int(fraction), 10 ** len(fraction))
        width = Fraction(1, 10 ** len(fraction))
    return start, start + width


def _with_time(text: str) -> Interval:
    moment = datetime.fromisoformat(text)
    clock = text.split("T")[1].replace("Z", "").split("+")[0].split("-")[0]
    fraction = clock.partition(".")[2]
    width = Fraction(1, 10 ** len(fraction)) if fraction else Fraction(1 if clock.count(":") == 2 else 60)
    start = _seconds(moment.replace(microsecond=0)) + Fraction(int(fraction or 0), 10 ** len(fraction))
    return start, start + width


def _midnight(numbers: list[int]) -> Fraction:
    return _seconds(datetime(*numbers, tzinfo=UTC))  # type: ignore[misc]


def _seconds(moment: datetime) -> Fraction:
    return Fraction(calendar.timegm(moment.utctimetuple()))
