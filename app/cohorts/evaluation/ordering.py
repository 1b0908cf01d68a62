"""Which occasion comes when, how many there are, and how far apart: of the occurrences of each patient.

Where days are not known well, the fewest and the most that there may be before one are counted: it certainly
is the second where both are one. The bounds are sound, and not always as narrow as they could be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.cohorts.evaluation.occurrences import EVER, NEVER, IntArray, Mask, Occurrences, shifted
from app.cohorts.language.question import Count, Gap, Pick

_SPREAD = 1 << 42  # more than there are days between `NEVER` and `EVER`: keeps patients apart in one order


def picked(found: Occurrences, pick: Pick) -> tuple[Mask, Mask]:
    """Which occurrences certainly are on the occasion that is meant, and which may be.

    What has no date comes first as well as last, as far as anybody knows.
    """
    ahead = _backwards(found.begun()) if pick.backwards else found.begun()
    owners = np.unique(ahead.owners, return_inverse=True)[1].astype(np.int64)
    exact, sure = ahead.exact, ahead.exact & ahead.certain
    fewest = _days_before(owners, ahead.first, owners[sure], ahead.first[sure])
    most = _days_before(owners, ahead.last, owners[exact], ahead.first[exact])
    vague = _rows_before(owners, ahead.last, owners[~exact], ahead.first[~exact])
    vague -= ((~exact) & (ahead.first < ahead.last)).astype(np.int64)  # itself
    possible = (fewest < pick.nth) & (most + vague >= pick.nth - 1)
    certain = ahead.certain & (fewest == pick.nth - 1) & (most + vague == pick.nth - 1)
    return certain, possible


def _backwards(found: Occurrences) -> Occurrences:
    return replace(found, first=-found.last, last=-found.first)


def _days_before(owners: IntArray, days: IntArray, whose: IntArray, known: IntArray) -> IntArray:
    """How many different known days of its patient lie before each day."""
    pairs = np.unique(_in_order(whose, known))
    return np.searchsorted(pairs, _in_order(owners, days)) - np.searchsorted(pairs, _in_order(owners, -EVER))


def _rows_before(owners: IntArray, days: IntArray, whose: IntArray, begun: IntArray) -> IntArray:
    """How many of its patient's may have begun before each day."""
    pairs = np.sort(_in_order(whose, begun))
    return np.searchsorted(pairs, _in_order(owners, days)) - np.searchsorted(pairs, _in_order(owners, -EVER))


def _in_order(owners: IntArray, days: IntArray | int) -> IntArray:
    return owners * _SPREAD + days


@dataclass(frozen=True, slots=True)
class OccasionTally:
    """How many occurrences each of some patients has: certainly, and at most. All others have none."""

    owners: IntArray
    fewest: IntArray
    most: IntArray


def counted(found: Occurrences, count: Count | None, gap: Gap | None) -> OccasionTally:
    """Count the occurrences of each patient, or the longest row of them that are so far apart."""
    owners, place = np.unique(found.owners, return_inverse=True)
    if gap is not None:
        return _in_rows(found, owners, place, gap, by_day=count is not None and count.by_day)
    if count is not None and count.by_day:
        return _by_day(found.begun(), owners, place)
    fewest = np.bincount(place[found.certain], minlength=len(owners))
    return OccasionTally(owners, fewest, np.bincount(place, minlength=len(owners)))


def _by_day(found: Occurrences, owners: IntArray, place: IntArray) -> OccasionTally:
    """Different days: one that is not known is a day of its own at most, and one at least where alone."""
    exact = found.exact
    sure = _different(place, found.first, exact & found.certain, len(owners))
    some = np.bincount(place[found.certain], minlength=len(owners)) > 0
    most = _different(place, found.first, exact, len(owners))
    vague = np.bincount(place[~exact], minlength=len(owners))
    return OccasionTally(owners, np.maximum(sure, some), most + vague)


def _different(place: IntArray, days: IntArray, of: Mask, length: int) -> IntArray:
    pairs = np.unique(_in_order(place[of], days[of]))
    return np.bincount((pairs - NEVER) // _SPREAD, minlength=length) if len(pairs) else np.zeros(length, int)


def _in_rows(
    found: Occurrences, owners: IntArray, place: IntArray, gap: Gap, *, by_day: bool
) -> OccasionTally:
    """The longest row of those whose days are known; one whose day is not may stand in any row."""
    begun = found.begun()
    exact = begun.exact
    sure = _longest(begun, place, exact & begun.certain, len(owners), gap, by_day=by_day)
    some = np.bincount(place[begun.certain], minlength=len(owners)) > 0
    most = _longest(begun, place, exact, len(owners), gap, by_day=by_day)
    vague = np.bincount(place[~exact], minlength=len(owners))
    return OccasionTally(owners, np.maximum(sure, some), most + vague)


def _longest(
    begun: Occurrences, place: IntArray, of: Mask, length: int, gap: Gap, *, by_day: bool
) -> IntArray:
    """The length of the longest row of each patient in which each is so far from the one before."""
    longest = np.zeros(length, dtype=np.int64)
    keys = _in_order(place[of], begun.first[of])
    keys = np.unique(keys) if by_day else np.sort(keys)
    owners, days = (keys - NEVER) // _SPREAD, (keys - NEVER) % _SPREAD + NEVER
    soonest = days if gap.least is None else shifted(days, gap.least, back=False)
    latest = shifted(days, gap.most, back=False)
    for begin, end in _runs(owners):
        longest[owners[begin]] = _longest_row(days[begin:end], soonest[begin:end], latest[begin:end])
    return longest


def _runs(owners: IntArray) -> list[tuple[int, int]]:
    """From where to where each patient's stand."""
    cuts = np.flatnonzero(np.diff(owners)) + 1
    return list(zip([0, *cuts], [*cuts, len(owners)], strict=True)) if len(owners) else []


def _longest_row(days: IntArray, soonest: IntArray, latest: IntArray) -> int:
    """By the longest row that ends at each: one more than the longest that ends so far before it."""
    ending = np.ones(len(days), dtype=np.int64)
    for at in range(1, len(days)):
        reachable = (soonest[:at] <= days[at]) & (latest[:at] >= days[at])
        if reachable.any():
            ending[at] = int(ending[:at][reachable].max()) + 1
    return int(ending.max())


COMPARED: Mapping[str, Callable[[IntArray, int], Mask]] = {
    "ge": lambda number, n: number >= n,
    "gt": lambda number, n: number > n,
    "le": lambda number, n: number <= n,
    "lt": lambda number, n: number < n,
}
