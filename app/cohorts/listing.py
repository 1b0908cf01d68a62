"""Which patients an answer lists on a page, how each is judged, and how many there are of a verdict.

The two trees of the population find the page; each leaf, asked of that page alone, tells what decides every
verdict. A caller who sees pseudonyms gets pages of the verdicts that they are told of, and of no other: who
is withheld takes no place on a page, so that neither its length nor the number of pages counts them. Nor does
such a caller say how long a page is: pages that are cut at will tell of whoever lies between two cuts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.cohorts.charts import Charts
from app.cohorts.disclosure import Disclosure
from app.cohorts.question import CohortQuestion, leaves
from app.cohorts.schemas import DEFAULT_PAGE
from app.cohorts.trees import Compiler, Trees
from app.cohorts.verdicts import Judgement, Truth, judge
from app.cohorts.vocabulary import PATIENT
from app.cohorts.withholding import Withholding
from graph.query.expression import All, Expression, KeyIn, Not

Keyset: TypeAlias = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many patients match, and of how many nobody can say; None where that is withheld."""

    matched: int | None
    unknown: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of an answer: the judgement of each patient by key, in order, and the place after the last."""

    counts: Counts
    judged: Mapping[str, Judgement]
    after: Keyset | None

    @property
    def matched(self) -> list[str]:
        """The keys of those who match."""
        return [key for key, each in self.judged.items() if each.truth is Truth.TRUE]


@dataclass(frozen=True, slots=True)
class Lister:
    """Lists the patients of one question."""

    question: CohortQuestion
    charts: Charts
    compiler: Compiler
    population: Trees

    def whole(self, after: Keyset | None) -> Listing:
        """The page that begins after a place, None for the first, for a caller who sees everything."""
        page = self.charts.page(PATIENT, self.population.possible, self.question.limit, after)
        judged = self._judged(page.keys)
        if after is None and page.after is None:  # the page tells the numbers itself
            matched = sum(each.truth is Truth.TRUE for each in judged.values())
            return Listing(Counts(matched, len(judged) - matched), judged, None)
        matched = self.charts.count(PATIENT, self.population.certain)
        possible = self.charts.count(PATIENT, self.population.possible)
        return Listing(Counts(matched, possible - matched), judged, page.after)

    def told(self, after: Keyset | None, shown: Disclosure, withholding: Withholding) -> Listing:
        """The page of what a caller who sees pseudonyms is told of.

        A place holds the numbers that the first page told, before the place itself.
        """
        counts = self._counts(shown, withholding) if after is None else _counts_at(after)
        where = _told_of(self.population, counts)
        if where is None:
            return Listing(counts, {}, None)
        page = self.charts.page(PATIENT, where, DEFAULT_PAGE, None if after is None else after[2:])
        withheld = {Truth.TRUE: counts.matched is None, Truth.UNKNOWN: counts.unknown is None}
        judged = {key: each for key, each in self._judged(page.keys).items() if not withheld[each.truth]}
        place = None if page.after is None else (counts.matched, counts.unknown, *page.after)
        return Listing(counts, judged, place)

    def _counts(self, shown: Disclosure, withholding: Withholding) -> Counts:
        """The numbers that may be told, of sets that are compared with all that were told before."""
        certain = set(self.charts.every(PATIENT, self.population.certain))
        unknown = set(self.charts.every(PATIENT, self.population.possible)) - certain
        cells = [[shown.reference(key) for key in cell] for cell in (certain, unknown)]
        told = withholding.told(cells)
        return Counts(*(len(cell) if each else None for cell, each in zip(cells, told, strict=True)))

    def _judged(self, keys: Sequence[str]) -> dict[str, Judgement]:
        """The judgement of each patient of the page, in its order."""
        truths: dict[str, dict[str, Truth]] = {key: {} for key in keys}
        for leaf in leaves(self.question.population) if keys else ():
            trees = self.compiler.patients(leaf)
            certain = _among(self.charts, keys, trees.certain)
            possible = _among(self.charts, [key for key in keys if key not in certain], trees.possible)
            for key, known in truths.items():
                known[leaf.path] = _truth(key, certain, possible)
        judged = {key: judge(self.question.population, known) for key, known in truths.items()}
        return {key: each for key, each in judged.items() if each.truth is not Truth.FALSE}


def _truth(key: str, certain: set[str], possible: set[str]) -> Truth:
    if key in certain:
        return Truth.TRUE
    return Truth.UNKNOWN if key in possible else Truth.FALSE


def _among(charts: Charts, keys: Sequence[str], where: Expression) -> set[str]:
    return set(charts.keys(PATIENT, All((KeyIn(PATIENT, tuple(keys)), where)))) if keys else set()


def _counts_at(place: Keyset) -> Counts:
    """The numbers that a place holds."""
    matched, unknown = (each if isinstance(each, int) else None for each in place[:2])
    return Counts(matched, unknown)


def _told_of(population: Trees, counts: Counts) -> Expression | None:
    """The condition that a patient has a verdict that is told; None where no verdict is."""
    if counts.matched is not None:
        return population.certain if counts.unknown is None else population.possible
    return None if counts.unknown is None else All((population.possible, Not(population.certain)))
