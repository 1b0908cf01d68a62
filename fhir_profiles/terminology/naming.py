"""The forms in which names of concepts are compared: what is typed finds what was defined.

Folding (`fhir_profiles/folding.py`) takes accents and case away; a name is told by no more than its words, so
apostrophes go and other marks part words. Korean is written with and without spaces, so its names have none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from fhir_profiles.folding import fold

SHORTEST_NAME, LONGEST_NAME = 2, 100  # characters; nobody types a longer one
_APOSTROPHES = str.maketrans("", "", "'’ʼ´`\"“”")
_BETWEEN = re.compile(r"(?<!\d)[.,]|[.,](?!\d)|[^\w%+#.,]|_")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
KOREAN, ENGLISH = "ko", "en"


class SpokenName(NamedTuple):
    """A name as it is written, and its language; `preferred`: it is the display in that language."""

    text: str
    language: str
    preferred: bool


@dataclass(frozen=True, slots=True)
class ConceptNaming:
    """One name of a concept as it is looked up; `preferred`: it is the concept's display in its language."""

    form: str
    language: str
    preferred: bool


def name_form(name: str) -> str:
    """The form that all spellings of a name share; "" where nothing is left of it."""
    folded = fold(name)
    if folded.isascii() and folded.replace(" ", "").isalnum():
        return folded
    words = " ".join(_BETWEEN.sub(" ", folded.translate(_APOSTROPHES)).split())
    return words.replace(" ", "") if _HANGUL.search(words) else words


def namings(names: Iterable[SpokenName]) -> Iterator[ConceptNaming]:
    """The names of one concept as they are looked up, each form once, the preferred first.

    What is longer than `LONGEST_NAME`, or shorter than `SHORTEST_NAME`, is left out.
    """
    seen: set[str] = set()
    for text, language, preferred in sorted(names, key=lambda each: not each.preferred):
        if len(text) > 2 * LONGEST_NAME:
            continue
        form = name_form(text)
        if SHORTEST_NAME <= len(form) <= LONGEST_NAME and form not in seen:
            seen.add(form)
            yield ConceptNaming(form, language, preferred)


def is_korean(text: str) -> bool:
    """Whether a text has Hangul in it."""
    return _HANGUL.search(text) is not None
