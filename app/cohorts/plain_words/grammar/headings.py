"""Reads criteria under headings: what stands before one is kept, and numbers of a list part it."""

import re
from collections.abc import Container, Sequence
from itertools import pairwise

from app.cohorts.plain_words.grammar.doubts import HEADED, HEADING, LEFT_OUT
from app.cohorts.plain_words.grammar.telling import Telling
from app.cohorts.plain_words.scanning.signs import Sign

_LISTED = ("either", "listof")
_SOME_OF = re.compile(r"\b(\d|two|three|four) (or more )?of\b|중\s*(적어도|최소)?\s*(\d|두|세|네)")
"""Of how many of a list are enough: then its numbers part nothing."""
_MARKED_LIST = re.compile(r":\s*\(?1[).]")
_LETTERS, _NUMBERS = "abcdefgh", "12345678"
_BEFORE_LETTERS = ("stop", "semi", "comma", "colon", "and", "or", "weak")
_AFTER_NUMBERS = ("stop", "close")
_MEASURING = ("cmp", "than", "within", "stage", "measure", "level", "ent:lab", "st", "age", "old")
"""Behind these a number is one of a criterion, and not that of the next."""


def heads_exclusion(sign: Sign) -> bool:
    """Whether what follows a heading is excluded: `Not eligible:`, 제외:."""
    return sign.detail == "ex" or sign.kind in ("barred", "excl")


def end_heading(told: Telling, sign: Sign) -> None:
    """End what stands before a heading: the last criterion of a list, else what the heading is of."""
    if not told.has_part():
        told.drop_part()
        return
    criteria = bool(told.entries[told.mark[0] :])
    if criteria and (told.section or heads_exclusion(sign)):
        return
    ways = HEADED if criteria else (LEFT_OUT,)
    if told.choices.pick("heading", sign.start, HEADING, ways) == LEFT_OUT.id:
        told.drop_part()


def without_numbers(signs: Sequence[Sign], text: str) -> list[Sign]:
    """The signs with ends of sentences for the numbers of a list under a heading: `1. asthma 2. gout`.

    Elsewhere a list in one line is one of commas: 고혈압 환자 중 ① 당뇨병 ② 흡연.
    """
    headed = any(each.has("section") for each in signs)
    listed = any(each.kind in _LISTED for each in signs) or _SOME_OF.search(text)
    if headed and listed:
        return list(signs)
    places = _numbered(signs, text)
    if not headed and (len(places) <= 1 or (_SOME_OF.search(text) and not _has_marks(text))):
        return list(signs)
    found = list(signs)
    for order, at in enumerate(places):
        number, end = signs[at : at + 2]
        inline = not headed and "\n" not in text[: number.start]
        kind = "stop" if not inline else "comma" if order else "weak"
        found[at] = Sign((kind,), number.start, end.end)
    behind = {at + 1 for at in places}
    return [each for at, each in enumerate(found) if at not in behind]


def _has_marks(text: str) -> bool:
    """Whether the items of a list stand behind a colon, each with its number."""
    return _MARKED_LIST.search(text) is not None


def _numbered(signs: Sequence[Sign], text: str) -> list[int]:
    """The places of the numbers of a list, each of which one that ends it follows."""
    found: list[int] = []
    awaited = {1}
    for at, (number, end) in enumerate(pairwise(signs)):
        if end.kind not in _AFTER_NUMBERS or not _is_number(number, end, text, awaited):
            continue
        before = signs[at - 1] if at else None
        if before is None or not _measures(before) or "\n" in text[before.end : number.start]:
            awaited.add(int(text[number.start : number.end]) + 1)
            found.append(at)
    return found


def without_letters(signs: Sequence[Sign], text: str, *, korean: bool) -> list[Sign]:
    """The signs with nothing for the letters or numbers of a list: `(a) gout, (b) asthma`, in their order.

    The numbers of a list in Korean part it where no comma does (`without_numbers`).
    """
    found = _without(_LETTERS, signs, text)
    return found if korean else _without(_NUMBERS, found, text)


def _without(letters: str, signs: Sequence[Sign], text: str) -> list[Sign]:
    found = list(signs)
    places: list[int] = []
    for at, sign in enumerate(signs[:-1]):
        letter = letters[len(places)] if len(places) < len(letters) else ""
        before = signs[at - 1].kind if at else "stop"
        begins = before in (*_BEFORE_LETTERS, "open") or "\n" in text[signs[at - 1].end : sign.start]
        if text[sign.start : sign.end] == letter and begins and signs[at + 1].kind == "close":
            places.append(at)
    for at in places if places[1:] else ():
        opened = [at - 1] if at and signs[at - 1].kind == "open" else []
        for each in (*opened, at, at + 1):
            found[each] = signs[each].read_as("weak")
    return found


def _measures(sign: Sign) -> bool:
    return any(sign.has(each) for each in _MEASURING)


def _is_number(number: Sign, end: Sign, text: str, awaited: Container[int]) -> bool:
    digits = text[number.start : number.end]
    spaced = number.start == 0 or text[number.start - 1].isspace() or text[number.start - 1] in "(:"
    return digits.isdecimal() and int(digits) in awaited and number.end == end.start and spaced
