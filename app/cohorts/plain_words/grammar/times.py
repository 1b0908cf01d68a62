"""When something was: in the last two years, since 2020, within 30 days after something else.

A `window` needs nothing else; a `rel` is relative to an event that is said beside it. Both carry the period
of the cohort language, the second with `event` where the event's name will stand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.cohorts.plain_words.scanning.amounts import Amount, AmountKind
from app.cohorts.plain_words.scanning.signs import Sign, joined

_LETTERS: Mapping[str, str] = {"a": "Y", "mo": "M", "wk": "W", "d": "D"}
_HOURS = 24
AS_OF = "asOf"
EVENT = "event"
AMOUNT = "{t:(qt | unit)}"
RANGE = "{t:range:qt}"
"""A time and a comparison of one, in the patterns of rules."""


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """A period as it is said: of the language, with `asOf`, dates or the event for anchors.

    `calendar` is a unit of the calendar that it stands for instead (`thisyear`), told when the day is known.
    `loose` says why it may be meant otherwise. Of `either` any one is meant, and nothing else is told.
    """

    period: Mapping[str, Any]
    calendar: str = ""
    loose: str = ""
    either: tuple["TimeSaid", ...] = ()


def duration(amount: Amount) -> str | None:
    """A time as ISO 8601 writes it; None of what is no whole number of days or more."""
    number, unit = amount.number, amount.unit
    if amount.kind is not AmountKind.TIME:
        return None
    if unit == "h":
        return f"P{int(number) // _HOURS}D" if number > 0 and not number % _HOURS else None
    if unit not in _LETTERS:
        return None
    if number != number.to_integral_value():
        return f"P{int(number * 12)}M" if unit == "a" and number * 12 == int(number * 12) else None
    return f"P{int(number)}{_LETTERS[unit]}" if number >= 0 else None


def time_of(sign: Sign | None) -> Amount | None:
    """The time that a sign tells: a bare unit is one of it; None without a sign."""
    if sign is None:
        return None
    if sign.kind == "unit":
        return Amount(Decimal(1), AmountKind.TIME, sign.detail)
    first: Amount = sign.value[0]
    return first


def window_sign(parts: tuple[Sign, ...], period: Mapping[str, Any], **more: Any) -> Sign:
    """A sign of a period that needs nothing else."""
    return joined("window", parts, TimeSaid(period, **more))
