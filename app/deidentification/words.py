"""The words that may stay of what somebody typed: of anatomy, technique and findings, and short numbers.

Cleaning keeps what is known to be harmless and drops the rest, so that a name that nobody foresaw goes, too.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from unicodedata import normalize

_CHUNK = re.compile(r"[^\s,;()\[\]]+")
_PART = re.compile(r"[^\W\d_]+|[0-9]+(?:\.[0-9]+)?|\S", re.UNICODE)
_JOINTS = frozenset("-_/+:.*=<>&")
_LONGEST_NUMBER = 3  # digits of thicknesses, doses and delays; those of people are longer


@lru_cache(maxsize=1)
def harmless_words() -> frozenset[str]:
    """The words, in lower case."""
    text = files("app.deidentification").joinpath("words.json").read_text("utf-8")
    return frozenset(word for group in json.loads(text).values() for word in group)


def cleaned(text: str, known: frozenset[str]) -> str:
    """What may stay of a text, joined by spaces; "" where nothing does.

    `known` are words, in lower case, that stand for somebody, whatever else they mean.
    """
    kept = [part for chunk in _CHUNK.findall(normalize("NFC", text)) for part in _of_chunk(chunk, known)]
    neighbours = {number for pair in pairwise(enumerate(kept)) for number in _two_numbers(*pair)}
    return " ".join(part for number, part in enumerate(kept) if number not in neighbours)


def _of_chunk(chunk: str, known: frozenset[str]) -> Iterator[str]:
    """The parts of what stands without a space between that may stay; "T1-weighted" is three."""
    parts = _PART.findall(chunk)
    numbers = [part for part in parts if part[0].isdigit()]
    if sum(map(len, numbers)) > _LONGEST_NUMBER + (len(numbers) == 1):  # one may have a point
        return  # a date, with a year or without, a telephone, a number of somebody, in groups
    harmless = [part for part in parts if _stays(part, known)]
    if len(harmless) == len(parts):
        yield chunk
    else:
        yield from (part for part in harmless if part not in _JOINTS and not part[0].isdigit())


def _stays(part: str, known: frozenset[str]) -> bool:
    folded = part.casefold()
    if part[0].isdigit():
        return len(part.partition(".")[0]) <= _LONGEST_NUMBER
    return part in _JOINTS or (folded in harmless_words() and folded not in known)


def _two_numbers(one: tuple[int, str], other: tuple[int, str]) -> tuple[int, ...]:
    """The places of neighbours that are numbers, both of them: together they may be a longer one."""
    return (one[0], other[0]) if one[1][0].isdigit() and other[1][0].isdigit() else ()
