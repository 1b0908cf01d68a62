"""What a question says in words and what is wrong with it, before anything is counted."""

from typing import Any

from app.cohorts.answers.disclosure import is_pseudonymous
from app.cohorts.language.reading import read_question
from app.http.cohort_page.uses import CohortPageUses
from app.http.cohort_page.words import part_words
from app.http.kit.languages import said
from graph.errors import HilumError, Invalid
from graph.scope import AccessScope


def checked(uses: CohortPageUses, scope: AccessScope, raw: Any, now: int) -> dict[str, Any]:
    """The parts of a question in words, and the first thing that is wrong with it, or None; `now` in µs.

    Raises `Invalid` for what is no JSON object.
    """
    if not isinstance(raw, dict):
        raise Invalid("a JSON object is expected", location="$")
    words = part_words(raw)
    try:
        read_question(raw, uses.sites.day(scope, now), by_year=is_pseudonymous(scope))
    except HilumError as error:
        text, language = said(error.wording)
        return {**words, "fault": {"place": error.location or "$", "text": text, "language": language}}
    return {**words, "fault": None}
