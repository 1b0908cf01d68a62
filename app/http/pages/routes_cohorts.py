"""`/cohorts`: a cohort question in a few fields or as JSON, and how many patients each condition leaves."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Response, make_response, render_template, request

from app.admission.outcomes import STATUS
from app.cohorts.funnel import Funnel, funnel
from app.http.kit.bodies import parse_json
from app.http.kit.browsers import LARGEST_DOCUMENT_FORM
from app.http.kit.faults import Fault
from app.http.kit.frame import ANY_COHORT, COHORTS_PATH
from app.http.kit.guard import signed_in
from app.http.kit.languages import said
from app.http.kit.request_context import current, current_scope
from app.http.pages.cohort_words import (
    CODE_SYSTEMS,
    EXAMPLE,
    FIELDS,
    MODALITIES,
    SAVED,
    SEXES,
    in_words,
    question_of,
)
from app.http.pages.uses import PageUses
from app.security.policy import LEAST_CELL
from graph.errors import Category, HilumError

_TOLD = frozenset({Category.INVALID, Category.TOO_LARGE, Category.UNAVAILABLE, Category.THROTTLED})
_ONE, *_OTHER = ANY_COHORT


class CohortPage:
    """The page of cohort questions."""

    def __init__(self, uses: PageUses) -> None:
        self._cohorts = uses.cohorts

    def empty(self) -> Response:
        """The page with the example, which nobody has asked yet."""
        return self._page(_pretty(EXAMPLE), dict.fromkeys(FIELDS, ""))

    def answered(self) -> Response:
        """The page with the numbers of a question, or with what is wrong with it."""
        typed = {name: request.form.get(name, "").strip() for name in FIELDS}
        text = _asked(typed)
        try:
            raw = parse_json(text.encode())
            found = funnel(self._cohorts, current_scope(), raw, current().received)
        except HilumError as error:
            if error.category not in _TOLD:
                raise
            wrong = Fault(*said(error.wording), error.location or "")
            return self._page(text, typed, wrong=wrong, status=STATUS[error.category])
        return self._page(text, typed, found=found, raw=raw)

    def _page(
        self,
        text: str,
        typed: Mapping[str, str],
        *,
        found: Funnel | None = None,
        raw: Any = None,
        wrong: Fault | None = None,
        status: int = 200,
    ) -> Response:
        steps = [(in_words(each.condition, raw), each.counts) for each in found.steps] if found else []
        shown = render_template(
            "cohorts.html",
            text=text,
            typed=typed,
            found=found,
            steps=steps,
            most=max((counts.matched or 0 for _, counts in steps if counts), default=0),
            wrong=wrong,
            systems=CODE_SYSTEMS,
            modalities=MODALITIES,
            sexes=SEXES,
            least=LEAST_CELL,
        )
        return make_response(shown, status)


def _asked(typed: Mapping[str, str]) -> str:
    """The JSON that was asked: that of the fields, of a question that is saved, or as it was written."""
    if request.form.get("by") == "fields":
        return _pretty(question_of(typed))
    saved = SAVED.get(request.form.get("saved", ""))
    return _pretty(saved.raw) if saved else request.form.get("question", "")


def _pretty(raw: Any) -> str:
    return orjson.dumps(raw, option=orjson.OPT_INDENT_2).decode()


def add_cohorts(rooms: Blueprint, uses: PageUses) -> None:
    """Add the page of cohort questions."""
    page = CohortPage(uses)

    @rooms.get(COHORTS_PATH)
    @signed_in("R", _ONE, instead=_OTHER)
    def ask_cohort() -> Response:
        return page.empty()

    @rooms.post(COHORTS_PATH)
    @signed_in("E", _ONE, instead=_OTHER, largest=LARGEST_DOCUMENT_FORM)
    def answer_cohort() -> Response:
        return page.answered()
