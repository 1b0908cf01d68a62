"""Which patients an answer lists on a page, how each is judged, and how many there are of a verdict.

The two trees of the population find who matches and who may; each leaf, asked of the patients of the page
alone, tells what decides every verdict. A caller who sees pseudonyms gets pages of the verdicts that they are
told of, and of no other: who is withheld takes no place on a page, so that neither its length nor the number
of pages counts them. Nor does such a caller say how long a page is: pages that are cut at will tell of
whoever lies between two cuts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from app.cohorts.answers.disclosure import Disclosure
from app.cohorts.answers.withholding import Withholding
from app.cohorts.evaluation.charts import Charts
from app.cohorts.evaluation.evaluation import Evaluation
from app.cohorts.evaluation.missing import missing_data
from app.cohorts.evaluation.two_values import Trees
from app.cohorts.evaluation.verdicts import Judgement, Truth, judge
from app.cohorts.language.question import CohortQuestion, leaves
from app.cohorts.language.schemas import DEFAULT_PAGE
from app.cohorts.language.vocabulary import PATIENT
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
class Lacking:
    """A condition of which nobody can say whether it holds, and the details that would decide."""

    path: str
    data: Sequence[str]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of an answer: the judgement of each patient by key, in order, and the place after the last.

    `missing` is what would decide the conditions that are unknown, where that is told.
    """

    counts: Counts
    judged: Mapping[str, Judgement]
    after: Keyset | None
    missing: Mapping[str, Sequence[Lacking]] = field(default_factory=dict)

    @property
    def matched(self) -> list[str]:
        """The keys of those who match."""
        return [key for key, each in self.judged.items() if each.truth is Truth.TRUE]


@dataclass(frozen=True, slots=True)
class Lister:
    """Lists the patients of one question."""

    question: CohortQuestion
    charts: Charts
    evaluation: Evaluation
    population: Trees
    _found: list[tuple[Serials, Serials]] = field(default_factory=list, repr=False)

    def whole(self, after: Keyset | None) -> Listing:
        """The page that begins after a place, None for the first, for a caller who sees everything."""
        _, possible = self.verdicts()
        page = SerialPage.of(possible, Page(self.question.limit, after=after))
        judged = self.judged(page.serials)
        return Listing(self.counts(), judged, page.after, self._missing(judged, page.serials))

    def told(self, after: Keyset | None, shown: Disclosure, withholding: Withholding) -> Listing:
        """The page of what a caller who sees pseudonyms is told of.

        A place holds the numbers that the first page told, before the place itself.
        """
        cells = self._cells()
        counts = self.counts(shown, withholding) if after is None else _counts_at(after)
        told = [truth for truth, count in _by_verdict(counts).items() if count is not None]
        listed = NOBODY.union(*(cells[truth] for truth in told))
        page = SerialPage.of(listed, Page(DEFAULT_PAGE, after=None if after is None else after[2:]))
        judged = {key: each for key, each in self.judged(page.serials).items() if each.truth in told}
        place = None if page.after is None else (counts.matched, counts.unknown, *page.after)
        return Listing(counts, judged, place)

    def verdicts(self) -> tuple[Serials, Serials]:
        """Who certainly matches, and who may; asked once."""
        if not self._found:
            possible = self.charts.serials(PATIENT, self.population.possible)
            self._found.append((self.charts.serials(PATIENT, self.population.certain, possible), possible))
        return self._found[0]

    def _cells(self) -> dict[Truth, Serials]:
        certain, possible = self.verdicts()
        return {Truth.TRUE: certain, Truth.UNKNOWN: possible - certain}

    def _missing(self, judged: Mapping[str, Judgement], serials: Sequence[int]) -> dict[str, list[Lacking]]:
        """What would decide the conditions that decide an unknown verdict, by the keys of patients."""
        unknown = {key: each for key, each in judged.items() if each.truth is Truth.UNKNOWN}
        names = {serial: key for serial, key in self.charts.named(PATIENT, serials).items() if key in unknown}
        found: dict[str, list[Lacking]] = {key: [] for key in unknown}
        for leaf in leaves(self.question.population) if unknown else ():
            whom = frozenset(serial for serial, key in names.items() if leaf.path in unknown[key].deciding)
            for serial, data in missing_data(self.evaluation, leaf, whom).items() if whom else ():
                if data:
                    found[names[serial]].append(Lacking(leaf.path, data))
        return found

    def truths(self, serials: Collection[int]) -> dict[int, dict[str, Truth]]:
        """The truth of each condition of the question, by its path, for each of some patients."""
        page = frozenset(serials)
        truths: dict[int, dict[str, Truth]] = {serial: {} for serial in serials}
        for leaf in leaves(self.question.population) if page else ():
            trees = self.evaluation.patients(leaf)
            certain = self.charts.serials(PATIENT, trees.certain, page)
            possible = self.charts.serials(PATIENT, trees.possible, page - certain)
            for serial, known in truths.items():
                known[leaf.path] = _truth(serial, certain, possible)
        return truths

    def counts(self, shown: Disclosure | None = None, withholding: Withholding | None = None) -> Counts:
        """The numbers; with `withholding` those that may be told, of sets compared with all told before."""
        cells = self._cells()
        if shown is None or withholding is None:
            return Counts(len(cells[Truth.TRUE]), len(cells[Truth.UNKNOWN]))
        names = [self.charts.named(PATIENT, cells[truth]).values() for truth in (Truth.TRUE, Truth.UNKNOWN)]
        told = withholding.told([[shown.reference(key) for key in cell] for cell in names])
        return Counts(*(len(cell) if each else None for cell, each in zip(names, told, strict=True)))

    def judged(self, serials: Sequence[int]) -> dict[str, Judgement]:
        """The judgement of each patient of the page, in its order."""
        truths = self.truths(serials)
        names = self.charts.named(PATIENT, serials)
        judged = {key: judge(self.question.population, truths[serial]) for serial, key in names.items()}
        return {key: each for key, each in judged.items() if each.truth is not Truth.FALSE}


def counted(charts: Charts, population: Trees) -> Counts:
    """How many patients certainly match, and of how many nobody can say."""
    possible = charts.serials(PATIENT, population.possible)
    certain = charts.serials(PATIENT, population.certain, possible)
    return Counts(len(certain), len(possible) - len(certain))


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
