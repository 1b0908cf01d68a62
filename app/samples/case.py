"""What an authored sample case is made of: the vocabulary of the table in `cases.py`."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.samples.calendar import Ago


class Verdict(StrEnum):
    """What the sample question says of a patient."""

    MATCHED = "matched"
    UNKNOWN = "unknown"  # a fact that the question needs is absent
    EXCLUDED = "excluded"


class Via(StrEnum):
    """How a report says which study it is of."""

    REFERENCE = "imagingStudy"
    ORDER = "basedOn"
    ACCESSION = "accession"


class Birth(StrEnum):
    """How much of the birth date the record knows."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A Condition: `code` names a row of `codes.DIAGNOSES`, `dated` is the element that holds its date."""

    code: str
    ago: Ago | None
    dated: str = "recordedDate"
    verification: str = "confirmed"
    clinical: str | None = "active"


@dataclass(frozen=True, slots=True)
class Prescription:
    """A MedicationRequest: `drug` names a row of `codes.DRUGS`.

    It is for the diagnoses, or for the condition of the patient's story that `problem` counts from 1.
    """

    drug: str
    ago: Ago
    status: str = "active"
    by_reference: bool = False  # through a Medication resource of its own
    problem: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A DiagnosticReport of one study; `recommends` is what should follow, the end of its conclusion.

    `from_afar`: the teleradiologist of the demo read it, who is told how it turned out.
    """

    via: Via
    conclusion: str
    status: str = "final"
    findings: str = ""
    recommends: str = ""
    issued: str = "15:30"
    days_later: int = 0  # than the study
    from_afar: bool = False

    @property
    def impression(self) -> str:
        """The conclusion with what it recommends."""
        return f"{self.conclusion} {self.recommends}".strip()


@dataclass(frozen=True, slots=True)
class Study:
    """An imaging study: `pictures` names a row of `sets.PICTURES`, `reason` is that of the order."""

    pictures: str
    ago: Ago
    reports: tuple[Report, ...] = ()
    document: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report in its place: its own number and that of its study, both counted from 1 within the case."""

    number: int
    place: int
    study: Study
    report: Report


@dataclass(frozen=True, slots=True)
class Case:
    """One authored patient and what the sample question must say of them, with the reason."""

    key: str
    family: str
    given: str
    korean: tuple[str, str]
    sex: str
    age: Ago
    verdict: Verdict
    reason: str
    diagnoses: tuple[Diagnosis, ...] = ()
    prescriptions: tuple[Prescription, ...] = ()
    studies: tuple[Study, ...] = ()
    birth: Birth = Birth.DAY
    died: Ago | None = None
    family_history: str | None = None
    borrows_accession_of: str | None = None  # a report here carries the accession number of that case

    def reports(self) -> Iterator[Filed]:
        """Every report of every study, in order."""
        number = 0
        for place, study in enumerate(self.studies, 1):
            for report in study.reports:
                number += 1
                yield Filed(number, place, study, report)
