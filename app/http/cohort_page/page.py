"""`/cohorts` without a script: a question in plain words, one that is often asked, or JSON, and its numbers.

With a script the same page is a place to build questions; what it shows first is what was asked here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Response, make_response, render_template, request

from app.admission.outcomes import STATUS
from app.cohorts.answers.disclosure import is_pseudonymous
from app.cohorts.answers.funnel import Funnel, funnel
from app.http.cohort_page.asked_words import marked_question
from app.http.cohort_page.phrases import phrases
from app.http.cohort_page.uses import CohortPageUses
from app.http.cohort_page.words import in_words
from app.http.kit.bodies import parse_json
from app.http.kit.faults import Fault
from app.http.kit.languages import said
from app.http.kit.often_asked import EXAMPLE, OFTEN_ASKED
from app.http.kit.request_context import current, current_scope
from app.security.policy import LEAST_CELL
from graph.errors import Category, HilumError

_TOLD = frozenset({Category.INVALID, Category.TOO_LARGE, Category.UNAVAILABLE, Category.THROTTLED})
WORDS, OFTEN, WHOLE = "words", "saved", "$"


@dataclass(frozen=True, slots=True)
class ShownCohort:
    """What a page shows: the JSON as it was written, and of its answer what there is.

    `raw` is the question that was asked, None where nobody has; `read` what plain words were understood as.
    """

    text: str
    words: str = ""
    raw: Any = None
    read: Mapping[str, Any] | None = None
    found: Funnel | None = None
    wrong: Fault | None = None
    status: int = 200


class CohortPage:
    """The page of cohort questions."""

    def __init__(self, uses: CohortPageUses) -> None:
        self._uses = uses

    def empty(self) -> Response:
        """The page with the example, which nobody has asked yet."""
        return self._page(ShownCohort(_pretty(EXAMPLE)))

    def answered(self) -> Response:
        """The page with the numbers of a question, or with what is wrong with it."""
        words = request.form.get("words", "") if request.form.get("by") == WORDS else ""
        if words.strip():
            return self._read(words)
        often = OFTEN_ASKED.get(request.form.get(OFTEN, ""))
        return self._told(_pretty(often.raw) if often else request.form.get("question", ""))

    def _read(self, words: str) -> Response:
        """The page with what plain words ask, and its numbers where they ask something."""
        try:
            asked = {"question": words, "propose": request.form.get("propose") == "yes"}
            read = self._uses.plain_words.ask(current_scope(), asked, current().received)
        except HilumError as error:
            if error.category not in _TOLD:
                raise
            wrong = Fault(*said(error.wording), error.location or "")
            return self._page(
                ShownCohort(_pretty(EXAMPLE), words, wrong=wrong, status=STATUS[error.category])
            )
        if read["question"] is None:
            return self._page(ShownCohort(_pretty(EXAMPLE), words, read=read))
        return self._told(_pretty(read["question"]), words, read)

    def _told(self, text: str, words: str = "", read: Mapping[str, Any] | None = None) -> Response:
        """The page with the numbers of a question that was written as JSON."""
        try:
            raw = parse_json(text.encode())
            found = funnel(self._uses.cohorts, current_scope(), raw, current().received)
        except HilumError as error:
            if error.category not in _TOLD:
                raise
            wrong = Fault(*said(error.wording), error.location or "")
            return self._page(ShownCohort(text, words, read=read, wrong=wrong, status=STATUS[error.category]))
        return self._page(ShownCohort(text, words, raw, read, found))

    def _page(self, shown: ShownCohort) -> Response:
        found = shown.found
        left = found.steps if found else ()
        steps = [(in_words(dict(each.condition), shown.raw), each.counts) for each in left]
        page = render_template(
            "cohorts.html",
            shown=shown,
            asked=orjson.dumps(shown.raw).decode() if shown.raw is not None else "",
            marked=marked_question(shown.words, shown.read),
            steps=steps,
            most=max((counts.matched or 0 for _, counts in steps if counts), default=0),
            often={name: (each.label, orjson.dumps(each.raw).decode()) for name, each in OFTEN_ASKED.items()},
            least=LEAST_CELL,
            proposer=self._uses.proposer,
            proposal=_proposal(shown.read),
            pseudonymous=is_pseudonymous(current_scope()),
            phrases=orjson.dumps(phrases()).decode(),
        )
        return make_response(page, shown.status)


def _proposal(read: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What a service outside proposes, its question and values as JSON; None where none does."""
    proposed: Mapping[str, Any] | None = (read or {}).get("proposal")
    if proposed is None or "error" in proposed:
        return proposed
    places = [each for each in proposed["differences"] if each["path"] != WHOLE]
    sides = [{name: orjson.dumps(each[name]).decode() for name in ("was", "now")} for each in places]
    shown = [{"path": each["path"], **said} for each, said in zip(places, sides, strict=True)]
    return {**proposed, "question": _pretty(proposed["question"]), "differences": shown}


def _pretty(raw: Any) -> str:
    return orjson.dumps(raw, option=orjson.OPT_INDENT_2).decode()
