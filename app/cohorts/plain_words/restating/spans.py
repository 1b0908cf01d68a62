"""Lengths of time in words: `P1Y6M` is 1 year 6 months, 1년 6개월."""

import re

from app.cohorts.plain_words.restating.templates import UNITS_OF_TIME

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?", re.ASCII)
_PIECE = {
    "en": re.compile(r"(\d+) (year|month|week|day)s?"),
    "ko": re.compile(r"(\d+)(년|개월|주|일)"),
}
_LETTERS = {"year": "Y", "month": "M", "week": "W", "day": "D", "년": "Y", "개월": "M", "주": "W", "일": "D"}


def duration_words(duration: str, language: str) -> str:
    """An ISO 8601 duration in words; what is none stays as it is."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        return duration
    pieces = []
    for letter, number in zip("YMWD", found.groups(), strict=True):
        if number is not None:
            one, many = UNITS_OF_TIME[letter]
            pieces.append((one if int(number) == 1 else many).write(language, n=number))
    return " ".join(pieces)


def duration_in(text: str, language: str) -> str:
    """The duration that words say.

    Raises `ValueError` where they say none.
    """
    pieces = [
        (letter, number) for number, unit in _PIECE[language].findall(text) for letter in _LETTERS[unit]
    ]
    if not pieces or _PIECE[language].sub("", text).strip():
        raise ValueError(text)
    return "P" + "".join(f"{number}{letter}" for letter, number in pieces)
