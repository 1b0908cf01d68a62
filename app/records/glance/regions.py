"""Regions of the body: what lies within what, what a picture of one shows of another, and words for them.

The terms are DICOM's (PS3.16 annex L), by their codes of CID 4031.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from app.records.glance.hints import HintedPattern
from app.records.glance.words import each_in
from fhir_profiles.mapping.body_parts import BODY_PARTS

WITHIN: Mapping[str, str] = {
    **dict.fromkeys(
        ("BRAIN", "SKULL", "FACE", "SINUS", "ORBIT", "EYE", "EAR", "IAC", "SELLA", "JAW", "TMJ", "SCALP"),
        "HEAD",
    ),
    **dict.fromkeys(("MANDIBLE", "MAXILLA", "NOSE", "MOUTH", "TONGUE", "FACIALBONES", "MASTOID"), "HEAD"),
    **dict.fromkeys(("CEREBELLUM", "CIRCLEOFWILLIS"), "BRAIN"),
    **dict.fromkeys(("THYROID", "LARYNX", "PHARYNX", "PAROTID", "CAROTID", "SUBMANDIBULAR"), "NECK"),
    **dict.fromkeys(
        ("LUNG", "HEART", "MEDIASTINUM", "RIB", "STERNUM", "TRACHEA", "BRONCHUS", "ESOPHAGUS", "THYMUS"),
        "CHEST",
    ),
    "CORONARYARTERY": "HEART",
    "AXILLA": "BREAST",
    **dict.fromkeys(
        ("LIVER", "PANCREAS", "SPLEEN", "KIDNEY", "ADRENAL", "GALLBLADDER", "BILEDUCT", "STOMACH"), "ABDOMEN"
    ),
    **dict.fromkeys(("COLON", "SMALLINTESTINE", "DUODENUM", "ILEUM", "JEJUNUM", "BILIARYTRACT"), "ABDOMEN"),
    **dict.fromkeys(("URETER", "AORTA"), "ABDOMEN"),
    **dict.fromkeys(
        ("BLADDER", "PROSTATE", "UTERUS", "OVARY", "RECTUM", "CERVIX", "VAGINA", "SCROTUM", "TESTIS", "ANUS"),
        "PELVIS",
    ),
    **dict.fromkeys(("SIJOINT", "COCCYX", "ILIUM"), "PELVIS"),
    **dict.fromkeys(("CSPINE", "TSPINE", "LSPINE", "SSPINE", "LSSPINE", "TLSPINE", "CTSPINE"), "SPINE"),
    **dict.fromkeys(
        ("SHOULDER", "UPPERARM", "ELBOW", "FOREARM", "WRIST", "HAND", "CLAVICLE", "SCAPULA"), "UPPERLIMB"
    ),
    **dict.fromkeys(("FINGER", "THUMB"), "HAND"),
    **dict.fromkeys(("HUMERUS", "ARM"), "UPPERARM"),
    **dict.fromkeys(("RADIUS", "ULNA", "RADIUSULNA"), "FOREARM"),
    **dict.fromkeys(("HIP", "THIGH", "KNEE", "LOWERLEG", "ANKLE", "FOOT"), "LOWERLIMB"),
    **dict.fromkeys(("TIBIA", "FIBULA", "TIBIAFIBULA", "LEG", "CALF"), "LOWERLEG"),
    **dict.fromkeys(("CALCANEUS", "TOE"), "FOOT"),
    "FEMUR": "THIGH",
    "PATELLA": "KNEE",
}
"""What each region lies in."""

TOGETHER: Mapping[str, tuple[str, ...]] = {
    "ABDOMENPELVIS": ("ABDOMEN", "PELVIS"),
    "CHESTABDOMEN": ("CHEST", "ABDOMEN"),
    "CHESTABDPELVIS": ("CHEST", "ABDOMEN", "PELVIS"),
    "HEADNECK": ("HEAD", "NECK"),
    "NECKCHEST": ("NECK", "CHEST"),
    "NECKCHESTABDOMEN": ("NECK", "CHEST", "ABDOMEN"),
    "NECKCHESTABDPELV": ("NECK", "CHEST", "ABDOMEN", "PELVIS"),
}
"""Terms for several regions at once."""

WHOLE = "WHOLEBODY"
_LIMBS = ("UPPERLIMB", "LOWERLIMB")
_NEAR: Mapping[frozenset[str], float] = {
    frozenset(pair): share
    for *pair, share in (
        ("CHEST", "ABDOMEN", 0.4),  # the bases of the lungs, the upper organs
        ("ABDOMEN", "PELVIS", 0.6),
        ("CHEST", "NECK", 0.3),
        ("HEAD", "NECK", 0.4),
        ("CHEST", "BREAST", 0.6),
        ("CHEST", "TSPINE", 0.6),
        ("ABDOMEN", "LSPINE", 0.6),
        ("NECK", "CSPINE", 0.6),
        ("PELVIS", "HIP", 0.6),
        ("PELVIS", "SSPINE", 0.6),
        ("LSPINE", "LSSPINE", 0.9),
        ("LSPINE", "TSPINE", 0.3),
        ("CSPINE", "TSPINE", 0.3),
        ("CHEST", "SHOULDER", 0.3),
        ("KNEE", "THIGH", 0.5),
        ("KNEE", "LOWERLEG", 0.5),
        ("ANKLE", "FOOT", 0.5),
        ("WRIST", "HAND", 0.5),
        ("HIP", "THIGH", 0.5),
        ("GALLBLADDER", "BILEDUCT", 0.9),
        ("PANCREAS", "BILEDUCT", 0.9),
        ("LIVER", "BILEDUCT", 0.8),
        ("LIVER", "GALLBLADDER", 0.8),
        ("KIDNEY", "URETER", 0.9),
        ("BLADDER", "URETER", 0.6),
    )
}
"""How much of one region a picture of its neighbour shows."""

_INSIDE, _AROUND, _BESIDE, _WHOLE = 0.9, 0.7, 0.25, 0.8

_ENGLISH: Mapping[str, str] = {
    "BRAIN": r"brain|cerebral|intracranial|cranial",
    "HEAD": r"head|skull",
    "SINUS": r"sinus(?:es)?|paranasal",
    "ORBIT": r"orbits?|orbital",
    "EAR": r"temporal bones?|mastoids?|\bIAC",
    "FACE": r"facial|face|mandib\w+|maxill\w+",
    "NECK": r"(?<!femoral )(?<!surgical )(?<!bladder )(?<!pancreatic )neck(?! of)|cervical soft tissue",
    "THYROID": r"thyroid",
    "CAROTID": r"carotids?",
    "PAROTID": r"parotids?|salivary",
    "CHEST": r"chest|thora(?:x|cic)(?! spine)",
    "LUNG": r"lungs?|pulmonary|lobe nodule|\bLDCT",
    "MEDIASTINUM": r"mediastin\w+",
    "HEART": r"heart|cardiac|coronary|echocardiogra\w+",
    "RIB": r"ribs?",
    "STERNUM": r"stern(?:um|al)",
    "ESOPHAGUS": r"(?:o?esophag|barium swallow)\w*",
    "AXILLA": r"axill\w+",
    "BREAST": r"breasts?|mammogra\w+",
    "ABDOMEN": r"abdom\w+|KUB",
    "LIVER": r"liver|hepatic|hepatobiliary",
    "PANCREAS": r"pancrea\w+|MRCP|ERCP",
    "BILEDUCT": r"bile ducts?|biliary|cholangi\w+|MRCP|ERCP",
    "STOMACH": r"stomach|gastric|upper GI|UGI",
    "KIDNEY": r"kidneys?|renal|urogra\w+|IVU|IVP",
    "URETER": r"ureter\w*|urogra\w+|KUB",
    "ADRENAL": r"adrenal",
    "GALLBLADDER": r"gallbladder",
    "SPLEEN": r"spleen|splenic",
    "COLON": r"colon\w*|(?<!small )bowel|append\w+",
    "SMALLINTESTINE": r"small bowel|enterogra\w+|small intestine",
    "AORTA": r"aort(?:a|ic)",
    "PELVIS": r"pelvi(?:s|c)",
    "PROSTATE": r"prostat\w+",
    "RECTUM": r"rect(?:um|al)",
    "UTERUS": r"uter(?:us|ine)|endometri\w+",
    "OVARY": r"ovar(?:y|ies|ian)|adnexal?",
    "BLADDER": r"(?<!gall )(?<!gall)bladder",
    "TESTIS": r"test(?:is|es|icular)|scrot\w+",
    "CSPINE": r"cervical spine|c-?spine",
    "TSPINE": r"thoracic spine|t-?spine",
    "LSPINE": r"lumbar(?: spine)?|l-?spine",
    "SPINE": r"(?<!cervical )(?<!thoracic )(?<!lumbar )spine|spinal",
    "SSPINE": r"sacr(?:um|al)|coccyx",
    "SIJOINT": r"sacroiliac|SI joints?",
    "SHOULDER": r"shoulders?",
    "CLAVICLE": r"clavicles?",
    "UPPERARM": r"humerus|upper arms?",
    "ELBOW": r"elbows?",
    "FOREARM": r"forearms?|radius|ulna",
    "WRIST": r"wrists?",
    "HAND": r"hands?",
    "FINGER": r"fingers?",
    "THUMB": r"thumbs?",
    "UPPERLIMB": r"upper (?:limbs?|extremit\w+)",
    "HIP": r"hips?",
    "FEMUR": r"femur|femoral|thighs?",
    "LOWERLEG": r"tibia\w*|fibula|lower legs?|cal(?:f|ves)",
    "LOWERLIMB": r"lower (?:limbs?|extremit\w+)",
    "KNEE": r"knees?",
    "ANKLE": r"ankles?",
    "FOOT": r"foot|feet",
    "WHOLEBODY": r"whole[- ]body|skeletal survey|bone scan",
}
_KOREAN: Mapping[str, str] = {
    "BRAIN": r"뇌(?!전증)",
    "HEAD": r"두부|머리",
    "SINUS": r"부비동",
    "ORBIT": r"안와",
    "EAR": r"측두골|유양돌기",
    "FACE": r"안면|하악|상악",
    "NECK": r"(?<!자궁)(?<!자궁 )(?<!대퇴)(?<!대퇴 )(?<!골 )(?<!골)경부|(?<![손발항과종제])목(?=\s|$)",
    "THYROID": r"(?<!부)갑상[선샘]",
    "CAROTID": r"경동맥",
    "PAROTID": r"이하선|귀밑샘",
    "CHEST": r"흉부|가슴",
    "LUNG": r"폐(?!경|쇄|렴구균|기물|색(?!전))",
    "HEART": r"심장|심초음파|관상동맥",
    "RIB": r"늑골|갈비",
    "STERNUM": r"흉골",
    "ESOPHAGUS": r"식도",
    "AXILLA": r"액와|겨드랑이",
    "BREAST": r"유방",
    "ABDOMEN": r"복부|복강",
    "LIVER": r"(?<![가-힣])간(?:암|내|의|\s|장|세포|낭종|초음파|혈관종)",
    "PANCREAS": r"췌장",
    "BILEDUCT": r"담도|담관",
    "STOMACH": r"(?<![가-힣])위(?=\s|장|암|내|벽)",
    "KIDNEY": r"신장|콩팥|요로",
    "URETER": r"요관|요로",
    "ADRENAL": r"부신",
    "GALLBLADDER": r"담낭",
    "SPLEEN": r"비장",
    "COLON": r"대장|결장|충수",
    "SMALLINTESTINE": r"소장",
    "AORTA": r"대동맥",
    "PELVIS": r"골반",
    "PROSTATE": r"전립선|전립샘",
    "RECTUM": r"직장",
    "UTERUS": r"자궁(?!\s*경부)",
    "CERVIX": r"자궁\s*경부",
    "OVARY": r"난소",
    "BLADDER": r"방광",
    "CSPINE": r"경추",
    "TSPINE": r"흉추",
    "LSPINE": r"요추",
    "SPINE": r"척추",
    "SSPINE": r"천추|천골|미추|미골",
    "SIJOINT": r"천장관절",
    "SHOULDER": r"어깨|견관절",
    "CLAVICLE": r"쇄골",
    "UPPERARM": r"상완",
    "ELBOW": r"팔꿈치|주관절",
    "FOREARM": r"전완|아래팔",
    "WRIST": r"손목|완관절",
    "HAND": r"손(?!목|상|가락)|수부",
    "FINGER": r"손가락",
    "UPPERLIMB": r"상지",
    "HIP": r"고관절",
    "FEMUR": r"대퇴",
    "LOWERLEG": r"하퇴|종아리|경골|비골",
    "LOWERLIMB": r"(?<![가-힣])[양좌우]?하지(?=\s|의|$)(?!\s*[않못])",
    "KNEE": r"무릎|슬관절",
    "ANKLE": r"발목|족관절",
    "FOOT": r"(?<![재다유출개])발(?=\s|의|$)",
    "WHOLEBODY": r"전신|골스캔",
}


@cache
def _patterns() -> tuple[tuple[str, HintedPattern], ...]:
    english = ((region, rf"\b(?:{words})\b") for region, words in _ENGLISH.items())
    return tuple(
        (region, HintedPattern(words, re.IGNORECASE)) for region, words in (*english, *_KOREAN.items())
    )


@cache
def _by_code() -> Mapping[str, tuple[str, ...]]:
    return {code: TOGETHER.get(term, (term,)) for term, (code, _) in BODY_PARTS.items()}


@lru_cache(maxsize=8_192)
def regions_in(text: str) -> frozenset[str]:
    """The regions that a text names, in English or Korean."""
    low = text.lower()
    return frozenset(region for region, pattern in _patterns() if pattern.is_in(text, low))


def regions_of(coded: Any) -> frozenset[str]:
    """The regions of one or many CodeableConcepts or Codings, by their codes and else by their words."""
    found = set[str]()
    for each in each_in(coded):
        for coding in each_in(each.get("coding") or each):
            known = _by_code().get(str(coding.get("code", "")), ())
            found.update(known or regions_in(str(coding.get("display", ""))))
        found |= regions_in(str(each.get("text", "")))
    return frozenset(found)


@lru_cache(maxsize=4_096)
def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of one set of regions pictures of another show: from 0 to 1, by the best pair."""
    return max((_shared(a, b) for a in one for b in other), default=0.0)


def _shared(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if WHOLE in (one, other):
        return _WHOLE
    mine, theirs = _outwards(one), _outwards(other)
    if other in mine or one in theirs:
        return _INSIDE
    if near := _NEAR.get(frozenset((one, other)), 0.0):
        return near
    near = max((_NEAR.get(frozenset((a, b)), 0.0) for a in mine for b in theirs), default=0.0)
    if near:
        return near * (_AROUND if len(mine) + len(theirs) > 2 else 1.0)  # noqa: PLR2004 - both outermost
    return _BESIDE if mine[-1] == theirs[-1] and len(mine) > 1 and len(theirs) > 1 else 0.0


def are_paired(regions: frozenset[str]) -> bool:
    """Whether all regions are parts of limbs, of which a picture shows that of one side."""
    return bool(regions) and all(_outwards(each)[-1] in _LIMBS for each in regions)


@cache
def _outwards(region: str) -> tuple[str, ...]:
    """A region and what it lies in, from the inside out."""
    found = [region]
    while found[-1] in WITHIN:
        found.append(WITHIN[found[-1]])
    return tuple(found)
