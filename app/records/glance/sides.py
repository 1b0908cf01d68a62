"""Sides of the body, by their codes and by words for them in English and Korean."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.records.glance.words import each_in

LEFT, RIGHT = "L", "R"
BOTH = frozenset({LEFT, RIGHT})
_BY_CODE: Mapping[str, frozenset[str]] = {
    "7771000": frozenset({LEFT}),
    "24028007": frozenset({RIGHT}),
    "51440002": BOTH,
}
"""SNOMED CT's, as PS3.16 CID 244 has them."""
_WORDS = (
    (frozenset({LEFT}), re.compile(r"(?i:\bleft\b)|\b(?:Lt|LT)\b|좌측|왼쪽|왼(?=\s)")),
    (frozenset({RIGHT}), re.compile(r"(?i:\bright\b)|\bRt\b|우측|오른쪽|오른(?=\s)")),
    (BOTH, re.compile(r"(?i:\b(?:both|bilateral)\b)|양측|양쪽|양(?=손|발|무릎|어깨)")),
)


@lru_cache(maxsize=8_192)
def sides_in(text: str) -> frozenset[str]:
    """The sides that a text names."""
    return frozenset().union(*(sides for sides, pattern in _WORDS if pattern.search(text)))


def sides_of(coded: Any) -> frozenset[str]:
    """The sides of one or many Codings or CodeableConcepts, by their codes and else by their words."""
    found = frozenset[str]()
    for each in each_in(coded):
        for coding in (*each_in(each.get("coding")), each):
            known = _BY_CODE.get(str(coding.get("code", "")))
            found |= known or sides_in(f"{coding.get('display', '')} {coding.get('text', '')}")
    return found
