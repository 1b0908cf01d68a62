"""What the pages of feedback call things, in the language of the page."""

from collections.abc import Mapping

from app.feedback.outcomes import OutcomeKind
from app.feedback.packets import Evidence
from app.feedback.reasons import place_of, retold
from app.http.kit.languages import gettext, marked
from graph.wording import Phrase

KINDS: Mapping[str, str] = {
    OutcomeKind.ADDENDUM: marked("Addendum"),
    OutcomeKind.SECOND_READ: marked("Second read"),
    OutcomeKind.PATHOLOGY: marked("Pathology"),
    OutcomeKind.SURGERY: marked("Surgery"),
    OutcomeKind.DISCHARGE_DIAGNOSIS: marked("Discharge diagnosis"),
    OutcomeKind.FOLLOW_UP_IMAGING: marked("Later pictures"),
}
"""What each kind of evidence is called."""


def worded(phrase: Phrase) -> str:
    """A phrase, and those within it, in the language of the page."""
    values = {
        name: worded(each) if isinstance(each, Phrase) else each for name, each in phrase.values.items()
    }
    return Phrase(phrase.template, values).said_as(gettext(phrase.template))


def why(evidence: Evidence) -> tuple[str, str]:
    """Why evidence was told, and by what it is tied to the read, as sentences."""
    reason, because = (worded(each) for each in retold(evidence))
    return _sentence(reason), _sentence(because)


def region_words(region: str) -> str:
    """What a region is called; the term as it is where there are no words for it."""
    named = place_of(frozenset({region}), frozenset())
    return worded(named) if named else region


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
