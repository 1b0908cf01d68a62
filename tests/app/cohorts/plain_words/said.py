"""Questions read without records or terminologies, and told back in words, as tests compare them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from app.cohorts.plain_words.answer import PlainWordsReader, QuestionRead
from app.cohorts.plain_words.grammar.understanding import ScannedQuestion
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.linking.coding import CodeLinker, Inclusions, NothingHeld
from app.cohorts.plain_words.linking.further import FurtherNames, NameTables
from app.cohorts.plain_words.restating.writing import question_words
from app.cohorts.plain_words.scanning.vocabulary import shipped_words

DAY = date(2026, 11, 22)
_HEAD = f"Patients as of {DAY.isoformat()}: "
_SIDES = ("before", "after", "around", "during", "as", "at")
_NOTES = frozenset(("src", "display", "via", "why"))


@cache
def linker() -> CodeLinker:
    """The codes of the shipped lexicon, and none of any store."""
    return CodeLinker(Inclusions(Lexicon.shipped()), NothingHeld())


@cache
def reader() -> PlainWordsReader:
    """A reader that knows the shipped lexicon, and no store."""
    names = FurtherNames(NameTables.of(Lexicon.shipped()), [])
    return PlainWordsReader(shipped_words(), linker(), DAY, names.words)


@cache
def reader_by_year() -> PlainWordsReader:
    """The same for somebody whose dates compare by their years."""
    return replace(reader(), by_year=True)


@cache
def scanned(text: str) -> ScannedQuestion:
    """The signs of a question."""
    return reader().scanned(text)


def read(text: str, **made: str) -> QuestionRead:
    """A question read with choices that were made; `window_12="all"` for the doubt `window-12`."""
    return _read(text, tuple((name.replace("_", "-"), way) for name, way in made.items()))


@cache
def _read(text: str, made: tuple[tuple[str, str], ...]) -> QuestionRead:
    return reader().read(scanned(text), dict(made))


def said(text: str, **made: str) -> str:
    """What a question is understood as, in English, without its day; empty where it is refused."""
    question = read(text, **made).question
    return question_words(question, "en").removeprefix(_HEAD).removesuffix(".") if question else ""


def who(text: str, **made: str) -> str:
    """Whom a question is understood to be of, as `said` tells it, without the rows that are asked for."""
    question = read(text, **made).question
    if question is None:
        return ""
    events = question.get("events", {})
    anchors = set(_anchors([*events.values(), question["population"]]))
    bare = {**question, "population": _in_place(question["population"], events), "output": {}}
    bare["events"] = {name: each for name, each in events.items() if name in anchors}
    return question_words(bare, "en").removeprefix(_HEAD).removesuffix(".")


def _anchors(node: Any) -> Iterator[str]:
    """What names of events stand where something is told to be before, after or as of one."""
    if isinstance(node, list):
        for each in node:
            yield from _anchors(each)
    elif isinstance(node, dict):
        for name, each in node.items():
            yield from (each,) if name in _SIDES and isinstance(each, str) else _anchors(each)


def _in_place(node: Any, events: dict[str, Any]) -> Any:
    """A node with the events themselves instead of their names."""
    if isinstance(node, list):
        return [_in_place(each, events) for each in node]
    if not isinstance(node, dict):
        return node
    if set(node) - {"src"} == {"exists"}:
        event = dict(events.get(node["exists"], {}))
        return {event.pop("kind"): event} if event else {"all": []}
    return {name: _in_place(each, events) for name, each in node.items()}


def reasons(text: str) -> set[str]:
    """Why a question is refused or only partly understood."""
    return {each.code for each in read(text).reasons}


def doubts(text: str) -> set[str]:
    """What is assumed of a question, by what the doubts are about."""
    return {each.rpartition("-")[0] for each in read(text).choices.doubts}


def plain(value: Any) -> Any:
    """A part of a question without its notes."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items() if name not in _NOTES}
    return [plain(each) for each in value] if isinstance(value, list) else value
