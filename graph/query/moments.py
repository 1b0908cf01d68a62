"""Dates and times of DICOM (PS3.5 6.2: DA, TM): their forms, and the interval that a value covers.

The forms of ACR-NEMA, `1994.01.30` and `11:25:01`, are read beside those of today, as PS3.5 table 6.2-1 asks
of whoever is backward compatible; and fractions down to the nanosecond, which some devices write.
"""

import re
from datetime import date

DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
_UNITS = (3_600_000_000, 60_000_000, 1_000_000)  # hour, minute, second
_MICROSECONDS = 6  # digits of a second's fraction that are told apart
_DATE = re.compile(r"([0-9]{4})(\.?)([0-9]{2})\2([0-9]{2})", re.ASCII)
CLOCK = r"(?:[01][0-9]|2[0-3])(?:[0-5][0-9](?:(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?)?)?"
_COLONS = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,9})?)?"
_TIME = re.compile(f"{CLOCK}|{_COLONS}", re.ASCII)


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
