"""What is shown of a proposal: the question with our codes, in words, and how it differs from our reading.

It is never asked and replaces nothing: who wants it takes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cohorts.language.reading import read_question
from app.cohorts.plain_words.linking.coding import CodeLinker, JsonObject
from app.cohorts.plain_words.linking.sources import NamedThings
from app.cohorts.plain_words.proposing.differences import called_alike, differences, without_notes
from app.cohorts.plain_words.proposing.relinking import KnownNames, RejectedCode, Relinker
from app.cohorts.plain_words.proposing.service import NoProposal, OutsideWords
from app.cohorts.plain_words.proposing.wordings import WORDINGS
from app.cohorts.plain_words.restating.writing import question_words
from graph.errors import HilumError

_PARTS = ("version", "conceptSets", "events", "population", "output")


@dataclass(frozen=True, slots=True)
class Proposer:
    """Has questions proposed for one caller; `outside` None: by nobody.

    With `by_year` for somebody whose dates compare by their years: what asks for less is not proposed.
    """

    outside: OutsideWords | None
    known: KnownNames
    linker: CodeLinker
    sources: Sequence[NamedThings]
    by_year: bool = False

    def proposal(self, text: str, day: date, own: JsonObject | None) -> JsonObject:
        """What is proposed for a text, and how that differs from the question `own`, or an error."""
        relinker = Relinker(self.known, self.linker, self.sources)
        try:
            if self.outside is None:
                raise NoProposal("off")
            question = self._question(self.outside.proposed(text, day), day, relinker)
        except NoProposal as none:
            told: JsonObject = {"error": {"code": none.code, "text": _told(none.code)}}
            return told | ({"rejected": _rejected(relinker.rejected)} if relinker.rejected else {})
        if own is not None:
            question = called_alike(question, own)
        was, now = without_notes(own), without_notes(question)
        return {
            "model": self.outside.model,
            "question": question,
            "restatement": {each: question_words(question, each) for each in ("en", "ko")},
            "differences": list(differences(was, now)),
            "rejected": _rejected(relinker.rejected),
        }

    def _question(self, raw: Any, day: date, relinker: Relinker) -> JsonObject:
        if not isinstance(raw, dict):
            raise NoProposal("form")
        asked = {name: raw[name] for name in raw if name not in ("asOf", "page")}
        asked["asOf"] = day.isoformat()
        _checked(asked, day)
        found = relinker.question(_bare(asked))
        _checked(found, day)
        if self.by_year:
            _checked(found, day, by_year=True)
        return {name: found[name] for name in ("version", "asOf", *_PARTS[1:]) if name in found}


def _checked(question: JsonObject, day: date, *, by_year: bool = False) -> None:
    try:
        read_question(question, day, by_year=by_year)
    except HilumError:
        raise NoProposal("years" if by_year else "form") from None


def _bare(value: Any) -> Any:
    """A question without remarks; what its codes are called stays, for they are found by it."""
    if isinstance(value, dict):
        return {name: _bare(each) for name, each in value.items() if name not in ("src", "why")}
    return [_bare(each) for each in value] if isinstance(value, list) else value


def _rejected(codes: Sequence[RejectedCode]) -> list[JsonObject]:
    return [
        {
            "path": each.path,
            "system": each.system,
            "code": each.code,
            "name": each.name,
            "reason": _told(each.why),
        }
        for each in codes
    ]


def _told(code: str) -> JsonObject:
    return {"en": WORDINGS[code].en, "ko": WORDINGS[code].ko}
