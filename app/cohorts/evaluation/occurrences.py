"""The occurrences of an event, side by side in arrays: whose each is, on which days, and whether it counts.

Days are ordinals of the calendar at the site. An occurrence of which the day is not known well has a first
and a last day that it may be on; one that lasts has the days from when to when. By years, every day is the
last one of its year, so that nothing tells days apart that a caller is not told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.cohorts.language.calendar import Duration, year_end

IntArray: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
NEVER, EVER = -(1 << 40), 1 << 40  # before and behind all days: the ends of what has no date
_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def numbers(values: object) -> IntArray:
    """An array of whole numbers."""
    return np.asarray(values, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Rows of one event; `certain` of those that surely count; `lasting`: from the first to the last day."""

    rows: IntArray
    owners: IntArray
    first: IntArray
    last: IntArray
    certain: Mask
    lasting: bool = False

    @property
    def dated(self) -> Mask:
        """Which have a date."""
        return self.first > NEVER

    @property
    def exact(self) -> Mask:
        """Of which the day is known; what lasts has that on which it began."""
        return self.dated if self.lasting else self.dated & (self.first == self.last)

    def begun(self) -> "Occurrences":
        """The same, each on the days that it may have begun on."""
        if not self.lasting:
            return self
        last = np.where(self.dated, self.first, self.last)
        return Occurrences(self.rows, self.owners, self.first, last, self.certain)

    def kept(self, certain: Mask, possible: Mask) -> "Occurrences":
        """Those that possibly hold, of which those that certainly do stay certain."""
        return Occurrences(
            self.rows[possible],
            self.owners[possible],
            self.first[possible],
            self.last[possible],
            (self.certain & certain)[possible],
            self.lasting,
        )


class LocalDays:
    """The days on which instants lie at a site, each calendar day found once; by years their last days."""

    def __init__(self, zone: tzinfo, *, by_year: bool) -> None:
        self._zone = zone
        self._by_year = by_year

    def of(self, instants: NDArray[np.float64] | IntArray) -> IntArray:
        """The ordinals of the days of instants in µs since the epoch."""
        seconds = np.floor_divide(np.asarray(instants, dtype=np.int64), _SECOND)
        hours, place = np.unique(np.floor_divide(seconds, 900), return_inverse=True)
        return numbers([self._day(int(each) * 900) for each in hours])[place]

    def _day(self, second: int) -> int:
        """The ordinal of a moment; zones change their clocks at quarters of an hour."""
        try:
            found = (_EPOCH + timedelta(seconds=second)).astimezone(self._zone).date()
        except OverflowError:  # before the first year, or behind the last
            found = date.min if second < 0 else date.max
        return (year_end(found) if self._by_year else found).toordinal()


def shifted(days: IntArray, length: Duration | None, *, back: bool) -> IntArray:
    """The days that lie a length of the calendar before or after some; what has no date keeps having none."""
    if length is None:
        return np.full_like(days, NEVER if back else EVER)
    move: Callable[[date], date] = length.before if back else length.after
    every, place = np.unique(days, return_inverse=True)
    return numbers([_moved(int(each), move) for each in every])[place]


def _moved(day: int, move: Callable[[date], date]) -> int:
    if day in (NEVER, EVER):
        return day
    return move(date.fromordinal(day)).toordinal()
