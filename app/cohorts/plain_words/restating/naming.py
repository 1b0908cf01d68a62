"""What the codes of a question are called: by the display of a set, or as the lexicon calls just these."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconRow, StateMeaning

SYSTEMS: Mapping[str, str] = {
    "http://snomed.info/sct": "SNOMED CT",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10-CM",
    "urn:oid:2.16.840.1.113883.6.43.1": "ICD-O-3",
    "http://loinc.org": "LOINC",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://www.whocc.no/atc": "ATC",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://dicom.nema.org/resources/ontology/DCM": "DCM",
}
"""What people call the code systems."""
LABELS: Mapping[str, str] = {label: system for system, label in SYSTEMS.items()}
NO_SYSTEM = "*"
_OR = {"en": " or ", "ko": " 또는 "}


def code_words(codings: Sequence[Mapping[str, Any]]) -> str:
    """Codes one by one: `SNOMED CT 44054006+, ICD-10 E11`; `+` all below, `=` what equals them elsewhere."""
    return ", ".join(_code(each) for each in codings)


def _code(coding: Mapping[str, Any]) -> str:
    system = coding.get("system", NO_SYSTEM)
    marks = ("+" if coding.get("descendants") else "") + ("=" if coding.get("maps") else "")
    return f"{SYSTEMS.get(system, system)} {coding['code']}{marks}"


def codes_in(text: str) -> list[dict[str, Any]]:
    """The codings of a list of codes in words.

    Raises `ValueError` where it is none.
    """
    return [_coding(each) for each in text.split(", ")]


def _coding(text: str) -> dict[str, Any]:
    label, space, code = text.rpartition(" ")
    if not space or not code:
        raise ValueError(text)
    made: dict[str, Any] = {} if label == NO_SYSTEM else {"system": LABELS.get(label, label)}
    bare = code.rstrip("+=")
    made["code"] = bare
    marks = code[len(bare) :]
    return made | ({"descendants": True} if "+" in marks else {}) | ({"maps": True} if "=" in marks else {})


class LexiconNames:
    """The rows of a lexicon by their names, and the ways in which records tell states."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._rows = {
            (language, name): row
            for row in lexicon.rows.values()
            for language, name in (("en", row.en[0]), ("ko", row.ko[0]))
        }

    def rows(self, name: str, language: str) -> tuple[LexiconRow, ...]:
        """The rows of a display, one or several joined by `or`.

        Raises `ValueError` where no row is called so.
        """
        whole = self._rows.get((language, name))
        if whole is not None:
            return (whole,)
        found = [self._rows.get((language, each)) for each in name.split(_OR[language])]
        if any(each is None for each in found):
            raise ValueError(name)
        return tuple(each for each in found if each is not None)

    def states(self) -> Sequence[tuple[LexiconRow, tuple[StateMeaning, ...]]]:
        """The states and the ways in which records tell them."""
        return [(row, row.meaning) for row in self.lexicon.rows.values() if row.meaning]
