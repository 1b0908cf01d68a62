"""Forms of DICOM dates and times (PS3.5 6.2: DA, TM, DT)."""

import re

from graph.query.moments import CLOCK, day_of, time_of

_DT = re.compile(rf"([0-9]{{4}})(?:([0-9]{{2}})(?:([0-9]{{2}})(?:{CLOCK})?)?)?(?:[+-][0-9]{{4}})?", re.ASCII)


def is_date(value: str) -> bool:
    """Whether a value is a day of the calendar, as YYYYMMDD or in the old form YYYY.MM.DD."""
    return day_of(value) is not None


def is_time(value: str) -> bool:
    """Whether a value is a time of day, as HH[MM[SS[.F]]] or in the old form HH:MM[:SS[.F]]."""
    return time_of(value) is not None


def is_date_time(value: str) -> bool:
    """Whether a value is a date and time, as YYYY[MM[DD[HH...]]][+ZZXX]."""
    found = _DT.fullmatch(value)
    return found is not None and is_date(found[1] + (found[2] or "01") + (found[3] or "01"))
