"""Reads criteria under headings: what stands before one is kept, and numbers of a list part it."""

import re
from collections.abc import Sequence

from app.cohorts.plain_words.grammar.doubts import HEADED, HEADING, LEFT_OUT
from app.cohorts.plain_words.grammar.telling import Telling
from app.cohorts.plain_words.scanning.signs import Sign

_LISTED = ("either", "listof")
_SOME_OF = re.compile(r"\b(\d|two|three|four) (or more )?of\b|중\s*(적어도|최소)?\s*(\d|두|세|네)")
"""Of how many of a list are enough: then its numbers part nothing."""
_LETTERS = ("abcdefgh", "12345678")
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
    """The signs with ends of sentences for the numbers of a list under a heading: `1. asthma 2. gout`."""
    listed = any(each.kind in _LISTED for each in signs) or _SOME_OF.search(text)
    if listed or not any(each.has("section") for each in signs):
        return list(signs)
    found: list[Sign] = []
    awaited = 1
    for sign in signs:
        number = found[-1] if found else None
        if (
            number is not None
            and sign.kind in _AFTER_NUMBERS
            and _is_number(number, sign, text, (awaited, 1))
        ):
            before = found[-2] if found[1:] else None
            if before is None or not _measures(before) or "\n" in text[before.end : number.start]:
                awaited = int(text[number.start : number.end]) + 1
                found[-1] = Sign(("stop",), number.start, sign.end)
                continue
        found.append(sign)
    return found


def without_letters(signs: Sequence[Sign], text: str) -> list[Sign]:
    """The signs with nothing for the letters or numbers of a list: `(a) gout, (b) asthma`, in their order."""
    found = list(signs)
    for letters in _LETTERS:
        found = _without(letters, found, text)
    return found


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


def _is_number(number: Sign, end: Sign, text: str, awaited: tuple[int, ...]) -> bool:
    digits = text[number.start : number.end]
    spaced = number.start == 0 or text[number.start - 1].isspace() or text[number.start - 1] in "(:"
    return digits.isdecimal() and int(digits) in awaited and number.end == end.start and spaced
