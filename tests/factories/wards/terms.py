"""The codes and the results that records are made of, read from the tables beside this module."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

LOINC = "http://loinc.org"
SYSTEMS: Mapping[str, str] = MappingProxyType(
    {
        "SCT": "http://snomed.info/sct",
        "ICD10CM": "http://hl7.org/fhir/sid/icd-10-cm",
        "ICD10": "http://hl7.org/fhir/sid/icd-10",
        "ICDO": "urn:oid:2.16.840.1.113883.6.43.1",
        "RXN": "http://www.nlm.nih.gov/research/umls/rxnorm",
        "LNC": LOINC,
        "CVX": "http://hl7.org/fhir/sid/cvx",
    }
)
_VITAL = frozenset({"systolic", "diastolic", "bmi", "weight", "height", "temperature", "saturation", "pulse"})
_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Term:
    """One code of a group; `near` are the groups that are easily taken for it."""

    kind: str
    group: str
    near: tuple[str, ...]
    system: str
    code: str
    en: str
    ko: str

    def concept(self, *, korean: bool = False) -> dict[str, Any]:
        """A CodeableConcept, in Korean where there is a Korean display and one is asked for."""
        display = self.ko if korean and self.ko else self.en
        return {"coding": [{"system": self.system, "code": self.code, "display": display}], "text": display}


@dataclass(frozen=True, slots=True)
class Result:
    """A code and a unit in which something is measured; `factor` of it and `offset` is one base unit."""

    group: str
    code: str
    unit: str
    factor: float
    offset: float
    en: str
    ko: str
    usual: float

    @property
    def category(self) -> str:
        """The category of its Observation."""
        return "vital-signs" if self.group in _VITAL else "laboratory"

    def written(self, base: float) -> float:
        """A number in base units in this one."""
        return base * self.factor + self.offset

    def base(self, written: float) -> float:
        """A number in this unit in base units."""
        return (written - self.offset) / self.factor

    def concept(self, *, korean: bool = False) -> dict[str, Any]:
        """A CodeableConcept."""
        display = self.ko if korean else self.en
        return {"coding": [{"system": LOINC, "code": self.code, "display": display}], "text": display}


@cache
def terms() -> tuple[Term, ...]:
    """Every term, in the order of the table."""
    return tuple(
        Term(
            row["kind"],
            row["group"],
            tuple(row["near"].split()),
            SYSTEMS[row["system"]],
            row["code"],
            row["en"],
            row["ko"],
        )
        for row in _rows("terms.tsv")
    )


@cache
def results() -> tuple[Result, ...]:
    """Every way in which something is measured, in the order of the table."""
    return tuple(
        Result(
            row["group"],
            row["code"],
            row["unit"],
            float(row["factor"]),
            float(row["offset"]),
            row["en"],
            row["ko"],
            float(row["usual"]),
        )
        for row in _rows("results.tsv")
    )


def named(kind: str, codes: list[dict[str, Any]] | None) -> tuple[Term, ...]:
    """The terms of a kind that codings name; all of the kind where None do."""
    asked = None if codes is None else {(each.get("system"), each["code"]) for each in codes}
    return tuple(
        each for each in terms() if each.kind == kind and (asked is None or (each.system, each.code) in asked)
    )


def look_alikes(found: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms that are easily taken for those, and are none of them."""
    groups = {(each.kind, near) for each in found for near in each.near}
    return tuple(each for each in terms() if (each.kind, each.group) in groups and each not in found)


def measured(codes: list[dict[str, Any]] | None) -> tuple[Result, ...]:
    """The ways to measure that codings name; all where None do."""
    asked = None if codes is None else {each["code"] for each in codes}
    return tuple(each for each in results() if asked is None or each.code in asked)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("#"))
        yield from csv.DictReader(lines, delimiter="\t")
