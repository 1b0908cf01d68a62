"""What a text says is there, is not there, and may be: diseases with where they are, in English and Korean.

A sentence is parted where it turns round; in each part a word that denies holds for what follows it in
English, and for what is in front of it in Korean.
"""

import re
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from app.feedback.disease_words import Disease
from app.feedback.diseases import Mention, diseases_in
from app.feedback.places import WIDE, narrow, regions_told, same_place, sides_told
from app.records.glance.recommendations import sentences_of

MOST_LOOKED_AT = 4_000  # characters of one text
_NEAR = 0.6


class Assertion(StrEnum):
    """What is said of a finding."""

    THERE = "there"
    UNCERTAIN = "uncertain"
    NOT_THERE = "not-there"


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


_TURN = re.compile(
    r"\s*(?:;|\bbut\b|\bhowever\b|\balthough\b|\bwhereas\b|\bexcept\b|하지만|그러나|다만|반면)\s*"
    r"|(?<=며)[, ]\s*|(?<=고)[, ]\s*(?!있|없)|(?<=[으하]나)[, ]\s*|(?<=지만)[, ]\s*|(?<=없음)[,. ]\s*"
    r"|(?<=음)[,.]\s*|,\s+(?=(?:\d|an?\s|there (?:is|are)\b|otherwise|stable|unchanged|new\b))",
    re.IGNORECASE,
)
_UNCHANGED = re.compile(
    r"\b(?:no|without|not)\s+(?:\w+\s+){0,2}(?:change\w*|increase\w*|growth|progress\w*|differ\w*|enlarg\w*)"
    r"|(?:변화|차이|증가|진행)(?:는|가|은|이|도)?\s*없\S*|변화\s*없이",
    re.IGNORECASE,
)
_NOT_EXCLUDED = re.compile(
    r"\b(?:can ?not|could not|not)\s+(?:be\s+)?(?:entirely\s+|completely\s+)?(?:exclud\w+|rul\w+ out)"
    r"|not excluded"
    r"|배제(?:할|하기|될)?\s*(?:수|어렵|힘들|못)\S*\s*(?:없\S*)?|배제\s*못\S*",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"\b(?:no|without|not|negative for|absence of|absent|free of|den(?:y|ies|ied)|nor|neither"
    r"|rules? out|ruled out"
    r"|resolution of|resolved|resolving|unremarkable for|lack of|never)\b",
    re.IGNORECASE,
)
_AGAIN_THERE = re.compile(
    r"\b(?:with|which|showing|shows?|there (?:is|are)|due to|secondary)\b", re.IGNORECASE
)
_DENIED_AFTER = re.compile(
    r"\b(?:not|no longer)\s+(?:\w+\s+){0,2}(?:seen|identified|visuali[sz]ed|present|evident"
    r"|demonstrated|noted"
    r"|detected|found|apparent)\b|\b(?:is|are|was|were|has been|have been)?\s*(?:absent|excluded|ruled out)\b"
    r"|\b(?:has|have|had)?\s*(?:completely |fully |now |nearly )?(?:resolved|cleared|disappeared)\b"
    r"|:\s*(?:negative|none|no)\b"
    r"|없(?:음|습|다|이|고|으|었|는|어|$)|않(?:음|습|다|고|으|았|는|아)|아니[며고]|아님|음성|배제(?:됨"
    r"|되)|소실|사라[졌짐]|미발견|\(-\)",
    re.IGNORECASE,
)
_DENIED = re.compile(f"(?:{_DENIED_BEFORE.pattern})|(?:{_DENIED_AFTER.pattern})", re.IGNORECASE)
_UNCERTAIN = re.compile(
    r"\b(?:suspici\w+|suspect\w*|possib\w+|probab\w+|likely|may|might|could|suggest\w*|r/o|rule out"
    r"|versus|vs\.?"
    r"|favou?r\w*|concern\w+|question\w*|equivocal|indeterminate|differential|ddx|consider\w*|presum\w+"
    r"|consistent"
    r"|compatible)\b|\?|의심|가능성|추정|감별|의증|시사|합당|고려|우려|불확실|배제할\s*수\s*없|배제하기"
    r"|배제\s*못",
    re.IGNORECASE,
)
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
        for part in filter(None, _TURN.split(sentence)):
            if not (diseases_in(part) or _NORMAL.search(part) or _DENIED.search(part)):
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
        for part in filter(None, _TURN.split(sentence)):
            for mention in diseases_in(part):
                found.setdefault(_finding(mention, part, sentence))
    return tuple(found)


def _finding(mention: Mention, part: str, sentence: str) -> ReadFinding:
    regions = _regions(mention.disease, part, sentence)
    sides = sides_told(part) or sides_told(sentence)
    return ReadFinding(
        mention.disease, _assertion(mention, part), regions, sides, part.strip(), bool(regions)
    )


def _regions(disease: Disease, part: str, sentence: str) -> frozenset[str]:
    """Where a finding is: what the words say that fits the disease, else where that always is."""
    own = narrow(regions_told(part))
    always = frozenset(disease.regions)
    if not always:
        return own or narrow(regions_told(sentence))
    return frozenset(each for each in own if same_place(frozenset((each,)), always) >= _NEAR) or always


def _assertion(mention: Mention, part: str) -> Assertion:
    text = _UNCHANGED.sub(lambda found: "~" * len(found[0]), part)
    open_question = _NOT_EXCLUDED.sub(lambda found: "?" * len(found[0]), text)
    before, after = open_question[: mention.start], open_question[mention.end :]
    denials = list(_DENIED_BEFORE.finditer(before))
    if denials and not _AGAIN_THERE.search(before[denials[-1].end() :]):
        return Assertion.NOT_THERE
    if _DENIED_AFTER.search(after):
        return Assertion.NOT_THERE
    return Assertion.UNCERTAIN if _UNCERTAIN.search(open_question) else Assertion.THERE
