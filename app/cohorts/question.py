"""What a cohort question is once it is read: a population tree over named events, and the rows asked for.

Each node remembers its `path`, the JSONPath (RFC 9535) of its place in the request, by which answers name it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from app.cohorts.calendar import DaySpan


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


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is on record of a patient: a row of `resource` that satisfies every filter.

    `tokens` are plain codes and `concepts` sets of codings, by the names of `vocabulary.EventSource`; `dates`
    are the elements of which the first that is present counts.
    """

    path: str
    kind: str
    resource: str
    tokens: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    concepts: Mapping[str, ConceptSet] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    window: DaySpan | None = None
    missing: Missing = Missing.FLAG


@dataclass(frozen=True, slots=True)
class Age:
    """The completed units since birth (UCUM: a, mo, wk, d): `gt 45` begins on the 46th birthday."""

    path: str
    op: str
    low: int
    high: int
    unit: str = "a"


@dataclass(frozen=True, slots=True)
class Sex:
    """The administrative gender is one of `codes`, or with `negated` none of them."""

    path: str
    codes: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Deceased:
    """Whether the patient had died by the day of the question."""

    path: str
    value: bool


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


def leaves(node: QuestionNode) -> tuple[Criterion, ...]:
    """The leaves of a tree, from left to right."""
    match node:
        case Every() | Some():
            return tuple(leaf for each in node.of for leaf in leaves(each))
        case Negated():
            return leaves(node.of)
    return (node,)
