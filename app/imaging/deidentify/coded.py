"""Codes in a data set: those of standards stay, with the meaning that the standard gives them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple, cast

from pydicom import Dataset
from pydicom.sr._concepts_dict import concepts

from app.deidentification.words import cleaned
from app.imaging.deidentify.allowed import SCHEMES, is_code
from app.imaging.deidentify.identifying import holds

_VALUES = ("CodeValue", "LongCodeValue", "URNCodeValue")
REMOVED = "REMOVED"


def is_coded(item: Dataset) -> bool:
    """Whether an item of a sequence is a code (PS3.3 8.8)."""
    return "CodeMeaning" in item or any(keyword in item for keyword in _VALUES)


class StandingCode(NamedTuple):
    """A code that may stay: its value, scheme and meaning."""

    value: str
    scheme: str
    meaning: str


def code_of(item: Dataset, known: frozenset[str], *, trusted: bool = False) -> StandingCode | None:
    """A code as it may stay; None for one that a site made.

    The meaning is the one of the standard where pydicom knows it; else what was written, if all of its words
    are harmless, or the value again. A `trusted` one stays as it is, where nothing `known` is in it.
    """
    value = next((str(item[each].value) for each in _VALUES if item.get(each)), "")
    scheme, meaning = str(item.get("CodingSchemeDesignator") or ""), str(item.get("CodeMeaning") or "")
    if trusted and not any(holds(text, known) for text in (value, scheme, meaning)):
        return StandingCode(value, scheme, meaning)
    if scheme not in SCHEMES or not is_code(value) or holds(value, known):
        return None
    standing = _meanings().get((scheme, value))
    if standing is None:
        kept = cleaned(meaning, known)
        standing = meaning if len(kept.split()) == len(meaning.split()) and meaning else value
    return StandingCode(value, scheme, standing)


def removed_code() -> Dataset:
    """The code that stands for one that is gone."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = REMOVED, "99HILUM", "Removed"
    return item


@lru_cache(maxsize=1)
def _meanings() -> dict[tuple[str, str], str]:
    """The meanings of the codes of PS3.16 by scheme and value."""
    found: dict[tuple[str, str], str] = {}
    for scheme, keywords in concepts.items():
        for codes in cast(Mapping[str, Mapping[str, tuple[str, Any]]], keywords).values():
            found.update({(scheme, value): meaning for value, (meaning, _) in codes.items()})
    return found
