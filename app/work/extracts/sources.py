"""Where the patients of an extract come from, a page at a time: for now, a cohort question.

A further source is a class with `page`, made in the wiring.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from app.cohorts.answers.answering import Cohorts
from app.cohorts.answers.pages import ToldCohort
from app.cohorts.language.schemas import LARGEST_PAGE
from app.work.extracts.wishes import ExtractWish
from graph.errors import HilumError
from graph.scope import AccessScope

QuestionOf: TypeAlias = Callable[[AccessScope, str, int | None], Mapping[str, Any]]
"""The question of a saved cohort, by id, in one version, None for the newest. Raises `NotFound`."""


class ExtractSource(Protocol):
    """Goes through the patients of a wish."""

    def page(self, scope: AccessScope, wish: ExtractWish, after: tuple[Any, ...] | None) -> ToldCohort:
        """The page after a place, None for the first."""


class QuestionSource:
    """The patients who match a cohort question."""

    def __init__(self, cohorts: Cohorts) -> None:
        self._cohorts = cohorts

    def check(self, scope: AccessScope, question: Mapping[str, Any], now: int, place: str) -> None:
        """Raise what is wrong with a question, at its place in the request."""
        try:
            self._cohorts.check(scope, question, now)
        except HilumError as error:
            within = (error.location or "$")[1:] if place == "$.question" else ""
            error.location = f"{place}{within}"
            raise

    def page(self, scope: AccessScope, wish: ExtractWish, after: tuple[Any, ...] | None) -> ToldCohort:
        """The page of the cohort after a place; raises what asking raises."""
        question = {**wish.question, "page": {"limit": LARGEST_PAGE}}
        return self._cohorts.page(scope, question, wish.asked_at, after)
