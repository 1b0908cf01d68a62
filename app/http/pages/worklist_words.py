"""How the page of the worklist says its parts, its order and what becomes of its forms."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from app.http.kit.languages import gettext, marked
from app.http.kit.moments import shown_span
from app.records.reading_room import ReadingLine, WorklistPart, reasons

_MILLION = 1_000_000

SHOWN: Mapping[WorklistPart, str] = {
    WorklistPart.TO_READ: marked("To read"),
    WorklistPart.MINE: marked("Yours"),
    WorklistPart.NOBODYS: marked("Nobody's yet"),
    WorklistPart.OTHERS: marked("With others"),
    WorklistPart.UNASKED: marked("Not asked for"),
    WorklistPart.DONE: marked("Done lately"),
}
"""The parts of the worklist, in their order."""

EXPLAINED: Mapping[WorklistPart, str] = {
    **dict.fromkeys(
        (WorklistPart.TO_READ, WorklistPart.MINE, WorklistPart.NOBODYS, WorklistPart.OTHERS),
        marked(
            "Urgent comes first, and what can wait last. Then what you have claimed, what is assigned to "
            "you, and what nobody has; of those what is expected soonest, and what has waited longest."
        ),
    ),
    WorklistPart.UNASKED: marked(
        "The newest studies that have no final report and that nobody was asked to read. "
        "Whoever opens one claims it."
    ),
    WorklistPart.DONE: marked("What was completed, the last one first."),
}
"""In which order each part is, and why."""

EMPTY: Mapping[WorklistPart, str] = {
    WorklistPart.TO_READ: marked("Nothing is to be read: all that was asked for has somebody, or is done."),
    WorklistPart.MINE: marked("You have nothing to read."),
    WorklistPart.NOBODYS: marked("All that was asked for has somebody."),
    WorklistPart.OTHERS: marked("Nobody else has anything that you may see."),
    WorklistPart.UNASKED: marked(
        "All of the newest studies have a report, or somebody who was asked for one."
    ),
    WorklistPart.DONE: marked("Nothing was done yet that you may see."),
}

_REASONS: Mapping[str, str] = {
    "priority HIGH": marked("urgent"),
    "priority LOW": marked("can wait"),
    "begun": marked("claimed by you"),
    "assigned": marked("assigned to you"),
    "overdue": marked("was expected %(when)s"),
    "due": marked("expected %(when)s"),
    "waiting": marked("asked for %(when)s"),
    "planned": marked("to be read %(when)s"),
}
_KINDS: Mapping[str, str] = {"priority HIGH": "bad", "overdue": "warn", "begun": "good", "assigned": "good"}

DID: Mapping[str, str] = {
    "claimed": marked("It is yours."),
    "given-back": marked("You gave it back: somebody else may have it."),
    "done": marked("It is done."),
}
"""What a form did that led here."""


class SaidReason(NamedTuple):
    """A reason in words, and how it looks; empty for one that is plain."""

    words: str
    kind: str


def said_reasons(line: ReadingLine, now: int) -> list[SaidReason]:
    """Why a line stands where it does; `now` in µs."""
    moment = datetime.fromtimestamp(now / _MILLION, UTC)

    def span(at: int) -> str:
        return shown_span(datetime.fromtimestamp(at / _MILLION, UTC), moment)

    return [
        SaidReason(
            gettext(_REASONS[name]) % {"when": span(at) if at is not None else ""}, _KINDS.get(name, "")
        )
        for name, at in reasons(line, now)
    ]
