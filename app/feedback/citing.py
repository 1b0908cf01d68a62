"""What an outcome names expressly: by references, over what it is based on, and in its words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.feedback.outcomes import OutcomeKind, ReadOutcome
from app.feedback.places import regions_told
from app.feedback.reads import FinalRead
from app.records.glance.chart import PatientChart
from app.records.glance.modalities import modalities_in
from app.records.glance.moments import day_of
from app.records.glance.priors import CITATION, written_days
from app.records.glance.regions import overlap
from app.records.glance.words import each_in, references_in

_NAMING = (
    "imagingStudy",
    "result",
    "basedOn",
    "partOf",
    "reasonReference",
    "supportingInfo",
    "report",
    "specimen",
    "request",
    "hasMember",
    "derivedFrom",
    "relevantHistory",
    "focus",
    "context",
    "usedReference",
)
"""Elements that name what something is about or made of; not who, nor in which encounter."""
_THROUGH = frozenset(
    {"ServiceRequest", "Specimen", "Condition", "Procedure", "Observation", "ClinicalImpression"}
)
_HOPS = 2
_NEAR = 0.5
_LEAST = 5  # characters of a number that a text may be searched for
_PICTURES = re.compile(r"\b(?:CT|MRI?|X-?rays?|CXR|PET|ultraso\w+|US|mammogra\w+|radiogra\w+|scan"
r"|imaging|film)\b"
                       r"|촬영|초음파|영상|검사|판독", re.I)  # fmt: skip


@dataclass(frozen=True)
class Citations:
    """Finds what the outcomes of a chart name."""

    chart: PatientChart
    _named: dict[str, frozenset[str]] = field(default_factory=dict)
    _days: dict[int, date] = field(default_factory=dict)

    def cites(self, outcome: ReadOutcome, read: FinalRead) -> bool:
        """Whether an outcome names a read, its pictures, or when those were made."""
        named = self._of(outcome.reference)
        if read.reference in named or read.studies & named:
            return True
        return any(self._is_in(number, outcome.text) for number in read.numbers) or self._is_dated(
            outcome, read
        )

    def _of(self, reference: str) -> frozenset[str]:
        if reference not in self._named:
            self._named[reference] = frozenset(self._reached(reference))
        return self._named[reference]

    def _reached(self, reference: str) -> Iterator[str]:
        """What a resource names, and what is named by the orders, specimens and problems that it names."""
        edge, known = [reference], {reference}
        for _ in range(_HOPS + 1):
            found = [each for one in edge for each in self._beside(one) if each not in known]
            known.update(found)
            yield from found
            edge = [each for each in found if each.partition("/")[0] in _THROUGH]

    def _beside(self, reference: str) -> Iterator[str]:
        item = self.chart.by_reference.get(reference)
        body: Mapping[str, Any] = item.body if item else self.chart.referred.get(reference, {})
        own_pictures = body.get("resourceType") == "DiagnosticReport" and "RAD" in str(body.get("category"))
        for name in _NAMING:
            if not (own_pictures and name == "imagingStudy"):
                yield from references_in(body.get(name))
        for each in each_in(body.get("evidence")):
            yield from references_in(each.get("detail"))
        for each in each_in(body.get("extension")):
            yield from references_in(each.get("valueReference"))

    @staticmethod
    def _is_in(number: str, text: str) -> bool:
        return len(number) >= _LEAST and number in text

    def _is_dated(self, outcome: ReadOutcome, read: FinalRead) -> bool:
        """Whether a text compares with, or is about, the pictures of the day of a read."""
        text = outcome.text
        if outcome.read is not None:
            told = outcome.read.text
            text = (
                f"{told.comparison}\n{told.first}\n{told.findings}"
                if told.comparison
                else told.findings + text
            )
            if not (told.comparison or CITATION.search(text)):
                return False
        elif outcome.kind is OutcomeKind.DISCHARGE_DIAGNOSIS or not _PICTURES.search(text):
            return False
        return any(
            _is_of(sentence, read)
            for day in written_days(self._day(read.at))
            if day in text
            for sentence in text.splitlines()
            if day in sentence
        )

    def _day(self, at: int) -> date:
        if at not in self._days:
            self._days[at] = day_of(at, self.chart.zone)
        return self._days[at]


def _is_of(words: str, read: FinalRead) -> bool:
    """Whether words that name a day may be about the pictures of a read of that day."""
    modalities, regions = modalities_in(words), regions_told(words)
    kind = not (modalities and read.modalities) or bool(modalities & read.modalities)
    return kind and (not (regions and read.regions) or overlap(regions, read.regions) >= _NEAR)
