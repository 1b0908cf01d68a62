"""Forms of DICOM dates and times (PS3.5 6.2: DA, TM, DT)."""

import re
from datetime import date

_LENGTH = len("YYYYMMDD")
_TIME = r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:(?:[0-5][0-9]|60)(?:\.[0-9]{1,6})?)?)?"
_TM = re.compile(_TIME, re.ASCII)
_DT = re.compile(rf"([0-9]{{4}})(?:([0-9]{{2}})(?:([0-9]{{2}})(?:{_TIME})?)?)?(?:[+-][0-9]{{4}})?", re.ASCII)


def is_date(value: str) -> bool:
    """Whether a value is a day of the calendar, as YYYYMMDD."""
    digits = len(value) == _LENGTH and value.isascii() and value.isdigit()
    return digits and _is_day(value[:4], value[4:6], value[6:])


def is_time(value: str) -> bool:
    """Whether a value is a time of day, as HH[MM[SS[.F]]]."""
    return _TM.fullmatch(value) is not None


def is_date_time(value: str) -> bool:
    """Whether a value is a date and time, as YYYY[MM[DD[HH...]]][+ZZXX]."""
    found = _DT.fullmatch(value)
    return found is not None and _is_day(found[1], found[2] or "01", found[3] or "01")


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
