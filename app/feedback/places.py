"""Where in the body a text is about: regions and sides, also by the short words that reports and surgeons
use.

Beyond `regions_in` and `sides_in` these are parts of organs, which say the organ, and abbreviations.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from pydicom.sr._concepts_dict import concepts

from app.feedback.disease_codes import words_of_code
from app.records.glance.hints import HintedPattern
from app.records.glance.regions import WHOLE, overlap, regions_in
from app.records.glance.sides import LEFT, RIGHT, sides_in
from app.records.glance.words import each_in

_PARTS: Mapping[str, str] = {
    "LUNG": r"\b(?:lul|lll|rul|rml|rll|lingula\w*|(?:upper|lower|middle) lob(?:es?|ectomy)|hil(?:ar|um)"
    r"|bronch\w+)\b"
    r"|[상하중]엽|폐문|기관지",
    "CHEST": r"\bpleura\w*|costophrenic|흉막|늑막|흉강",
    "GALLBLADDER": r"\bgb\b|cholecyst|쓸개",
    "BILEDUCT": r"\bcbd\b|\bampull|팽대부|choledoch|총담관",
    "APPENDIX": r"\bappend(?:ic|ec|ix|age)\w*|충수|맹장[염수]",
    "COLON": r"\bsigmoid|\bc(?:a?e)c(?:um|al)\b|맹장(?![염수])|s상|에스상|대장",
    "RECTUM": r"h[ae]?emorrhoid|\b(?:peri)?anal\b|항문|치핵|치루|rectop|proct|rectosigmoid|구불결장직장",
    "KIDNEY": r"nephr(?!itic)|[좌우]신(?![가-힣]*경)|신우|콩팥|신실질",
    "LIVER": r"\bhepat(?!itis [abc])|portal vein|문맥|(?<![가-힣])간(?:세포|[우좌]엽|절제|엽|실질|전이"
    r"|농양|열상|경변|손상|파열|이식|종괴|\s*s[1-8])",
    "BREAST": r"mammary|\bmammo\b|\bduct carcinoma|유선|유두(?!종|상|암|상암)",
    "UTERUS": r"내막(?=\s*(?:비후|암|증식|폴립|용종|이))|endometr|hysterect|자궁(?!\s*경부)",
    "CERVIX": r"\bcervix|pap (?:smear|test)|자궁\s*경부",
    "OVARY": r"oophor|salping|fallopian|난관|부속기",
    "PROSTATE": r"\bturp\b",
    "BRAIN": r"(?:frontal|temporal|parietal|occipital) (?:lobe|horn)|basal ganglia|thalam\w+"
    r"|cerebell\w+|\bpons\b"
    r"|pontine|brain ?stem|\b[map]ca\b|putam|corona radiata|mening|subdural|subarachnoid|intracranial"
    r"|(?:전두|측두|두정|후두)엽|기저핵|시상(?!면)|소뇌|중대뇌|두개[골내강저]|경막|거미막",
    "SPINE": r"vertebra\w*|\bdis[ck]s?\b|추간판|추체|수핵|laminec|discec",
    "LSPINE": r"\bl[1-5](?:\b|[-/])",
    "TSPINE": r"\bt(?:[5-9]|1[0-2])\b(?!n)",
    "CSPINE": r"\bc[2-7][-/ ]{1,2}c?[2-7]\b",
    "WRIST": r"scaphoid|scapholunate|tfcc|carpal tunnel|수근관"
    r"|distal radi\w+|colles|carpal|주상골|원위부?\s*요골|요골\s*원위부?",
    "LOWERLEG": r"아래다리|정강|종아리뼈",
    "UPPERARM": r"brachial|위팔",
    "FEMUR": r"넙다리|넓적다리",
    "CLAVICLE": r"빗장뼈",
    "STERNUM": r"복장뼈",
    "SPLEEN": r"splen|지라(?!도)",
    "FOREARM": r"노뼈|자뼈|아래팔|\bradi(?:us|al shaft)|요골|척골",
    "HAND": r"trigger finger|방아쇠|metacarp\w+|phalan\w+|중수골|수지|지골",
    "FOOT": r"\btoes?\b|bunion|무지외반|web ?space|morton|hallux|plantar|metatars\w+|calcane\w+"
    r"|lisfranc|중족골|종골"
    r"|족부|족지",
    "ANKLE": r"\btal(?:us|ar)\b|거골|malleol\w+|pilon|syndesmo\w+|achilles|복사뼈|아킬레스|[내외]측과"
    r"|거비인대",
    "KNEE": r"patell\w+|menisc\w+|\bacl\b|\bpcl\b|cruciate|tibial plateau|슬개[골건]|반월|십자인대|고평부"
    r"|\btk[ar]a?\b",
    "HIP": r"femoral (?:neck|head)|neck of (?:the )?(?:left |right )?femur|trochanter|acetabul\w+"
    r"|대퇴(?:골)?\s*(?:경부|두)"
    r"|전자[간하]|비구|\bth[ar]a?\b",
    "SHOULDER": r"rotator|supraspin\w+|glenohumer\w+|proximal humer\w+|acromio\w+|상완골\s*근위"
    r"|회전근개|극상근",
    "ELBOW": r"olecranon|biceps|epicondyl|supracondyl|radial head|주두|요골두",
    "GROIN": r"inguinal|서혜부|샅굴|groin",
    "PELVIS": r"pubic ram\w+|iliac (?:bone|wing)|치골|장골(?!동)",
    "HEART": r"valv(?:e|ular)|aortic stenosis|mitral|tricuspid|판막|대동맥판|승모판|myocard\w+"
    r"|pericard\w+|심근"
    r"|심낭|심방|심부전",
    "PHARYNX": r"tonsil|pharyn|편도|인두",
    "TONGUE": r"tongue|gloss(?:ec|it)|설암|혀",
    "LOWERLIMB": r"popliteal|\bdvt\b|saphen\w+|슬와|심부정맥",
    "SMALLINTESTINE": r"jejun\w+|\bile(?:um|al|itis|ocec\w+)\b|공장|회장부|말단회장",
    "ESOPHAGUS": r"\bge junction|\bgej\b|o?esophagogastric|gastro-?esophageal|위식도",
    "STOMACH": r"fundoplic|위우회|위소매|\bantrum|pylor\w+|gastrect\w+|위(?:체부|전정부|각부|절제)"
    r"|전정부|(?<![가-힣])위(?=[,:(]|의 )|소화성|peptic",
    "DUODENUM": r"duoden\w+|십이지장",
    "ABDOMEN": r"peritone\w+|mesenter\w+|oment\w+|복막|장간막",
    "MEDIASTINUM": r"\bebus|\bstation \d|paratracheal|subcarinal|종격동|thym(?:us|ic|oma|ect)|흉선",
    "TESTIS": r"hydrocel|varicocel|음낭수종|정계정맥류|orchi\w+|고환|음낭",
    "THYROID": r"(?<!para)thyroid|(?<!부)갑상[선샘]",
    "PARATHYROID": r"parathyroid|부갑상[선샘]",
    "ADRENAL": r"adrenalec|부신",
    "SKIN": r"\bskin\b|cutaneous|epiderm\w+|basal cell|피부|표피",
    "MARROW": r"bone marrow|골수(?!염|강|내)",
    "BLOOD": r"peripheral blood|말초혈액|혈액도말",
    "EYE": r"\beye|catarac\w+|\bretina\w*|백내장|망막|안구",
    "TOOTH": r"\btooth|\bteeth|\bdental|치아|치근",
    "NOSE": r"septoplast|rhinoplast|\bnas(?:al|o)\w*|비강|비중격",
    "BLADDER": r"\burine\b|소변",
    "EAR": r"cochlea|인공와우|tympan|middle ear|mastoid|중이|고실|유양돌기",
    "LARYNX": r"vocal cord|laryn|성대|후두(?!엽|부)",
}
_OF_THE_HEART = re.compile(
    r"\b(?:left|right)[- ](?:ventric\w+|atri\w+|main|anterior desc\w+|heart|handed|hand dominant)"
    r"|[좌우]심\S*",
    re.I,
)
_SHORT_SIDES = (
    (LEFT, re.compile(r"\b(?:lul|lll|lingula\w*|lt)\b|\((?:좌|l)\)"
                      r"|(?<![가-힣])좌(?=[가-힣])(?!심|위|식|장|표|욕|약)", re.I)),
    (RIGHT, re.compile(r"\b(?:rul|rml|rll)\b|\((?:우|r)\)|\brt\.? (?!plan|dose)"
                       r"|(?<![가-힣])우(?=[가-힣])(?!심|선|려|발|울|연|회|세|수|리|유|성)", re.I)),
)  # fmt: skip
_BESIDE_A_PART = re.compile(
    r"\b([LR])[. ] ?(?=(?:breast|lung|knee|hip|kidney|shoulder|wrist|ankle|elbow|femur|hand|foot|ovary"
    r"|mca)\b)",
    re.I,
)

WIDE = frozenset(
    {"CHEST", "ABDOMEN", "PELVIS", "HEAD", "NECK", "SPINE", "UPPERLIMB", "LOWERLIMB", "WHOLEBODY"}
)
_ONE_PLACE: Mapping[frozenset[str], float] = {
    frozenset(pair): share
    for *pair, share in (
        ("KIDNEY", "URETER", 0.9),
        ("BLADDER", "URETER", 0.7),
        ("GALLBLADDER", "BILEDUCT", 0.8),
        ("PANCREAS", "BILEDUCT", 0.8),
        ("PANCREAS", "DUODENUM", 0.7),
        ("STOMACH", "DUODENUM", 0.8),
        ("STOMACH", "ESOPHAGUS", 0.6),
        ("SMALLINTESTINE", "COLON", 0.7),
        ("SMALLINTESTINE", "DUODENUM", 0.8),
        ("COLON", "RECTUM", 0.8),
        ("GROIN", "PELVIS", 0.9),
        ("GROIN", "ABDOMEN", 0.9),
        ("APPENDIX", "COLON", 0.5),
        ("APPENDIX", "ABDOMEN", 0.9),
        ("APPENDIX", "PELVIS", 0.8),
        ("UTERUS", "CERVIX", 0.7),
        ("UTERUS", "OVARY", 0.6),
        ("HIP", "FEMUR", 0.9),
        ("HIP", "PELVIS", 0.7),
        ("KNEE", "FEMUR", 0.7),
        ("KNEE", "LOWERLEG", 0.8),
        ("KNEE", "TIBIA", 0.8),
        ("ANKLE", "LOWERLEG", 0.8),
        ("ANKLE", "FOOT", 0.8),
        ("WRIST", "FOREARM", 0.9),
        ("WRIST", "HAND", 0.9),
        ("ELBOW", "FOREARM", 0.8),
        ("ELBOW", "UPPERARM", 0.8),
        ("SHOULDER", "UPPERARM", 0.9),
        ("SHOULDER", "CLAVICLE", 0.7),
        ("LSPINE", "TSPINE", 0.7),
        ("LSPINE", "LSSPINE", 0.9),
        ("LSPINE", "SSPINE", 0.7),
        ("CSPINE", "TSPINE", 0.6),
        ("CAROTID", "BRAIN", 0.7),
        ("SINUS", "FACE", 0.6),
        ("ABDOMEN", "PELVIS", 0.6),
    )
}
"""Neighbours that surgeons and readers tell apart less than the books do."""
_INSIDE = 0.9
_FAR = 0.25  # what neighbours share that are not in the table: nothing to build on


@cache
def _patterns() -> tuple[tuple[str, HintedPattern], ...]:
    return tuple((region, HintedPattern(words)) for region, words in _PARTS.items())


@lru_cache(maxsize=16_384)
def regions_told(text: str) -> frozenset[str]:
    """The regions that a text is about, in English or Korean; parts of an organ say the organ."""
    low = text.lower()
    return regions_in(text) | {region for region, pattern in _patterns() if pattern.is_in(low, low)}


@lru_cache(maxsize=16_384)
def sides_told(text: str) -> frozenset[str]:
    """The sides that a text is about; those of the heart's chambers are none."""
    text = _OF_THE_HEART.sub(" ", text)
    found = sides_in(text) | {side for side, pattern in _SHORT_SIDES if pattern.search(text)}
    return found | {each.upper() for each in _BESIDE_A_PART.findall(text)}


