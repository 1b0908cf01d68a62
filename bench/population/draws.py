"""What is drawn: entries of tables as often as their rank says, days, and how much of a day is written."""

from bisect import bisect
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from typing import TypeVar

Entry = TypeVar("Entry")

TODAY = date(2026, 11, 22)
"""The day on which everybody is looked at; nothing is later."""
_CLOCKS = tuple(f"T{hour:02d}:{minute:02d}:00+09:00" for hour in range(8, 19) for minute in range(0, 60, 5))


class Draws:
    """The draws of one person, always the same for the same seed and number."""

    def __init__(self, seed: int, number: int) -> None:
        self._random = Random(f"{seed}/{number}")

    def chance(self, share: float) -> bool:
        """Return whether what happens to this share of people happens."""
        return self._random.random() < share

    def one_of(self, entries: Sequence[Entry]) -> Entry:
        """Draw one entry, each as often as any."""
        return entries[int(self._random.random() * len(entries))]

    def ranked(self, entries: Sequence[Entry]) -> Entry:
        """Draw one entry, that of rank n with the weight 1/(n+1)."""
        sums = _sums(len(entries))
        return entries[bisect(sums, self._random.random() * sums[-1])]

    def between(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def around(self, usual: float, spread: float) -> float:
        """Draw a number that lies around the usual one."""
        return self._random.gauss(usual, spread)

    def several(self, mean: float) -> int:
        """Draw how often something happens that happens so often on average, and seldom much more often."""
        count, left = 0, self._random.expovariate(1.0)
        while left < mean:
            count += 1
            left += self._random.expovariate(1.0)
        return count

    def day(self, first: date, last: date = TODAY) -> date:
        """Draw a day, both ends included; the first where the last is before it."""
        return first + timedelta(days=self.between(0, max(0, (last - first).days)))

    def moment(self, day: date) -> str:
        """Draw a time of the day, as a FHIR dateTime."""
        return day.isoformat() + self.one_of(_CLOCKS)

    def written(self, day: date, *, year: float = 0.04, month: float = 0.04) -> str:
        """Write a day as far as it is known: for these shares of people the year or the month alone."""
        drawn = self._random.random()
        if drawn < year:
            return f"{day.year}"
        return f"{day:%Y-%m}" if drawn < year + month else day.isoformat()


@cache
def _sums(length: int) -> tuple[float, ...]:
    return tuple(accumulate(1 / rank for rank in range(2, length + 2)))
