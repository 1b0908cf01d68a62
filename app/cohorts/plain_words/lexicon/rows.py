"""What a row of the lexicon holds: the names of one thing in two languages, and its codes in records."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class LexiconKind(StrEnum):
    """What kind of thing a row names; the table of a kind is `<kind>.tsv`."""

    CONDITION = "conditions"
    STATE = "states"
    DRUG = "drugs"
    DRUG_CLASS = "drug-classes"
    LAB = "labs"
    VITAL = "vitals"
    PROCEDURE = "procedures"
    MODALITY = "modalities"
    BODY_SITE = "body-sites"
    DEVICE = "devices"
    ENCOUNTER = "encounters"
    ALLERGEN = "allergens"
    VACCINE = "vaccines"
    REPORT_WORD = "report-words"
    DOCUMENT = "documents"


@dataclass(frozen=True, slots=True)
class LexiconCoding:
    """A code, its system as FHIR names it, and whether everything below it counts too."""

    system: str
    code: str
    descendants: bool = False


@dataclass(frozen=True, slots=True)
class StateMeaning:
    """One way in which a record tells a state: an event of a kind with one of `codings`.

    `event` is a kind of the cohort language, or `deceased`, which has no codings. Of an observation, either
    its value is one of `values`, or it compares by `op` (ge, gt, le, lt) with `number` in `unit`; neither:
    that there is such an event is enough.
    """

    event: str
    codings: tuple[LexiconCoding, ...] = ()
    values: tuple[LexiconCoding, ...] = ()
    op: str | None = None
    number: Decimal | None = None
    unit: str | None = None
    holds: bool = True


@dataclass(frozen=True, slots=True)
class LexiconRow:
    """One thing: the first name of a language is the one it is called by in answers.

    `parts` are the ids of the rows that it includes, `excluded` of those that it leaves out although a part
    or a code includes them. `unit` (UCUM) is that of a bare number of a lab or vital sign. Of `meaning`, any
    one is enough; only states have some. A modality with `description` is narrower than its codes: one of
    these words must stand in the description of the study or the series (a CT angiography is a CT).
    """

    id: str
    kind: LexiconKind
    en: tuple[str, ...]
    ko: tuple[str, ...]
    codings: tuple[LexiconCoding, ...] = ()
    parts: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    unit: str | None = None
    meaning: tuple[StateMeaning, ...] = ()
    description: tuple[str, ...] = ()
    note: str = ""