def narrow(regions: frozenset[str]) -> frozenset[str]:
    """The organs among regions, where there are any; else the parts of the body."""
    return regions - WIDE or regions


@lru_cache(maxsize=16_384)
def same_place(one: frozenset[str], other: frozenset[str]) -> float:
    """How far two sets of regions are one place: from 0 to 1, by the best pair."""
    return max((_one_place(a, b) for a in one for b in other), default=0.0)


def _one_place(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if WHOLE in (one, other):
        return _FAR
    if known := _ONE_PLACE.get(frozenset((one, other))):
        return known
    shared = overlap(frozenset((one,)), frozenset((other,)))
    return shared if shared >= _INSIDE else 0.0


@cache
def _anatomy() -> Mapping[str, str]:
    """The names of SNOMED CT's concepts that DICOM uses, by their codes."""
    listed: Any = concepts["SCT"]
    return {code: str(told[0]) for each in listed.values() for code, told in each.items()}


def words_of(concept: Any) -> str:
    """The words of CodeableConcepts or Codings, and where a code has none, what it stands for."""
    parts = list[str]()
    for each in each_in(concept):
        told = _text(each.get("text"))
        parts += [told, words_of_code("", told.strip())]
        for coding in (*each_in(each.get("coding")), each):
            parts += [_text(coding.get("display")), *_meant(coding)]
    return " ".join(dict.fromkeys(filter(None, parts)))


def _meant(coding: Mapping[str, Any]) -> Iterable[str]:
    code = coding.get("code")
    if isinstance(code, str) and code:
        yield words_of_code(_text(coding.get("system")), code)
        if code.isdigit():
            yield _anatomy().get(code, "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
