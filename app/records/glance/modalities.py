"""Kinds of pictures: their words in English and Korean, and how far one answers what another asked."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from app.records.glance.hints import HintedPattern
from app.records.glance.words import each_in

_WORDS: Mapping[str, str] = {
    "CT": r"\b(?:LD|HR|CE)?CT(?:A|U|C)?\b|computed tomogra\w+|전산화\s*단층",
    "MR": r"(?-i:\bMR(?:I|A|CP|V)?\b)|\bmri\b|magnetic resonance|자기\s*공명",
    "US": r"(?-i:\bUSG?\b)|ultraso\w+|sonogra\w+|echocardiogra\w+|doppler|초음파",
    "MG": r"(?-i:\bMG\b)|mammogra\w+|tomosynthesis|유방\s*촬영",
    "CR": r"(?-i:\b(?:CXR|KUB|DR|CR|DX)\b)|radiogra\w+|\bx-?rays?\b|plain films?"
    r"|단순\s*촬영|단순\s*사진|엑스레이|X\s*선",
    "PT": r"\bPET\b|(?-i:\bPT\b)|positron",
    "NM": r"bone scan|scintigra\w+|\bSPECT\b|골\s*스캔",
    "XA": r"angiogra(?!phic)\w+|조영술",
    "BD": r"\bDE?XA\b|densitometr\w+|골밀도",
}
"""By DICOM's code; those that are a word of the language too count in capitals alone."""
_SAME: Mapping[str, str] = {"DX": "CR", "RG": "CR", "RF": "XA", "MRI": "MR", "PET": "PT", "IVUS": "US"}
"""Codes that stand for the same kind of picture here."""

_AFFINITY: Mapping[frozenset[str], float] = {
    frozenset(pair): share
    for *pair, share in (
        ("CT", "MR", 0.7),
        ("CT", "PT", 0.8),
        ("CT", "CR", 0.5),
        ("CT", "US", 0.5),
        ("CT", "XA", 0.5),
        ("MR", "PT", 0.7),
        ("MR", "US", 0.5),
        ("MR", "CR", 0.4),
        ("MG", "US", 0.8),
        ("MG", "MR", 0.8),
        ("NM", "PT", 0.7),
        ("NM", "CT", 0.5),
        ("NM", "CR", 0.4),
        ("NM", "MR", 0.5),
        ("CR", "US", 0.3),
        ("CR", "BD", 0.3),
        ("MR", "XA", 0.5),
    )
}
_UNKNOWN, _APART = 0.5, 0.2


@cache
def _patterns() -> tuple[tuple[str, HintedPattern], ...]:
    return tuple((name, HintedPattern(words, re.IGNORECASE)) for name, words in _WORDS.items())


@lru_cache(maxsize=8_192)
def modalities_in(text: str) -> frozenset[str]:
    """The kinds of pictures that a text names, as DICOM's codes."""
    low = text.lower()
    return frozenset(name for name, pattern in _patterns() if pattern.is_in(text, low))


def modalities_of(coded: Any) -> frozenset[str]:
    """The kinds of pictures of one or many Codings or CodeableConcepts."""
    found = set[str]()
    for each in each_in(coded):
        for coding in (*each_in(each.get("coding")), each):
            code = str(coding.get("code", ""))
            found.update({_SAME.get(code, code)} if _is_kind(code) else modalities_in(_shown(coding)))
    return frozenset(found)


def _is_kind(code: str) -> bool:
    return code in _WORDS or code in _SAME


def _shown(coding: Mapping[str, Any]) -> str:
    return f"{coding.get('display', '')} {coding.get('text', '')}"


@lru_cache(maxsize=4_096)
def affinity(one: frozenset[str], other: frozenset[str]) -> float:
    """How far pictures of one kind answer what those of another asked: from 0 to 1, by the best pair."""
    if not one or not other:
        return _UNKNOWN
    return max(1.0 if a == b else _AFFINITY.get(frozenset((a, b)), _APART) for a in one for b in other)
