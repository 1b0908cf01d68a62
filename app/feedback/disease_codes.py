"""What codes of diseases say that come without words: ICD-10 and its daughters (KCD, ICD-10-CM), SNOMED CT.

`codes.json` has rows `code: words`, in the words of `disease_words.py` and of regions; of ICD-10 the longest
beginning counts.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import orjson

_ICD_CODE = re.compile(r"[A-Z]\d\d(?:\.?[0-9A-Z]{1,4})?", re.IGNORECASE)
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
_SIDED = re.compile(r"(?:C34\.?\d|C56\.?|C6[4-6]\.?|C50\.?\d1)(?P<side>[12])$", re.IGNORECASE)
"""Codes of ICD-10-CM that end with a side; those of KCD count the sides otherwise."""
_SIDES = {"1": "right", "2": "left"}


@cache
def _codes() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = orjson.loads(Path(__file__).with_name("codes.json").read_bytes())
    return found


@cache
def _icd() -> Mapping[str, str]:
    return {code.replace(".", ""): words for code, words in _codes()["icd10"].items()}


def operation_of(code: str) -> str:
    """The words for a code of SNOMED CT of an operation; "" of one that is not known."""
    return _codes()["operations"].get(code, "")


@lru_cache(maxsize=4_096)
def words_of_code(system: str, code: str) -> str:
    """The words for a code of a disease; "" of one that is not known."""
    if code.isdigit():
        return _codes()["snomed"].get(code, "")
    if not _ICD_CODE.fullmatch(code):
        return ""
    plain = code.replace(".", "").upper()
    found = next((_icd()[plain[:end]] for end in range(len(plain), 2, -1) if plain[:end] in _icd()), "")
    sided = _SIDED.search(code) if system == ICD_10_CM else None
    return f"{_SIDES[sided['side']]} {found}" if sided and found else found
