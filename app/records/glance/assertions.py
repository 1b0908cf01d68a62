"""Whether a text says that something is there, is not there, or may be, in English and Korean.

A sentence is parted where it turns round; in each part a word that denies holds for what follows it in
English, and for what is in front of it in Korean.
"""

import re
from collections.abc import Iterator
from enum import StrEnum


class Assertion(StrEnum):
    """What is said of a finding."""

    THERE = "there"
    UNCERTAIN = "uncertain"
    NOT_THERE = "not-there"


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


def turns_of(sentence: str) -> Iterator[str]:
    """The parts of a sentence, cut where it turns round."""
    return filter(None, _TURN.split(sentence))


def says_no(part: str) -> bool:
    """Whether a part of a sentence denies anything."""
    return bool(_DENIED.search(part))


def assertion_of(part: str, start: int, end: int) -> Assertion:
    """What a part of a sentence says of what stands in it from `start` to `end`."""
    text = _UNCHANGED.sub(lambda found: "~" * len(found[0]), part)
    open_question = _NOT_EXCLUDED.sub(lambda found: "?" * len(found[0]), text)
    before, after = open_question[:start], open_question[end:]
    denials = list(_DENIED_BEFORE.finditer(before))
    if denials and not _AGAIN_THERE.search(before[denials[-1].end() :]):
        return Assertion.NOT_THERE
    if _DENIED_AFTER.search(after):
        return Assertion.NOT_THERE
    return Assertion.UNCERTAIN if _UNCERTAIN.search(open_question) else Assertion.THERE
