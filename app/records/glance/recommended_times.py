"""When a report wants something done: `in 3 to 6 months`, `6-month follow-up`, `3개월 후`, `annual`."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from app.records.glance.recommendation_words import DAYS, NUMBERS

_NUMBER = r"\d+(?:\.\d+)?|" + "|".join(sorted(filter(str.isascii, NUMBERS), key=len, reverse=True))
_UNIT = r"(?P<unit>days?|weeks?|wks?|months?|mos?|years?|yrs?)\b"
_COUNT = rf"(?P<low>{_NUMBER})(?:\s*(?:-|–|~|to|or)\s*(?P<high>{_NUMBER}))?"
_KOREAN_NUMBER = r"\d+(?:\.\d+)?|" + "|".join(
    sorted((n for n in NUMBERS if not n.isascii()), key=len, reverse=True)
)
_TIMES = (
    re.compile(
        rf"\b(?:in|within|at|after|by|over|every|next|for|about"
        rf"|approximately)\s+(?:the\s+)?(?:next\s+)?(?:about\s+|approximately\s+"
        rf"|approx\.?\s+|another\s+)?{_COUNT}[\s-]*{_UNIT}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_COUNT}[\s-]*{_UNIT}(?:'s?|s')?(?=[\s-]+(?:\w+[\s-]+){{0,3}}(?:follow|f/?u"
        rf"|surveillance|repeat|recheck|CT|MRI|US|ultrasound|imaging|mammogra|interval"
        rf"|from now|later|time))",
        re.IGNORECASE,
    ),
    re.compile(rf"[,:(]\s*{_COUNT}[\s-]*{_UNIT}\s*(?=[.)]|$)", re.IGNORECASE),
    re.compile(
        rf"(?P<low>{_KOREAN_NUMBER})\s*(?:(?:-|–|~|에서"
        rf"|내지)\s*(?P<high>{_KOREAN_NUMBER})\s*)?(?P<unit>개월|주일|주|일|년"
        rf"|달)\s*(?:정도\s*)?(?:후|뒤|이후|내|이내|간격|마다|안에|째|추적|F/?U|f/?u"
        rf"|follow)",
    ),
)
_NAMED: Mapping[re.Pattern[str], tuple[float, float]] = {
    re.compile(r"\b(?:annual(?:ly)?|yearly|next year)\b|매년|1년마다|내년", re.IGNORECASE): (365.25, 365.25),
    re.compile(r"\b(?:semi-?annual(?:ly)?|half[- ]year(?:ly)?)\b|반년", re.IGNORECASE): (182.6, 182.6),
    re.compile(r"\bshort[- ](?:interval|term)\b|단기", re.IGNORECASE): (91.3, 182.6),
    re.compile(
        r"\b(?:urgent(?:ly)?|immediate(?:ly)?|emergen\w+|as soon as possible|ASAP"
        r"|prompt(?:ly)?)\b|즉시|응급|빠른\s*시일",
        re.IGNORECASE,
    ): (0, 7),
}


class Delay(NamedTuple):
    """How long after a report something is wanted: between so many days, and as it is written."""

    low: int
    high: int
    words: str

    def due(self, reported: date) -> date:
        """The day from which it is due, of a report of a day."""
        return reported + timedelta(days=self.low)

    def overdue(self, reported: date, grace: float = 0.25) -> date:
        """The day after which it is overdue: a share of the time, and a week at least, after the last one."""
        return reported + timedelta(days=round(self.high + max(7.0, self.high * grace)))


def delay_in(text: str) -> Delay | None:
    """The time that a text names; None where it names none that is to come."""
    for pattern in _TIMES:
        if match := pattern.search(text):
            unit = DAYS[match["unit"].lower()]
            low = _count(match["low"])
            high = _count(match["high"]) if match["high"] else low
            low, high = sorted((low, high))
            return Delay(_days(low * unit), _days(high * unit), match[0].strip())
    for named, (low, high) in _NAMED.items():
        if match := named.search(text):
            return Delay(_days(low), _days(high), match[0].strip())
    return None


def _count(text: str) -> float:
    return NUMBERS.get(text.lower(), 0.0) or float(text)


def _days(count: float) -> int:
    return min(round(count), 36_500)
