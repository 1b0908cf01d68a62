"""Where in a question stands what was understood, which condition it became, and what was not understood."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.cohorts.plain_words.answer import QuestionRead
from app.cohorts.plain_words.grammar.choices import Ambiguity
from app.cohorts.plain_words.grammar.understanding import ScannedQuestion
from app.cohorts.plain_words.linking.coding import JsonObject
from app.cohorts.plain_words.scanning.signs import UNKNOWN, Sign

_KINDS = {
    "ent": "thing",
    "row": "thing",
    "noun": "thing",
    "window": "time",
    "rel": "time",
    "age": "age",
    "sex": "sex",
    "value": "value",
    "range": "value",
    "number": "count",
    "neg": "denial",
    "negpost": "denial",
    "vn": "denial",
    "excl": "denial",
    "barred": "denial",
    "unknown": "unknown",
    "weak": "filler",
    "j": "filler",
    "polite": "filler",
    "out": "request",
    "howmany": "request",
    "by": "request",
    "dim": "request",
    "bydim": "request",
}
"""What a reader of the answer is told of the kinds of signs; all others are words that join and detail."""

_MOST_SUGGESTED = 4  # words
Suggest: TypeAlias = Callable[[str], list[str]]
"""Names that may be meant by a word that nobody knows."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One answer over its text."""

    text: str
    scanned: ScannedQuestion
    read: QuestionRead

    def left(self, suggest: Suggest | None = None) -> list[JsonObject]:
        """The words that were not understood, with what may be meant by unknown ones."""
        told: list[JsonObject] = []
        unknown = {self._span(each) for each in self.read.understood.unused if each.kind == UNKNOWN}
        for start, end in sorted({self._span(each) for each in self.read.understood.unused}):
            text = self.text[start:end]
            near = (
                suggest(text) if suggest and (start, end) in unknown and len(told) < _MOST_SUGGESTED else []
            )
            told.append({"text": text, "span": [start, end], **({"suggestions": near} if near else {})})
        return told

    def spans(self) -> list[JsonObject]:
        """Every stretch that was found, with the place of the condition that it is part of."""
        nodes = list(_placed(self.read.question)) if self.read.question else []
        lost = {id(each) for each in self.read.understood.unused}
        found = []
        for sign in _all(self.scanned):
            start, end = self._span(sign)
            kind = "unknown" if id(sign) in lost else _KINDS.get(sign.kind, "word")
            found.append(
                {
                    "span": [start, end],
                    "kind": kind,
                    "text": self.text[start:end],
                    "node": _node(nodes, start, end),
                }
            )
        return found

    def field(self, doubt: Ambiguity) -> str:
        """The JSONPath of the condition that a doubt is about."""
        start = self._start(doubt)
        return _node(list(_placed(self.read.question)), start, start + 1) or "$.population"

    def words_of(self, doubt: Ambiguity) -> list[int]:
        """The span of the words that a doubt is about."""
        start = self._start(doubt)
        around = (self._span(each) for each in _all(self.scanned))
        return list(next((each for each in around if each[0] <= start < each[1]), (start, start + 1)))

    def _start(self, doubt: Ambiguity) -> int:
        """Where in the text a doubt arises."""
        place = int(doubt.id.rpartition("-")[2])
        return self.scanned.text.places[min(place, len(self.scanned.text.places) - 1)]

    def _span(self, sign: Sign) -> tuple[int, int]:
        return self.scanned.text.span(sign.start, sign.end)


def _all(scanned: ScannedQuestion) -> list[Sign]:
    """The composed signs, and those that say nothing, in order."""
    inside = [(each.start, each.end) for each in scanned.composed]
    plain = [
        each
        for each in scanned.found
        if not any(start <= each.start and each.end <= end for start, end in inside)
    ]
    return sorted([*scanned.composed, *plain], key=lambda each: (each.start, each.end))


def _placed(value: Any, path: str = "$") -> Iterator[tuple[str, list[int]]]:
    """The paths of all that says where it comes from, the innermost last."""
    if isinstance(value, dict):
        if isinstance(value.get("src"), list):
            yield path, value["src"]
        for name, each in value.items():
            yield from _placed(each, f"{path}.{name}")
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _placed(each, f"{path}[{at}]")


def _node(nodes: list[tuple[str, list[int]]], start: int, end: int) -> str | None:
    for path, src in reversed(nodes):
        if any(src[at] <= start and end <= src[at + 1] for at in range(0, len(src) - 1, 2)):
            return path
    return None
