"""Finds diseases and operations in texts, and says how far one disease may turn out to be another."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from app.feedback.disease_words import DISEASES, Disease, DiseaseFamily
from app.feedback.surgery_words import NO_OPERATION, OPERATIONS, TALK, SurgeryKind

_F = DiseaseFamily


class Mention(NamedTuple):
    """A disease that a text names, and where in the text it does."""

    disease: Disease
    start: int
    end: int


class _Words(NamedTuple):
    """One pattern of many words, and the places in a table of what each stands for."""

    pattern: re.Pattern[str]
    places: Mapping[str, tuple[int, ...]]


def _words(rows: Iterable[tuple[tuple[str, ...], tuple[str, ...]]]) -> tuple[_Words, _Words]:
    """The patterns of the English and the Korean words of a table."""
    english, korean = dict[str, list[int]](), dict[str, list[int]]()
    for place, row in enumerate(rows):
        for found, words in zip((english, korean), row, strict=True):
            for word in words:
                found.setdefault(word, []).append(place)
    return _pattern(english, r"(?<![a-z])(?:hemi|mini|micro|macro|pan)?"), _pattern(korean, "")


def _pattern(words: Mapping[str, list[int]], beginning: str) -> _Words:
    longest = sorted(words, key=lambda word: (-len(word), word))
    choices = "|".join(map(_choice, longest))
    places = {word.removesuffix(".").removeprefix("~"): tuple(found) for word, found in words.items()}
    return _Words(re.compile(f"{beginning}({choices})"), places)


def _choice(word: str) -> str:
    """The pattern of a word as `disease_words.py` says how it is written."""
    beginning = r"(?:(?<![가-힣])|(?<=[좌우]))" if word.startswith("~") else ""
    end = "(?![a-z가-힣])" if word.endswith(".") else ""
    return beginning + re.escape(word.removesuffix(".").removeprefix("~")) + end


@cache
def _disease_words() -> tuple[_Words, _Words]:
    return _words((each.english, each.korean) for each in DISEASES)


@cache
def _operation_words() -> tuple[_Words, _Words]:
    return _words((each.english, each.korean) for each in OPERATIONS)


_PRIOR = re.compile(r"이전이|이전 이")


@lru_cache(maxsize=16_384)
def diseases_in(text: str) -> tuple[Mention, ...]:
    """The diseases that a text names, in its order."""
    low = _PRIOR.sub(lambda found: " " * len(found[0]), text.lower())
    found = (
        Mention(DISEASES[place], match.start(), match.end())
        for words in _disease_words()
        for match in words.pattern.finditer(low)
        for place in words.places[match[1]]
    )
    return tuple(sorted(found, key=lambda each: each.start))


_ENDING = re.compile(
    r"[a-z](?:ectomy|otomy|ostomy|oplasty|opexy|orrhaphy|odesis)\b"
    r"|[가-힣]{2}(?<!조영)(?<!삽입)(?<!시경)(?<!중재)(?<!천자)(?<!차단)(?<!촬영)(?<!파쇄석)술(?![가-힣])"
)
"""How operations end that are in no table."""


@lru_cache(maxsize=8_192)
def operations_in(text: str) -> tuple[SurgeryKind, ...]:
    """The operations that a text names, each once; a general word counts beside no special one."""
    low = text.lower()
    found = dict.fromkeys(
        place
        for words in _operation_words()
        for match in words.pattern.finditer(low)
        for place in words.places[match[1]]
    )
    if not found and _ENDING.search(low):
        found = dict.fromkeys((len(OPERATIONS) - 1,))
    special = [place for place in found if place != len(OPERATIONS) - 1]
    return tuple(OPERATIONS[place] for place in special or found)


_TALK, _NONE = re.compile(TALK, re.IGNORECASE), re.compile(NO_OPERATION, re.IGNORECASE)


@lru_cache(maxsize=8_192)
def is_no_operation(words: str) -> bool:
    """Whether what was done is something else than an operation: a biopsy, an infusion, a talk."""
    if _TALK.search(words):
        return True
    named = any(each.families for each in operations_in(words))
    return bool(_NONE.search(words)) and not named and not _ENDING.search(words.lower())


_TURNS_OUT: Mapping[frozenset[DiseaseFamily], float] = {
    frozenset(pair): share
    for *pair, share in (
        (_F.TUMOR, _F.LESION, 1.0),
        (_F.TUMOR, _F.CYST, 0.75),
        (_F.TUMOR, _F.INFECTION, 0.75),
        (_F.TUMOR, _F.INFLAMMATION, 0.75),
        (_F.TUMOR, _F.OBSTRUCTION, 0.75),
        (_F.TUMOR, _F.STENOSIS, 0.75),
        (_F.TUMOR, _F.HEMORRHAGE, 0.65),
        (_F.TUMOR, _F.FLUID, 0.5),
        (_F.TUMOR, _F.STORAGE, 0.65),
        (_F.TUMOR, _F.FRACTURE, 0.6),
        (_F.TUMOR, _F.SCARRING, 0.65),
        (_F.LESION, _F.CYST, 0.9),
        (_F.LESION, _F.INFECTION, 0.8),
        (_F.LESION, _F.INFLAMMATION, 0.75),
        (_F.LESION, _F.HEMORRHAGE, 0.65),
        (_F.LESION, _F.STORAGE, 0.75),
        (_F.LESION, _F.SCARRING, 0.6),
        (_F.CYST, _F.TORSION, 0.85),
        (_F.CYST, _F.HEMORRHAGE, 0.65),
        (_F.LESION, _F.TORSION, 0.75),
        (_F.TUMOR, _F.TORSION, 0.7),
        (_F.INFECTION, _F.INFLAMMATION, 0.85),
        (_F.INFECTION, _F.FLUID, 0.75),
        (_F.INFECTION, _F.SCARRING, 0.65),
        (_F.INFECTION, _F.OBSTRUCTION, 0.65),
        (_F.INFLAMMATION, _F.AIR, 0.8),
        (_F.INFLAMMATION, _F.OBSTRUCTION, 0.7),
        (_F.INFLAMMATION, _F.STONE, 0.85),
        (_F.INFLAMMATION, _F.FLUID, 0.65),
        (_F.INFLAMMATION, _F.INFARCT, 0.65),
        (_F.OBSTRUCTION, _F.STONE, 0.9),
        (_F.OBSTRUCTION, _F.HERNIA, 0.8),
        (_F.OBSTRUCTION, _F.INFARCT, 0.75),
        (_F.OBSTRUCTION, _F.AIR, 0.7),
        (_F.INFARCT, _F.CLOT, 0.85),
        (_F.INFARCT, _F.HEMORRHAGE, 0.75),
        (_F.INFARCT, _F.STENOSIS, 0.8),
        (_F.INFARCT, _F.TUMOR, 0.65),
        (_F.ANEURYSM, _F.HEMORRHAGE, 0.85),
        (_F.HEMORRHAGE, _F.FRACTURE, 0.6),
        (_F.HEMORRHAGE, _F.TEAR, 0.6),
        (_F.HEMORRHAGE, _F.FLUID, 0.65),
        (_F.DISC, _F.STENOSIS, 0.9),
        (_F.DISC, _F.DEGENERATION, 0.8),
        (_F.STENOSIS, _F.DEGENERATION, 0.7),
        (_F.FRACTURE, _F.DEGENERATION, 0.6),
        (_F.FRACTURE, _F.TEAR, 0.65),
        (_F.TEAR, _F.DEGENERATION, 0.65),
        (_F.TEAR, _F.FLUID, 0.8),
        (_F.FRACTURE, _F.FLUID, 0.8),
        (_F.HEART, _F.FLUID, 0.75),
        (_F.HEART, _F.STENOSIS, 0.8),
        (_F.AIR, _F.AIRWAYS, 0.7),
    )
}
"""How far what one family is called in pictures turns out to be the other, in one place."""


def turns_out(one: DiseaseFamily, other: DiseaseFamily) -> float:
    """How far a finding of one family may turn out to be of another, in one place: from 0 to 1."""
    return 1.0 if one == other else _TURNS_OUT.get(frozenset((one, other)), 0.0)


def families_of(operations: Iterable[SurgeryKind]) -> Iterator[DiseaseFamily]:
    """What operations are done for."""
    for each in operations:
        yield from each.families
