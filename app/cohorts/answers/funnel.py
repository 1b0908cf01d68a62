"""How many patients are left with each condition of a question, one after the other.

Every step is a question of its own, so that a step tells nobody more than an answer does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.cohorts.answers.answering import Cohorts
from app.cohorts.answers.listing import Counts
from graph.errors import Category, HilumError
from graph.scope import AccessScope

_MOST_STEPS = 12
_BY_ITSELF = frozenset({Category.TOO_LARGE, Category.UNAVAILABLE, Category.THROTTLED})
"""What one step may fail with while the answer and the other steps stand."""


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A condition as the question has it, and who is left with it; None where that cannot be counted now."""

    condition: Mapping[str, Any]
    counts: Counts | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """An answer in numbers: the day it is of, who matches, and the steps to there."""

    as_of: str
    counts: Counts
    steps: tuple[FunnelStep, ...]


def funnel(cohorts: Cohorts, scope: AccessScope, raw: Any, now: int) -> Funnel:
    """The numbers of a question, whose rows and links are not asked for; `now` in µs.

    Raises what `Cohorts.ask` raises of the whole question.
    """
    whole = cohorts.ask(scope, _counted(raw), now)
    counts, count = Counts(**whole["counts"]), while_it_can(cohorts.counter(scope, now))
    conditions = _conditions(raw["population"])
    before = [FunnelStep(conditions[length - 1], count(part)) for length, part in _parts(raw, conditions)]
    return Funnel(whole["asOf"], counts, (*before, FunnelStep(conditions[-1], counts)))


def while_it_can(count: Callable[[Any], Counts]) -> Callable[[Any], Counts | None]:
    """Count patients; None where one count is too costly by itself, or there is no time left for it."""

    def counts(raw: Any) -> Counts | None:
        try:
            return count(raw)
        except HilumError as error:
            if error.category not in _BY_ITSELF:
                raise
            return None

    return counts


def _counted(raw: Any) -> Any:
    """A question that asks for its numbers only; what is no question is refused as it is."""
    if not isinstance(raw, dict):
        return raw
    output = raw.get("output")
    privacy = output.get("privacy") if isinstance(output, dict) else None
    asked = {name: value for name, value in raw.items() if name != "page"}
    return {**asked, "output": {"count": True, **({"privacy": privacy} if privacy else {})}}


def _conditions(population: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The conditions that all have to hold, in their order."""
    found = population.get("all")
    return found if isinstance(found, list) and len(found) <= _MOST_STEPS else [population]


def _parts(raw: Any, conditions: list[Mapping[str, Any]]) -> Iterator[tuple[int, Any]]:
    """The questions that have the first conditions only, each with their number."""
    for length in range(1, len(conditions)):
        yield length, {**_counted(raw), "population": {"all": conditions[:length]}}
