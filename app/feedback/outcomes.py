"""What of reads themselves tells how others turned out: later pictures, second reads, addenda.

Each is a `ReadOutcome`, as is what `clinical.py` finds elsewhere in a chart.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from app.feedback.disease_words import DiseaseFamily, Persistence
from app.feedback.findings import ReadFinding, findings_in
from app.feedback.reads import CHANGED, Earlier, FinalRead, person_behind, status_of
from app.records.glance.chart import ChartItem, PatientChart
from app.records.glance.report_text import report_text
from app.records.glance.words import all_words, label_of, references_in


class OutcomeKind(StrEnum):
    """What tells how a read turned out."""

    ADDENDUM = "addendum"
    SECOND_READ = "second-read"
    PATHOLOGY = "pathology"
    SURGERY = "surgery"
    DISCHARGE_DIAGNOSIS = "discharge-diagnosis"
    FOLLOW_UP_IMAGING = "follow-up-imaging"


class OutcomeTopic(NamedTuple):
    """One thing that an outcome is about: a kind of disease, None of tissue that names none, and where."""

    family: DiseaseFamily | None
    persistence: Persistence
    name: str
    regions: frozenset[str]


_F = DiseaseFamily
_BY_TISSUE = frozenset({OutcomeKind.PATHOLOGY, OutcomeKind.SURGERY})
_LASTING: Mapping[DiseaseFamily, Persistence] = {
    **dict.fromkeys((_F.TUMOR, _F.LESION, _F.CYST, _F.ANEURYSM), Persistence.CHRONIC),
    **dict.fromkeys((_F.DEGENERATION, _F.STENOSIS, _F.HERNIA, _F.STORAGE), Persistence.CHRONIC),
    **dict.fromkeys((_F.STONE, _F.DISC, _F.TEAR, _F.OBSTRUCTION), Persistence.LASTING),
}
"""How long what an operation is done for is the same; of other families it is acute."""


@dataclass(frozen=True)
class ReadOutcome:
    """Something that tells how a read turned out: where it is about, what it says, and who says so.

    `at` and `until` are when it was, in µs since the epoch. `families` are what an operation is done for.
    `read` is the report behind an addendum, a second read or later pictures; `of` the read that an
    addendum is to.
    """

    kind: OutcomeKind
    reference: str
    version: int
    at: int
    until: int
    regions: frozenset[str]
    sides: frozenset[str]
    text: str
    label: str
    by: tuple[str, ...]
    findings: tuple[ReadFinding, ...]
    families: frozenset[DiseaseFamily] = frozenset()
    encounter: str = ""
    read: FinalRead | None = None
    of: frozenset[str] = frozenset()

    @cached_property
    def meant(self) -> tuple[ReadFinding, ...]:
        """What it says is there, or may be."""
        return tuple(each for each in self.findings if each.is_meant)

    @property
    def says_what_for(self) -> bool:
        """Whether it says of which disease it is."""
        return bool(self.families or self.meant)

    @property
    def is_written(self) -> bool:
        """Whether somebody wrote its text; that of others is of codes and words put together."""
        return self.reference.startswith("DiagnosticReport/")

    @property
    def is_of_tissue(self) -> bool:
        """Whether somebody had the very place in their hands."""
        return self.kind in _BY_TISSUE

    @cached_property
    def all_sides(self) -> frozenset[str]:
        """Its sides, else those of what it says is there."""
        return self.sides or frozenset(side for each in self.meant for side in each.sides)

    @cached_property
    def topics(self) -> tuple[OutcomeTopic, ...]:
        """What it is about: each disease that is there, and what an operation is done for."""
        here = self.regions if self.is_of_tissue else frozenset[str]()
        found = [
            OutcomeTopic(
                each.disease.family,
                each.disease.persistence,
                each.disease.name,
                here or each.regions or self.regions,
            )
            for each in self.meant
        ]
        if self.is_of_tissue and not found:
            found.append(OutcomeTopic(None, Persistence.CHRONIC, "", self.regions))
        found += [
            OutcomeTopic(each, _LASTING.get(each, Persistence.ACUTE), "", self.regions)
            for each in sorted(self.families)
        ]
        return tuple(dict.fromkeys(found))

    @cached_property
    def is_screening(self) -> bool:
        """Whether it was done of everybody, and not because of something."""
        return is_of_screening(f"{self.label} {self.text[:400]}")


_SCREENING = re.compile(
    r"\bscreening|\broutine (?:check|health)|health check|\bpap (?:smear|test)|cervical cytology"
    r"|건강\s*검진|검진|선별\s*검사",
    re.I,
)


def is_of_screening(words: str) -> bool:
    """Whether words say that something is done of everybody."""
    return bool(_SCREENING.search(words))


_ADDENDUM = re.compile(
    r"addend(?:um|a)|추가\s*판독|정정\s*판독|판독\s*정정|보충\s*판독|추가\s*소견\s*보고|수정\s*판독"
    r"|재판독\s*정정|애덴덤",
    re.I,
)


def imaging_outcomes(reads: Sequence[FinalRead], kind: OutcomeKind) -> tuple[ReadOutcome, ...]:
    """Each read as what tells of an earlier one: as later pictures, or as a second read of the same."""
    return tuple(
        ReadOutcome(
            kind=kind,
            reference=each.reference,
            version=each.version,
            at=each.at if kind is OutcomeKind.FOLLOW_UP_IMAGING else each.issued,
            until=each.at if kind is OutcomeKind.FOLLOW_UP_IMAGING else each.issued,
            regions=each.regions,
            sides=each.sides,
            text=each.text.first,
            label=each.label,
            by=each.readers,
            findings=each.findings,
            encounter=each.encounter,
            read=each,
        )
        for each in reads
    )


def is_addendum(chart: PatientChart, read: FinalRead, reads: Sequence[FinalRead]) -> bool:
    """Whether a report is no read of its own but an addendum to another one of the chart."""
    return bool(addressed(chart, read, reads))


def addressed(chart: PatientChart, read: FinalRead, reads: Sequence[FinalRead]) -> frozenset[str]:
    """The reads that a report is an addendum to: those it names, else of its pictures where it says so."""
    others = {each.reference: each for each in reads if each.reference != read.reference}
    if named := read.extends & others.keys():
        return named
    body = chart.by_reference[read.reference].body
    told = f"{all_words(body.get('code'))} {all_words(body.get('category'))} {_beginning(read)}"
    if not _ADDENDUM.search(told):
        return frozenset()
    return frozenset(
        name for name, each in others.items() if each.is_of_exam(read) and each.issued <= read.issued
    )


def _beginning(read: FinalRead) -> str:
    """Where a report that is an addendum says so."""
    return " ".join(each[:40] for each in (*read.text, read.text.first.strip()))


def addenda(chart: PatientChart, reads: Sequence[FinalRead], earlier: Earlier) -> Iterator[ReadOutcome]:
    """What was added to reads or corrected in them, as later versions and as reports of their own."""
    for read in reads:
        item = chart.by_reference[read.reference]
        if item.version_id != read.version or status_of(item.body) in CHANGED:
            yield from _changes(chart, read, item, earlier)
        if of := addressed(chart, read, reads):
            outcome = imaging_outcomes((read,), OutcomeKind.SECOND_READ)[0]
            yield replace(outcome, kind=OutcomeKind.ADDENDUM, of=of)


def _changes(
    chart: PatientChart, read: FinalRead, item: ChartItem, earlier: Earlier
) -> Iterator[ReadOutcome]:
    """The versions that changed what was final; where none is known before, the status says so."""
    later = (each for each in earlier.get(item.reference, ()) if read.version < each.version_id)
    before = " ".join(read.text)
    for each in (*sorted(later, key=lambda one: one.version_id), item):
        told = report_text(each.body, chart.attached)
        same = " ".join(told) == before and each.version_id != read.version
        if status_of(each.body) not in CHANGED or same:
            continue
        before = " ".join(told)
        moment = each.updated or read.issued
        yield ReadOutcome(
            kind=OutcomeKind.ADDENDUM,
            reference=each.reference,
            version=each.version_id,
            at=moment,
            until=moment,
            regions=read.regions,
            sides=read.sides,
            text=told.first,
            label=label_of(each.body),
            by=tuple(person_behind(chart, who) for who in references_in(each.body.get("resultsInterpreter")))
            or read.readers,
            findings=findings_in(told.first),
            of=frozenset({read.reference}),
        )
