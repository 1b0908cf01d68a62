"""What a text says is there, is not there, and may be: diseases with where they are, in English and Korean.

A sentence is parted where it turns round; in each part a word that denies holds for what follows it in
English, and for what is in front of it in Korean.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from app.feedback.disease_words import Disease
from app.feedback.diseases import Mention, diseases_in
from app.feedback.places import WIDE, narrow, regions_told, same_place, sides_told
from app.records.glance.assertions import Assertion, assertion_of, says_no, turns_of
from app.records.glance.recommendations import sentences_of

MOST_LOOKED_AT = 4_000  # characters of one text
_NEAR = 0.6


class ReadFinding(NamedTuple):
    """A finding of a text: what, whether it is there, where, and the part of a sentence that says so.

    `regions` and `sides` are empty where the words name none; `is_placed` is whether they name a region.
    """

    disease: Disease
    assertion: Assertion
    regions: frozenset[str]
    sides: frozenset[str]
    words: str
    is_placed: bool

    @property
    def is_meant(self) -> bool:
        """Whether it is, or may be, there."""
        return self.assertion is not Assertion.NOT_THERE


_NORMAL = re.compile(
    r"\bwithout (?:\w+ ){0,3}abnormalit\w+|\b(?:normal|unremarkable|negative (?:study|exam\w*|chest"
    r"|mammogra\w+)|within normal limits|wnl"
    r"|no (?:\w+ ){0,4}(?:abnormalit\w+|findings?|disease|process|patholog\w+|injur\w+|evidence of active))\b"
    r"|\bclear lungs?\b|\blungs? (?:are|is) clear\b|bi-?rads\s*(?:category\s*)?[:]?\s*[12]\b|\bnegative\b"
    r"|특이\s*(?:소견|사항)|이상\s*(?:소견)?\s*(?:은|이)?\s*없|정상|활동성\s*병변|유의한\s*이상"
    r"|뚜렷한\s*이상",
    re.IGNORECASE,
)


@lru_cache(maxsize=4_096)
def places_noted(text: str) -> frozenset[str]:
    """The organs of which a text says something that is no disease of the tables, and no denial."""
    found = set[str]()
    for sentence in sentences_of(text[:MOST_LOOKED_AT]):
        for part in turns_of(sentence):
            if not (diseases_in(part) or _NORMAL.search(part) or says_no(part)):
                found |= regions_told(part) - WIDE
    return frozenset(found)


def says_normal(text: str) -> bool:
    """Whether a text says of the whole that nothing is wrong."""
    return bool(_NORMAL.search(text))


@lru_cache(maxsize=8_192)
def findings_in(text: str) -> tuple[ReadFinding, ...]:
    """What a text says of diseases, in its order, each once for a place and what is said of it."""
    found = dict[ReadFinding, None]()
    for sentence in sentences_of(text[:MOST_LOOKED_AT]):
        if not diseases_in(sentence):
            continue
        for part in turns_of(sentence):
            for mention in diseases_in(part):
                found.setdefault(_finding(mention, part, sentence))
    return tuple(found)


def _finding(mention: Mention, part: str, sentence: str) -> ReadFinding:
    regions = _regions(mention.disease, part, sentence)
    sides = sides_told(part) or sides_told(sentence)
    said = assertion_of(part, mention.start, mention.end)
    return ReadFinding(mention.disease, said, regions, sides, part.strip(), bool(regions))


def _regions(disease: Disease, part: str, sentence: str) -> frozenset[str]:
    """Where a finding is: what the words say that fits the disease, else where that always is."""
    own = narrow(regions_told(part))
    always = frozenset(disease.regions)
    if not always:
        return own or narrow(regions_told(sentence))
    return frozenset(each for each in own if same_place(frozenset((each,)), always) >= _NEAR) or always
