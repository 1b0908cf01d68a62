"""What a cohort question is once it is read: a population tree over named events, and the rows asked for.

Each node remembers its `path`, the JSONPath (RFC 9535) of its place in the request, by which answers name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from app.cohorts.language.calendar import DaySpan, Duration


class Missing(StrEnum):
    """What becomes of an event without a date where a period is asked."""

    FLAG = "flag"  # it makes the verdict unknown
    EXCLUDE = "exclude"
    INCLUDE = "include"


@dataclass(frozen=True, slots=True)
class Code:
    """One coding asked for; without a system, of any."""

    system: str | None
    code: str
    descendants: bool = False
    maps: bool = False


@dataclass(frozen=True, slots=True)
class ConceptSet:
    """Codings: those of `include` and what they expand to, without those of `exclude`."""

    include: tuple[Code, ...]
    exclude: tuple[Code, ...] = ()


class Nearness(StrEnum):
    """How an event stands to another one."""

    BEFORE = "before"
    AFTER = "after"
    AROUND = "around"  # on either side
    DURING = "during"  # it begins while that lasts
    SAME_DAY = "day"
    SAME_ENCOUNTER = "encounter"
    SAME_STUDY = "study"
    SAME_ACCESSION = "accession"


@dataclass(frozen=True, slots=True)
class Relation:
    """Some occasion of `anchor` is near in that way: at least and at most so far, where that is said."""

    path: str
    nearness: Nearness
    anchor: "Event"
    least: Duration | None = None
    most: Duration | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """Which occasion is meant, by days: the `nth` from the first, or with `backwards` from the last.

    With `in_period` only occasions in the period of the event are put in order.
    """

    nth: int = 1
    backwards: bool = False
    in_period: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are: the number compares with `n`; with `by_day` those of one day are one."""

    op: str
    n: int
    by_day: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """How far each is from the one before."""

    least: Duration | None
    most: Duration | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that is compared, in a unit of UCUM; None is whatever unit it is stored in."""

    path: str
    op: str
    low: float
    high: float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """A result that is one of some codes."""

    codes: ConceptSet


@dataclass(frozen=True, slots=True)
class Graded:
    """How a result stands to what is normal: abnormal, high, low or normal."""

    grade: str


ResultValue: TypeAlias = Measured | Coded | Graded


@dataclass(frozen=True, slots=True)
class PictureAttribute:
    """What an attribute of pictures has to be: of a study, a series or an instance."""

    path: str
    keyword: str
    op: str
    value: str | float | tuple[float, float] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is asked of the pictures of a study; at which level all of it holds together.

    `contrast`: True, False or "unknown"; None where nobody asked.
    """

    attributes: tuple[PictureAttribute, ...] = ()
    contrast: bool | str | None = None
    level: str = "series"


