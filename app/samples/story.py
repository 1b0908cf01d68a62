"""What a chart says beside diagnoses, drugs and pictures: the vocabulary of the table in `stories.py`."""

from dataclasses import dataclass

from app.samples.calendar import Ago
from fhir_profiles.terminology import Coding


@dataclass(frozen=True, slots=True)
class OtherCondition:
    """A Condition beside the diagnosis that the sample question asks about."""

    code: Coding
    name: str
    ago: Ago


@dataclass(frozen=True, slots=True)
class LabSeries:
    """One quantity over time: days ago with values; `low` and `high` are its reference range, None open."""

    code: Coding
    name: str
    unit: str
    values: tuple[tuple[int, float], ...]
    low: float | None = None
    high: float | None = None
    category: str = "laboratory"


@dataclass(frozen=True, slots=True)
class KnownAllergy:
    """An AllergyIntolerance with its reaction."""

    code: Coding
    name: str
    reaction: Coding
    reaction_name: str
    ago: Ago
    note: str


@dataclass(frozen=True, slots=True)
class DoneProcedure:
    """A Procedure; `code` is None where it is told in words alone."""

    name: str
    ago: Ago
    code: Coding | None = None
    note: str = ""
    implants: bool = False  # the device of the story


@dataclass(frozen=True, slots=True)
class ImplantedDevice:
    """A Device in the patient, and what it means for MR."""

    name: str
    safety: Coding
    safety_name: str
    note: str


@dataclass(frozen=True, slots=True)
class PathologyReport:
    """A report of a specimen."""

    ago: Ago
    findings: str
    conclusion: str


@dataclass(frozen=True, slots=True)
class Visit:
    """An Encounter of so many days; `kind` is its class (v3-ActCode)."""

    kind: str
    reason: str
    ago: Ago
    days: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """Everything of one patient that no picture shows."""

    conditions: tuple[OtherCondition, ...] = ()
    labs: tuple[LabSeries, ...] = ()
    allergies: tuple[KnownAllergy, ...] = ()
    operations: tuple[DoneProcedure, ...] = ()
    implant: ImplantedDevice | None = None
    pathology: tuple[PathologyReport, ...] = ()
    visits: tuple[Visit, ...] = ()
