"""One side of a comparison: whom a question finds now, or whom it found when somebody had it answered.

Of either it can be told which conditions of its question held for a patient.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.cohorts.answers.answering import CohortAsking
from app.cohorts.answers.listing import Lister
from app.cohorts.evaluation.verdicts import Judgement, Truth, judge
from app.cohorts.language.question import CohortQuestion, leaves
from app.cohorts.language.vocabulary import PATIENT
from graph.budget import MOST_OF_A_COHORT, spend
from graph.cohorts.kept_patients import KeptPatients
from graph.errors import TooLarge
from graph.query.expression import EVERYTHING
from graph.query.prices import price
from graph.resources.sieve import Serials

MATCHED, UNKNOWN = "matched", "unknown"
_CERTAIN, _POSSIBLE = "+", "?"  # before the path of a condition: who meets it, and of whom nobody can say
_NOBODY: Serials = frozenset()


class Side(Protocol):
    """One side of a comparison."""

    @property
    def matched(self) -> Serials:
        """Who matches."""

    @property
    def unknown(self) -> Serials:
        """Of whom nobody can say."""

    def absent(self, patients: Collection[int]) -> Serials:
        """Who of some patients was not there to see, as far as that is known."""

    def judged(self, patients: Collection[int]) -> Mapping[int, Judgement]:
        """How those of some patients are judged of whom that is known."""


@dataclass(frozen=True, slots=True)
class SideNow:
    """Whom a question finds now."""

    lister: Lister
    matched: Serials
    unknown: Serials

    @classmethod
    def of(cls, lister: Lister) -> "SideNow":
        """Ask a question."""
        matched, possible = lister.verdicts()
        return cls(lister, matched, possible - matched)

    def absent(self, patients: Collection[int]) -> Serials:
        """Who of some patients is not there to see."""
        some = frozenset(patients)
        return some - self.lister.charts.serials(PATIENT, EVERYTHING, some)

    def judged(self, patients: Collection[int]) -> Mapping[int, Judgement]:
        """How patients are judged now."""
        truths = self.lister.truths(patients)
        return {each: judge(self.lister.question.population, known) for each, known in truths.items()}


@dataclass(frozen=True, slots=True)
class SideThen:
    """Whom a question found when somebody had it answered."""

    question: CohortQuestion
    kept: KeptPatients

    @property
    def matched(self) -> Serials:
        """Who matched."""
        return self.kept.sets.get(MATCHED, _NOBODY)

    @property
    def unknown(self) -> Serials:
        """Of whom nobody could say."""
        return self.kept.sets.get(UNKNOWN, _NOBODY)

    def absent(self, patients: Collection[int]) -> Serials:
        """Who of some patients was not there to see; nobody where that was not kept."""
        return frozenset(patients) - self.kept.everybody if self._is_whole else _NOBODY

    def judged(self, patients: Collection[int]) -> Mapping[int, Judgement]:
        """How patients were judged, where the conditions were kept."""
        if not self._is_whole:
            return {}
        return {
            each: judge(self.question.population, {path: self._truth(path, each) for path in self._paths})
            for each in self.kept.everybody & frozenset(patients)
        }

    @property
    def _paths(self) -> list[str]:
        return [leaf.path for leaf in leaves(self.question.population)]

    @property
    def _is_whole(self) -> bool:
        """Whether it was kept who was there, and of whom each condition held."""
        return all(_CERTAIN + path in self.kept.sets for path in self._paths)

    def _truth(self, path: str, patient: int) -> Truth:
        if patient in self.kept.sets[_CERTAIN + path]:
            return Truth.TRUE
        return Truth.UNKNOWN if patient in self.kept.sets[_POSSIBLE + path] else Truth.FALSE


def kept_of(asking: CohortAsking, lister: Lister) -> KeptPatients:
    """What is kept of an answer: who was there to see, who matched, and of whom each condition held.

    Of each condition only where that does not cost too much.
    """
    matched, possible = lister.verdicts()
    found = {MATCHED: matched, UNKNOWN: possible - matched}
    try:
        everybody = asking.charts.serials(PATIENT, EVERYTHING)
        return KeptPatients(everybody, found | _conditions(asking))
    except TooLarge:
        return KeptPatients(possible, found)


def _conditions(asking: CohortAsking) -> dict[str, Serials]:
    """Of whom each condition of a question holds, and of whom it may; raises `TooLarge`."""
    found: dict[str, Serials] = {}
    for leaf in leaves(asking.question.population):
        trees = asking.evaluation.patients(leaf)
        spend(price(trees.possible), MOST_OF_A_COHORT)
        certain = asking.charts.serials(PATIENT, trees.certain)
        found[_CERTAIN + leaf.path] = certain
        found[_POSSIBLE + leaf.path] = asking.charts.serials(PATIENT, trees.possible) - certain
    return found
