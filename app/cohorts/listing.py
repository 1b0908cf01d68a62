"""Which patients an answer lists on a page, how each is judged, and how many there are of a verdict.

The two trees of the population find who matches and who may; each leaf, asked of the patients of the page
alone, tells what decides every verdict. A caller who sees pseudonyms gets pages of the verdicts that they are
told of, and of no other: who is withheld takes no place on a page, so that neither its length nor the number
of pages counts them. Nor does such a caller say how long a page is: pages that are cut at will tell of
whoever lies between two cuts.
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
from graph.query.expression import Page
from graph.resources.sieve import SerialPage, Serials

Keyset: TypeAlias = tuple[object, ...]
NOBODY: Serials = frozenset()


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
        certain, possible = self._verdicts()
        page = SerialPage.of(possible, Page(self.question.limit, after=after))
        counts = Counts(len(certain), len(possible) - len(certain))
        return Listing(counts, self._judged(page.serials), page.after)

    def told(self, after: Keyset | None, shown: Disclosure, withholding: Withholding) -> Listing:
        """The page of what a caller who sees pseudonyms is told of.

        A place holds the numbers that the first page told, before the place itself.
        """
        certain, possible = self._verdicts()
        cells = {Truth.TRUE: certain, Truth.UNKNOWN: possible - certain}
        counts = self._counts(cells, shown, withholding) if after is None else _counts_at(after)
        told = [truth for truth, count in _by_verdict(counts).items() if count is not None]
        listed = NOBODY.union(*(cells[truth] for truth in told))
        page = SerialPage.of(listed, Page(DEFAULT_PAGE, after=None if after is None else after[2:]))
        judged = {key: each for key, each in self._judged(page.serials).items() if each.truth in told}
        place = None if page.after is None else (counts.matched, counts.unknown, *page.after)
        return Listing(counts, judged, place)

    def _verdicts(self) -> tuple[Serials, Serials]:
        """Who certainly matches, and who may."""
        possible = self.charts.serials(PATIENT, self.population.possible)
        return self.charts.serials(PATIENT, self.population.certain, possible), possible

    def _counts(self, cells: Mapping[Truth, Serials], shown: Disclosure, withholding: Withholding) -> Counts:
        """The numbers that may be told, of sets that are compared with all that were told before."""
        names = [self.charts.named(PATIENT, cells[truth]).values() for truth in (Truth.TRUE, Truth.UNKNOWN)]
        told = withholding.told([[shown.reference(key) for key in cell] for cell in names])
        return Counts(*(len(cell) if each else None for cell, each in zip(names, told, strict=True)))

    def _judged(self, serials: Sequence[int]) -> dict[str, Judgement]:
        """The judgement of each patient of the page, in its order."""
        page = frozenset(serials)
        truths: dict[int, dict[str, Truth]] = {serial: {} for serial in serials}
        for leaf in leaves(self.question.population) if page else ():
            trees = self.compiler.patients(leaf)
            certain = self.charts.serials(PATIENT, trees.certain, page)
            possible = self.charts.serials(PATIENT, trees.possible, page - certain)
            for serial, known in truths.items():
                known[leaf.path] = _truth(serial, certain, possible)
        names = self.charts.named(PATIENT, page)
        judged = {key: judge(self.question.population, truths[serial]) for serial, key in names.items()}
        return {key: each for key, each in judged.items() if each.truth is not Truth.FALSE}


def _truth(serial: int, certain: Serials, possible: Serials) -> Truth:
    if serial in certain:
        return Truth.TRUE
    return Truth.UNKNOWN if serial in possible else Truth.FALSE


def _counts_at(place: Keyset) -> Counts:
    """The numbers that a place holds."""
    matched, unknown = (each if isinstance(each, int) else None for each in place[:2])
    return Counts(matched, unknown)


def _by_verdict(counts: Counts) -> dict[Truth, int | None]:
    return {Truth.TRUE: counts.matched, Truth.UNKNOWN: counts.unknown}