@dataclass(frozen=True, slots=True)
class ReportWords:
    """Words of a report: some of `some`, each of `every`, none of `none`, in a section, said in a way."""

    some: tuple[str, ...] = ()
    every: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    section: str = "any"
    assertion: str = "affirmed"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is on record of a patient: a row of `resource` that satisfies every filter.

    `tokens` are plain codes, `concepts` sets of codings and `texts` beginnings of texts, by the names of
    `vocabulary.EventSource`; `dates` are the elements of which the first that is present counts.
    """

    path: str
    kind: str
    resource: str
    tokens: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    concepts: Mapping[str, ConceptSet] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    window: DaySpan | None = None
    missing: Missing = Missing.FLAG
    value: ResultValue | None = None
    pictures: Pictures | None = None
    words: ReportWords | None = None
    relations: tuple[Relation, ...] = ()
    pick: Pick | None = None
    count: Count | None = None
    gap: Gap | None = None

    @property
    def is_plain(self) -> bool:
        """Whether each of its rows is judged by itself, in the graph alone."""
        extra = (self.relations, self.pick, self.count, self.gap, self.words)
        return not any(extra) and not isinstance(self.value, Measured | Graded)


@dataclass(frozen=True, slots=True)
class Age:
    """The completed units since birth (UCUM: a, mo, wk, d): `gt 45` begins on the 46th birthday.

    `at` is the event at which somebody was so old; None is the day of the question.
    """

    path: str
    op: str
    low: int
    high: int
    unit: str = "a"
    at: Event | None = None


@dataclass(frozen=True, slots=True)
class Sex:
    """The administrative gender is one of `codes`, or with `negated` none of them."""

    path: str
    codes: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Deceased:
    """Whether the patient had died by the day of the question; with `death`, an event, as it says."""

    path: str
    value: bool
    death: Event | None = None


@dataclass(frozen=True, slots=True)
class Exists:
    """Some such event is on record."""

    path: str
    event: Event


@dataclass(frozen=True, slots=True)
class Every:
    """Holds where every one of the conditions holds."""

    path: str
    of: tuple["QuestionNode", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Holds where at least `least` of the conditions hold."""

    path: str
    least: int
    of: tuple["QuestionNode", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """Holds where the condition does not hold; what is unknown stays unknown."""

    path: str
    of: "QuestionNode"


Criterion: TypeAlias = Age | Sex | Deceased | Exists
QuestionNode: TypeAlias = Criterion | Every | Some | Negated


class Way(StrEnum):
    """How a resource belongs to an imaging study."""

    STUDY = "imagingStudy"  # it refers to the study
    ORDER = "basedOn"  # it refers to the order of the study
    ACCESSION = "accession"  # it carries the accession number of the study


TYING: Mapping[Nearness, frozenset[Way]] = {
    Nearness.SAME_STUDY: frozenset(Way),
    Nearness.SAME_ACCESSION: frozenset({Way.ACCESSION}),
}
"""How only pictures and what is told of them stand to one another: by which ways to belong to a study."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows asked for under a name: of an event, linked to the studies of `linked_to`, or all of a type."""

    path: str
    name: str
    resource: str
    event: Event | None = None
    linked_to: str | None = None
    ways: tuple[Way, ...] = ()
    columns: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs asked for between two names of rows, by the first of `ways` that holds."""

    path: str
    source: str
    target: str
    ways: tuple[Way, ...]


class Grain(StrEnum):
    """What one line of an answer is."""

    PATIENT = "patient"
    STUDY = "study"  # an imaging study, with its patient
    ROW = "row"  # a pair of linked rows, with the columns of both


class AnswerFormat(StrEnum):
    """In which form an answer is given."""

    TABLE = "table"  # JSON, a page of patients at a time
    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What patients are counted by: their `sex` or `ageGroup`, or what rows of theirs say.

    `width` is that of a group of ages, in years. The rows are those of `event`, or all of `resource` where it
    is None; both are None for what is of the patient.
    """

    path: str
    by: str
    width: int = 0
    of: str | None = None
    resource: str | None = None
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """How the answer is wanted: the grain of its lines, the forms that will do, and what it is counted by."""

    grain: Grain = Grain.PATIENT
    formats: tuple[AnswerFormat, ...] = ()
    by: tuple[Dimension, ...] = ()


@dataclass(frozen=True, slots=True)
class CohortQuestion:
    """A whole question; `cohort` is the hash of its normal form."""

    cohort: str
    as_of: date
    population: QuestionNode
    events: Mapping[str, Event]
    rows: tuple[Rows, ...]
    links: tuple[Links, ...]
    count: bool
    min_cell: int
    limit: int
    token: str | None
    shape: AnswerShape = AnswerShape()


def leaves(node: QuestionNode) -> tuple[Criterion, ...]:
    """The leaves of a tree, from left to right."""
    match node:
        case Every() | Some():
            return tuple(leaf for each in node.of for leaf in leaves(each))
        case Negated():
            return leaves(node.of)
    return (node,)
