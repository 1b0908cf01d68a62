"""Reports, the impression first, and what it says beside the one before of the same region and kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.exam import reported
from app.records.glance.modalities import affinity
from app.records.glance.pictures import Pictured
from app.records.glance.regions import overlap
from app.records.glance.report_text import ReportText, differences, report_text
from app.records.glance.words import all_words, codes_in

MOST = 60  # reports that are shown
_SAME_REGION, _SAME_KIND = 0.6, 0.99
_RADIOLOGY = frozenset(
    {"RAD", "CT", "NMR", "RUS", "RX", "CUS", "OUS", "VUS", "NMS", "XRC", "LP29684-5", "18748-4", "363679005"}
)
_PATHOLOGY = frozenset(
    {
        "PAT",
        "SP",
        "CP",
        "CYP",
        "PHY",
        "LP7839-6",
        "60567-5",
        "22634-0",
        "22637-3",
        "11526-1",
        "34574-4",
        "394595002",
        *("11529-5", "60568-3", "33718-8", "33716-2", "47527-7", "47528-5", "394915009", "108257001"),
    }
)
_PATHOLOGICAL = re.compile(r"patholog|cytolog|histolog|biops|병리|조직\s*검사", re.IGNORECASE)
_WITHDRAWN = frozenset({"cancelled", "entered-in-error"})


@dataclass(frozen=True, slots=True)
class FiledReport:
    """A report with its words, and what the pictures are that it is of.

    `study` is what the first of its studies is called; empty where that says nothing.
    """

    item: ChartItem
    text: ReportText
    pictured: Pictured
    studies: tuple[str, ...]
    study: str = ""


def is_of_pathology(item: ChartItem) -> bool:
    """Whether a report tells of tissue."""
    coded = codes_in(item.body.get("category")) | codes_in(item.body.get("code"))
    words = f"{all_words(item.body.get('category'))} {all_words(item.body.get('code'))}"
    return bool(coded & _PATHOLOGY or (not coded & _RADIOLOGY and _PATHOLOGICAL.search(words)))


def is_of_radiology(item: ChartItem, chart: PatientChart) -> bool:
    """Whether a report tells of pictures."""
    coded = codes_in(item.body.get("category")) | codes_in(item.body.get("code"))
    named = any(each.startswith("ImagingStudy/") for each in reported(item.body))
    return not is_of_pathology(item) and (
        bool(coded & _RADIOLOGY) or named or bool(chart.pictured(item).modalities)
    )


def filed_reports(chart: PatientChart) -> tuple[FiledReport, ...]:
    """The reports of pictures, the newest first."""
    return tuple(_filed(chart))


def _filed(chart: PatientChart) -> Iterator[FiledReport]:
    for item in chart.of("DiagnosticReport"):
        if item.body.get("status") in _WITHDRAWN or not is_of_radiology(item, chart):
            continue
        studies = reported(item.body)
        own = chart.pictured(item)
        known = [chart.by_reference[each] for each in studies if each in chart.by_reference]
        seen = [chart.pictured(each) for each in known]
        text = report_text(item.body, chart.attached)
        regions = own.regions or frozenset().union(*(each.regions for each in seen))
        modalities = own.modalities or frozenset().union(*(each.modalities for each in seen))
        shown = Pictured(modalities, regions, own.words)
        yield FiledReport(
            item,
            text,
            shown,
            tuple(each for each in studies if each.startswith("ImagingStudy/")),
            next((str(each.body["description"]) for each in known if each.body.get("description")), ""),
        )


def report_entries(reports: tuple[FiledReport, ...]) -> list[Told]:
    """The reports as they are shown."""
    return [_entry(each, _before(each, reports[place + 1 :])) for place, each in enumerate(reports[:MOST])]


def _before(report: FiledReport, older: tuple[FiledReport, ...]) -> FiledReport | None:
    """The newest older report of the same region and kind of picture; None where there is none."""
    return next(
        (each for each in older if _is_alike(report.pictured, each.pictured) and each.text.first), None
    )


@cache
def _is_alike(one: Pictured, other: Pictured) -> bool:
    return (
        overlap(one.regions, other.regions) >= _SAME_REGION
        and affinity(one.modalities, other.modalities) >= _SAME_KIND
    )


def _entry(report: FiledReport, before: FiledReport | None) -> Told:
    text = report.text
    changes = differences(before.text.first, text.first) if before and text.first else ()
    return report.item.entry(
        impression=text.first,
        findings=text.findings if text.impression else None,
        recommendation=text.recommendation,
        study=report.study or None,
        studies=list(report.studies),
        modalities=sorted(report.pictured.modalities),
        regions=sorted(report.pictured.regions),
        before=before.item.reference if before else None,
        changes=[list(each) for each in changes],
    )


def advising_reports(chart: PatientChart, reports: tuple[FiledReport, ...]) -> tuple[FiledReport, ...]:
    """The reports that may ask for something: those of pictures, and those of tissue."""
    tissue = (each for each in chart.of("DiagnosticReport") if is_of_pathology(each))
    told = (each for each in tissue if each.body.get("status") not in _WITHDRAWN)
    return (
        *reports,
        *(
            FiledReport(each, report_text(each.body, chart.attached), chart.pictured(each), ())
            for each in told
        ),
    )


def pathology(chart: PatientChart) -> list[Told]:
    """What was told of tissue, the newest first."""
    reports = (
        each
        for each in chart.of("DiagnosticReport")
        if is_of_pathology(each) and each.body.get("status") not in _WITHDRAWN
    )
    return [each.entry(impression=report_text(each.body, chart.attached).first) for each in reports]
