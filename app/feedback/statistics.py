"""What may be counted of reads and how they turned out, and what may not.

Only some reads are followed up, and positive ones sooner: among those that have an outcome, a share of
right reads is no share of all (verification bias). So sensitivity and specificity are told only where every
read of a stratum has its truth, whatever the read said. Who manages readers sees only cells of at least
`LEAST_SHOWN` readers and cases, of quarters that are over, such that no hidden cell follows from the total.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import quantiles
from typing import NamedTuple

from app.feedback.verdicts import JUDGING, ReadVerdict
from graph.wording import Phrase, marked

LEAST_SHOWN = 11
"""Readers and cases that a cell has at least that managers see."""
MOST_OF_ONE = 0.5
"""Of a cell's cases, the largest share of one reader: else the cell is that reader's."""
_Z = 1.959963984540054  # of a two-sided interval of 95 %


class Stratum(NamedTuple):
    """What is counted together: a kind of pictures and a region."""

    modality: str
    region: str


@dataclass(frozen=True, slots=True)
class CountedRead:
    """A read for counting.

    `days` is how long its outcome took, `verdict` what was said of it, `decided` on which day: None while
    there is none. `positive` is whether the read found something, `truth` whether something was there; None
    where nobody knows.
    """

    reader: str
    stratum: Stratum
    days: int | None = None
    verdict: ReadVerdict | None = None
    decided: date | None = None
    positive: bool | None = None
    truth: bool | None = None


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share `hits` of `of`, with its 95 % interval after Wilson, each from 0 to 1."""

    hits: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Where a quarter, a half and three quarters of `of` values lie, in days."""

    of: int
    first: float
    median: float
    third: float


@dataclass(frozen=True, slots=True)
class ReaderStatistics:
    """What a reader is told of their own reads."""

    outcomes: Proportion | None
    days: Quartiles | None
    concordance: Mapping[Stratum, Proportion]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Sensitivity and specificity of a stratum, each None where no read could show it.

    `why_not` says why neither can be estimated; None where they can.
    """

    of: int
    sensitivity: Proportion | None = None
    specificity: Proportion | None = None
    why_not: Phrase | None = None


@dataclass(frozen=True, slots=True)
class ManagedCell:
    """The concordance of a stratum, of so many readers."""

    stratum: Stratum
    readers: int
    concordance: Proportion


@dataclass(frozen=True, slots=True)
class ManagedStatistics:
    """What managers are told: the cells that may be shown, how many may not, and the whole if it may be."""

    cells: tuple[ManagedCell, ...]
    hidden: int
    total: Proportion | None


def wilson(hits: int, of: int) -> Proportion | None:
    """A share with its 95 % interval after Wilson; None of nothing.

    Raises `ValueError` where there are more hits than cases, or fewer than none.
    """
    if not 0 <= hits <= of:
        raise ValueError("a share lies between none and all")
    if of == 0:
        return None
    share, weight = hits / of, _Z * _Z / of
    middle = (share + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * math.sqrt(share * (1 - share) / of + weight / (4 * of))
    return Proportion(hits, of, share, max(0.0, middle - half), min(1.0, middle + half))


def quartiles(values: Sequence[int]) -> Quartiles | None:
    """The quartiles of days; None of nothing."""
    if not values:
        return None
    if len(values) == 1:
        return Quartiles(1, *(float(values[0]),) * 3)
    first, median, third = quantiles(values, n=4, method="inclusive")
    return Quartiles(len(values), first, median, third)


def statistics_of(reads: Iterable[CountedRead]) -> ReaderStatistics:
    """What one reader is told: outcomes of their reads, how long they took, concordance by stratum."""
    counted = list(reads)
    days = [each.days for each in counted if each.days is not None]
    return ReaderStatistics(
        outcomes=wilson(len(days), len(counted)),
        days=quartiles(days),
        concordance={
            stratum: found
            for stratum, own in sorted(_by_stratum(counted).items())
            if (found := concordance(own))
        },
    )


def concordance(reads: Iterable[CountedRead]) -> Proportion | None:
    """The share of reads that agree with their outcome among those that were judged; None where none was."""
    judged = [each.verdict for each in reads if each.verdict in JUDGING]
    return wilson(judged.count(ReadVerdict.CONCORDANT), len(judged))


_NO_READS = marked("not estimable: there are no such reads")
_NOT_FOLLOWED = marked("not estimable: of %(missing)s of %(of)s reads no verdict says what was there")


def accuracy(reads: Iterable[CountedRead]) -> Accuracy:
    """Sensitivity and specificity of a stratum, where all of its reads have their truth; else why not."""
    counted = list(reads)
    if not counted:
        return Accuracy(0, why_not=Phrase(_NO_READS))
    missing = sum(each.truth is None or each.positive is None for each in counted)
    if missing:
        return Accuracy(len(counted), why_not=Phrase(_NOT_FOLLOWED, {"missing": missing, "of": len(counted)}))
    ill = [each for each in counted if each.truth]
    well = [each for each in counted if not each.truth]
    return Accuracy(
        len(counted),
        wilson(sum(bool(each.positive) for each in ill), len(ill)),
        wilson(sum(not each.positive for each in well), len(well)),
    )


def managed(reads: Iterable[CountedRead], as_of: date) -> ManagedStatistics:
    """What managers are told, of the verdicts of the quarters that are over on a day.

    A quarter that is over does not change, so that what is told today and what was told yesterday differ by a
    whole quarter or by nothing. Cells are hidden beyond those that are small until what is hidden is, taken
    together, no smaller than what may be shown; where that cannot be, the total is hidden instead.
    """
    judged = [
        each
        for each in reads
        if each.verdict in JUDGING and each.decided and _quarter(each.decided) < _quarter(as_of)
    ]
    strata = _by_stratum(judged)
    shown = {stratum: own for stratum, own in strata.items() if _may_be_shown(own)}
    hidden = [each for stratum, own in strata.items() if stratum not in shown for each in own]
    for stratum in sorted(shown, key=lambda each: (len(shown[each]), each)):
        if not hidden or _may_be_shown(hidden):
            break
        hidden += shown.pop(stratum)
    total = concordance(judged) if _may_be_shown(judged) and (not hidden or _may_be_shown(hidden)) else None
    cells = (
        ManagedCell(stratum, _readers(own), found)
        for stratum, own in sorted(shown.items())
        if (found := concordance(own))
    )
    return ManagedStatistics(tuple(cells), len(strata) - len(shown), total)


def _quarter(day: date) -> int:
    return day.year * 4 + (day.month - 1) // 3


def _by_stratum(reads: Iterable[CountedRead]) -> dict[Stratum, list[CountedRead]]:
    found: dict[Stratum, list[CountedRead]] = {}
    for each in reads:
        found.setdefault(each.stratum, []).append(each)
    return found


def _readers(reads: Iterable[CountedRead]) -> int:
    return len({each.reader for each in reads})


def _may_be_shown(reads: Sequence[CountedRead]) -> bool:
    """Whether so many readers and cases are in a cell, and none of them is most of it."""
    if len(reads) < LEAST_SHOWN or _readers(reads) < LEAST_SHOWN:
        return False
    own: dict[str, int] = {}
    for each in reads:
        own[each.reader] = own.get(each.reader, 0) + 1
    return max(own.values()) <= MOST_OF_ONE * len(reads)
