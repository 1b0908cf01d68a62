"""What operations are called, in English and Korean, where each is done and what for.

The words stand in `operations.json`, written as those of `disease_words.py`; the last row is of words that
say an operation and not which.
"""

from pathlib import Path
from typing import NamedTuple

import orjson

from app.feedback.disease_words import DiseaseFamily


class SurgeryKind(NamedTuple):
    """A kind of operation: where it is done, what it is done for, and what it is called."""

    regions: tuple[str, ...]
    families: tuple[DiseaseFamily, ...]
    english: tuple[str, ...]
    korean: tuple[str, ...]


OPERATIONS: tuple[SurgeryKind, ...] = tuple(
    SurgeryKind(
        tuple(each["regions"]),
        tuple(map(DiseaseFamily, each["families"])),
        tuple(each["english"]),
        tuple(each["korean"]),
    )
    for each in orjson.loads(Path(__file__).with_name("operations.json").read_bytes())
)

TALK = (
    r"counsel|상담|educat|교육|assessment|평가|screening|검진|review|reconcil|documentation|consult"
    r"|consent|동의서"
    r"|admission|discharge|planning|follow-?up|aftercare|explan|설명|협진|의뢰"
)
"""What is talked or written about an operation, and is none."""

NO_OPERATION = (
    r"biops|생검|조직\s*검사|aspirat|세침|흡인|infusion|주입|injection|주사|chemother|항암|radiother"
    r"|방사선\s*치료"
    r"|transfus|수혈|scop(?:y|ic exam)|내시경(?!적?\s*(?:수술|절제|점막|부비동))"
    r"|cathet|카테터|dialys|투석|intubat|삽관|physio|rehab|재활|물리\s*치료|vaccin|접종|immuni[sz]"
    r"|venipunct|채혈|electrocardio|심전도|monitor|감시|dental|스케일링|prophylaxis"
    r"|paracentesis|thoracentesis|천자|punct|suture\s+removal|발사|removal\s+of\s+(?:suture|cast|staple"
    r"|implant"
    r"|hardware)|hardware\s+removal|cast(?:ing)?\b|splint|부목|석고|dressing|드레싱|마취|anesthe"
    r"|nerve block|차단술"
)
"""What is done to patients and is no operation, unless an operation is named beside it."""
