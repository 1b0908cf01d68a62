"""Finds names of which only parts are known, so that no part becomes a condition of its own."""

from collections.abc import Sequence

from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.signs import THING, UNKNOWN, Sign

COMPOUND = "compound"
"""A part of a name that is not known as a whole; nothing is made of it."""
_CAUSING = (
    *("induced", "refractory", "resistant", "related", "associated", "sensitive", "mediated"),
    *("triggered", "provoked", "responsive", "유발", "유발성", "저항성", "불응성", "관련", "연관", "유도성"),
)
_ADJECTIVES = ("ic", "ive", "emic", "otic")
_DISEASES = (
    "pathy",
    "itis",
    "shock",
    "disease",
    "failure",
    "ulcer",
    "crisis",
    "emergency",
    "edema",
    "oedema",
)
_FOUND = ("ent:condition", "ent:word")
_MEDICINE = ("medication", "medicine", "pill", "med", "tablet", "약", "약물", "약제")
_BROAD = ("infection",)
"""Diagnoses that a word before them makes another: 호흡기 감염."""
_OF_TESTS = ("noun", "of", "level", "role", "weak", "measure")
_GOES_ON = ("comma", "and", "semi")


def compounded(signs: Sequence[Sign], text: str) -> list[Sign]:
    """The signs, with those that are parts of names which nobody knows told to be that."""
    found = list(signs)
    for at, sign in enumerate(signs):
        before = signs[at - 1] if at else None
        behind = signs[at + 1] if at + 1 < len(signs) else None
        if behind is None:
            continue
        said = text[sign.start : sign.end]
        if said == "any" and (test := _any_test(signs, at)):
            found[at] = sign.read_as("nomatter")
            found[at + 1 : test] = [each.read_as("weak") for each in signs[at + 1 : test]]
        elif (
            _causes(said, before, behind)
            or _follows(said, text, sign, signs[at + 1 : at + 3])
            or _is_kind_of(said, sign, behind, text[behind.start : behind.end])
            or _is_medicine(sign, text[behind.start : behind.end])
            or _is_narrower(sign, behind)
        ):
            found[at] = sign.read_as(COMPOUND)
    return found


def _causes(said: str, before: Sign | None, behind: Sign) -> bool:
    """`chemotherapy-induced neuropathy`, `steroid-refractory colitis`, 항암제 유발 신경병증."""
    named = before is not None and before.has(THING) and any(behind.has(each) for each in _FOUND)
    return named and said in _CAUSING


def _follows(said: str, text: str, sign: Sign, behind: Sequence[Sign]) -> bool:
    """`post-stroke depression`: a name of its own, and no stroke beside a depression."""
    whole = len(behind) > 1 and behind[0].has("ent:condition") and behind[1].has("ent:condition")
    return whole and said == "post" and text[sign.end : sign.end + 1] == "-"


def _is_kind_of(said: str, sign: Sign, behind: Sign, name: str) -> bool:
    """`hypertensive retinopathy`: one disease, and no hypertension beside another."""
    both = sign.has("ent:condition") and behind.has("ent:condition")
    return both and said.endswith(_ADJECTIVES) and name.endswith(_DISEASES)


def _is_medicine(sign: Sign, said: str) -> bool:
    """`sugar medication`: by what it is for, which is no drug that is known."""
    plain = sign.has("ent:lab") and not sign.has("ent:drug")
    return plain and said.removesuffix("s") in _MEDICINE


def _is_narrower(sign: Sign, behind: Sign) -> bool:
    rows = [row for row in behind.value or () if isinstance(row, LexiconRow)] if behind.has(THING) else []
    return sign.kind == UNKNOWN and len(sign.symbols) == 1 and bool(rows) and rows[0].id in _BROAD


def _any_test(signs: Sequence[Sign], at: int) -> int:
    """Where the test of `any level of LDL, HbA1c over 9` stands, that asks nothing; 0 for none."""
    test = at + 1
    while test < len(signs) - 1 and signs[test].kind in _OF_TESTS and not signs[test].has(THING):
        test += 1
    behind = signs[test + 1 : test + 3]
    apart = len(behind) > 1 and behind[0].kind in _GOES_ON and behind[1].has(THING)
    valued = apart and any(each.has("ent:lab") for each in signs[test + 2 :])
    return test if valued and signs[test].has("ent:lab") else 0
