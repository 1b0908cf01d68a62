"""Final reads: the reports of pictures that somebody answers for, as they first said them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

from app.feedback.findings import ReadFinding, findings_in, places_noted, says_normal
from app.feedback.places import WIDE, regions_told, sides_told, words_of
from app.records.glance.chart import ChartItem, PatientChart
from app.records.glance.exam import accessions_of, reported
from app.records.glance.recommendations import Recommendation, recommended
from app.records.glance.regions import are_paired, overlap
from app.records.glance.report_text import ReportText, report_text
from app.records.glance.reports import is_of_pathology, is_of_radiology
from app.records.glance.sides import sides_of
from app.records.glance.words import (
    Resource,
    all_words,
    codes_in,
    each_in,
    label_of,
    references_in,
    study_uid,
)
from fhir_profiles.dates import interval

Earlier: TypeAlias = Mapping[str, Sequence[ChartItem]]
"""The earlier versions of reports, by `Type/id`."""

FINAL = frozenset({"final", "amended", "corrected", "appended"})
"""Statuses of reports that somebody answers for (FHIR R4, diagnostic-report-status)."""
CHANGED = frozenset({"amended", "corrected", "appended"})
ADDENDUM_OF = (
    "http://hl7.org/fhir/StructureDefinition/diagnosticReport-addendumOf",
    "http://hl7.org/fhir/StructureDefinition/diagnosticReport-extends",
    "http://hl7.org/fhir/StructureDefinition/diagnosticReport-replaces",
)
_LABORATORY = frozenset({"LAB", "CH", "HM", "MB", "IMM", "SR", "TX", "VR", "CG", "GE"})
_BY_NEEDLE = re.compile(r"guided|biops|drainage|aspirat|injection|유도\s*하|생검|흡인|배액술", re.IGNORECASE)
"""Reports of what was done under pictures, which read none."""
_ALIKE = 0.85
_PEOPLE = ("Practitioner", "PractitionerRole")


@dataclass(frozen=True)
class FinalRead:
    """A report of pictures as it was when it was final first, and who read it.

    `at` is when the pictures were, `issued` when it was told, in µs since the epoch. `numbers` are accession
    numbers and Study Instance UIDs; `orders` what it is based on; `extends` the report it is an addendum to;
    `noted` are organs of which its impression says something that is not understood.
    """

    reference: str
    version: int
    readers: tuple[str, ...]
    organisations: frozenset[str]
    at: int
    issued: int
    studies: frozenset[str]
    orders: frozenset[str]
    numbers: frozenset[str]
    regions: frozenset[str]
    sides: frozenset[str]
    modalities: frozenset[str]
    label: str
    text: ReportText
    findings: tuple[ReadFinding, ...]
    noted: frozenset[str]
    is_normal: bool
    recommendations: tuple[Recommendation, ...]
    encounter: str
    extends: frozenset[str]

    @cached_property
    def meant(self) -> tuple[ReadFinding, ...]:
        """What it says is there, or may be."""
        return tuple(each for each in self.findings if each.is_meant)

    def is_of_exam(self, other: "FinalRead") -> bool:
        """Whether two reads are of the same pictures."""
        if self.studies & other.studies or self.numbers & other.numbers:
            return True
        nameless = not (self.studies and other.studies) and not (self.numbers and other.numbers)
        alike = overlap(self.regions, other.regions) >= _ALIKE or not (self.regions and other.regions)
        return nameless and bool(self.orders & other.orders) and alike


def status_of(body: Resource) -> str:
    """The status of a resource; "" of one that has none."""
    told = body.get("status")
    return told if isinstance(told, str) else ""


def final_reads(chart: PatientChart, earlier: Earlier) -> tuple[FinalRead, ...]:
    """The final reads of a chart, the earliest first."""
    found = (
        _read(chart, item, _versions(item, earlier))
        for item in chart.of("DiagnosticReport")
        if status_of(item.body) in FINAL and _is_a_read(chart, item)
    )
    return tuple(sorted(found, key=lambda each: (each.at, each.issued, each.reference)))


def _is_a_read(chart: PatientChart, item: ChartItem) -> bool:
    categories = codes_in(item.body.get("category"))
    named = bool(item.body.get("imagingStudy"))
    if (
        _BY_NEEDLE.search(all_words(item.body.get("code")))
        or is_of_pathology(item)
        or (categories & _LABORATORY and "RAD" not in categories and not named)
    ):
        return False
    return is_of_radiology(item, chart)


def _versions(item: ChartItem, earlier: Earlier) -> list[ChartItem]:
    """The final versions of a report in their order, the current one last."""
    before = (each for each in earlier.get(item.reference, ()) if each.version_id < item.version_id)
    final = (each for each in before if status_of(each.body) in FINAL)
    return [*sorted(final, key=lambda each: each.version_id), item]


def _read(chart: PatientChart, item: ChartItem, versions: Sequence[ChartItem]) -> FinalRead:
    first = versions[0]
    text = report_text(first.body, chart.attached)
    exams = [chart.by_reference[each] for each in reported(first.body) if each in chart.by_reference]
    seen = [chart.pictured(each) for each in (first, *exams)]
    titles = " ".join(each.words for each in seen)
    sites = frozenset[str]().union(*(each.regions for each in seen[1:]))
    sides = frozenset[str]().union(*(each.sides for each in seen)) or sides_told(titles)
    regions = seen[0].regions or regions_told(seen[0].words) or sites or regions_told(titles)
    regions = regions or regions_told(text.first)
    one_side = sides if are_paired(regions) or len(sides) == 1 else frozenset[str]()
    findings = _placed(_findings(text, words_of(first.body.get("conclusionCode"))), regions, one_side)
    at = _at(first, exams)
    return FinalRead(
        reference=item.reference,
        version=first.version_id,
        readers=_readers(chart, first.body),
        organisations=frozenset(_performers(first.body, ("Organization",))),
        at=at,
        issued=issued_at(chart, first.body) or at,
        studies=frozenset(each for each in reported(first.body) if each.startswith("ImagingStudy/")),
        orders=frozenset(
            order for each in (first, *exams) for order in references_in(each.body.get("basedOn"))
        ),
        numbers=_numbers(first.body, exams),
        regions=regions,
        sides=sides,
        modalities=frozenset().union(*(each.modalities for each in seen)),
        label=_title(first.body, exams),
        text=text,
        findings=findings,
        noted=places_noted(text.first),
        is_normal=not any(each.is_meant for each in findings) and (bool(findings) or says_normal(text.first)),
        recommendations=_recommended(text),
        encounter=next(iter(references_in(first.body.get("encounter"))), ""),
        extends=extended_by(first.body),
    )


@lru_cache(maxsize=4_096)
def _recommended(text: ReportText) -> tuple[Recommendation, ...]:
    return recommended(text)


def _findings(text: ReportText, coded: str) -> tuple[ReadFinding, ...]:
    """What the impression says, and the codes of the conclusion; the findings where it says nothing."""
    said = findings_in(text.first)
    if not said and not says_normal(text.first):
        said = findings_in(text.findings)
    known = {each.disease for each in said}
    return (*said, *(each for each in findings_in(coded) if each.disease not in known))


def _placed(
    findings: Iterable[ReadFinding], regions: frozenset[str], sides: frozenset[str]
) -> tuple[ReadFinding, ...]:
    """The findings, each once, those without a place of their own where the pictures are."""
    found = dict[tuple[object, ...], ReadFinding]()
    for each in findings:
        placed = each._replace(
            regions=each.regions or regions,
            sides=each.sides or sides,
            is_placed=each.is_placed or (bool(regions) and not regions & WIDE),
        )
        found.setdefault((each.disease, each.assertion, placed.regions, placed.sides), placed)
    return tuple(found.values())


def _at(item: ChartItem, exams: Sequence[ChartItem]) -> int:
    """When the pictures were: as the report says, else the study; else when the report was written."""
    dated = (each for each in (item, *exams) if each.lasting)
    return next((each.at for each in dated), item.updated)


def issued_at(chart: PatientChart, body: Resource) -> int | None:
    """When a report was told, in µs since the epoch; None where it does not say."""
    told = body.get("issued")
    found = interval(told, chart.zone) if isinstance(told, str) else None
    return found[0] if found else None


def _performers(body: Resource, kinds: tuple[str, ...]) -> Iterable[str]:
    for element in ("resultsInterpreter", "performer"):
        for each in references_in(body.get(element)):
            if each.partition("/")[0] in kinds:
                yield each


def _readers(chart: PatientChart, body: Resource) -> tuple[str, ...]:
    """The people who read, each once, those behind a PractitionerRole where the chart has it."""
    return tuple(dict.fromkeys(person_behind(chart, each) for each in _performers(body, _PEOPLE)))


def readers_of(body: Resource) -> tuple[str, ...]:
    """The Practitioners who read a report, each once, by its own words."""
    return tuple(dict.fromkeys(_performers(body, ("Practitioner",))))


def person_behind(chart: PatientChart, reference: str) -> str:
    """The Practitioner of a PractitionerRole; the reference as it is where the chart has none."""
    if not reference.startswith("PractitionerRole/"):
        return reference
    item = chart.by_reference.get(reference)
    role = item.body if item else chart.referred.get(reference, {})
    named = (each for each in references_in(role.get("practitioner")) if each.startswith("Practitioner/"))
    return next(named, reference)


def _numbers(body: Resource, exams: Sequence[ChartItem]) -> frozenset[str]:
    """What a report's pictures are known by beside their reference: accession numbers and UIDs."""
    found = set[str]()
    for resource in (body, *(each.body for each in exams)):
        found |= accessions_of(resource)
        for each in each_in(resource.get("identifier")):
            if "accession" in str(each.get("system", "")).lower() and each.get("value"):
                found.add(str(each["value"]))
    found |= {uid for each in exams if each.kind == "ImagingStudy" and (uid := study_uid(each.body))}
    for each in each_in(body.get("imagingStudy")):
        for identifier in each_in(each.get("identifier")):
            found.add(str(identifier.get("value", "")).removeprefix("urn:oid:"))
    return frozenset(filter(None, found))


def _title(body: Resource, exams: Sequence[ChartItem]) -> str:
    """What the examination is called; "" where there are no words for it."""
    described = (str(each.body["description"]) for each in exams if each.body.get("description"))
    own = label_of(body)
    return next(described, "") or ("" if own in codes_in(body.get("code")) else own)


def extended_by(body: Resource) -> frozenset[str]:
    """The reports that a report says it is an addendum to."""
    told = (each for each in each_in(body.get("extension")) if each.get("url") in ADDENDUM_OF)
    return frozenset(ref for each in told for ref in references_in(each.get("valueReference")))


def sides_of_site(body: Resource) -> frozenset[str]:
    """The sides of where something was done or taken."""
    return sides_of(body.get("bodySite")) or sides_told(words_of(body.get("bodySite")))
