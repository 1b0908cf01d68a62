"""Dates that are moved by whole days, so that intervals and times of day stay: DICOM's DA and DT, FHIR's.

A year or month alone is moved as its middle would be, and is a year or month again.
"""

import re
from datetime import date, timedelta

_DA = re.compile(r"([0-9]{4})[.]?([0-9]{2})[.]?([0-9]{2})")
_DT = re.compile(
    r"([0-9]{4})([0-9]{2})?([0-9]{2})?((?:[0-9]{2}){0,3}(?:\.[0-9]{1,6})?)([+-][0-9]{4})?",
)
_TM = re.compile(r"[0-9]{2}:?(?:[0-9]{2}:?(?:[0-9]{2}(?:\.[0-9]{1,6})?)?)?")
_FHIR = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2}))?)?)?")
_MIDDLE_MONTH, _MIDDLE_DAY = "07", "15"


def moved_date(value: str, days: int) -> str | None:
    """A DA moved by days; None where it is none, or would lie outside of the calendar."""
    found = _DA.fullmatch(value.strip())
    moved = found and _moved(found[1], found[2], found[3], days)
    return f"{moved.year:04}{moved.month:02}{moved.day:02}" if moved else None


def moved_datetime(value: str, days: int) -> str | None:
    """A DT moved by days, as precise as it was; None as of `moved_date`."""
    found = _DT.fullmatch(value.strip())
    moved = found and _moved(found[1], found[2], found[3], days)
    if not found or not moved:
        return None
    parts = f"{moved.year:04}", f"{moved.month:02}" * bool(found[2]), f"{moved.day:02}" * bool(found[3])
    return "".join((*parts, found[4] or "", found[5] or ""))


def is_date(value: str) -> bool:
    """Whether it is a DA."""
    return moved_date(value, 0) is not None


def is_datetime(value: str) -> bool:
    """Whether it is a DT."""
    return moved_datetime(value, 0) is not None


def is_time(value: str) -> bool:
    """Whether it is a TM."""
    return _TM.fullmatch(value.strip()) is not None


def moved_fhir(value: str, days: int) -> str | None:
    """A FHIR date, dateTime or instant moved by days, as precise as it was; None where it is none."""
    found = _FHIR.fullmatch(value)
    moved = found and _moved(found[1], found[2], found[3], days)
    if not found or not moved:
        return None
    parts = f"{moved.year:04}", f"-{moved.month:02}" * bool(found[2]), f"-{moved.day:02}" * bool(found[3])
    return "".join((*parts, found[4] or ""))


def _moved(year: str, month: str | None, day: str | None, days: int) -> date | None:
    try:
        return date(int(year), int(month or _MIDDLE_MONTH), int(day or _MIDDLE_DAY)) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
