"""Recommendations of reports as a ledger: what was asked for, when it is due, and what closed it."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.modalities import affinity
from app.records.glance.recommendations import Recommendation, recommended
from app.records.glance.regions import overlap, regions_of
from app.records.glance.reports import FiledReport, is_of_pathology
from app.records.glance.words import all_words, label_of

_NEAR, _LIKE = 0.55, 0.45  # what a later study shares at least with what was asked for
_EARLY = 0.5  # of the time until it is due, after which a study answers it
_WITHOUT_A_TIME = 365  # days after which one that named no time is overdue
_UNDATED = timedelta(days=_WITHOUT_A_TIME)


class FollowUp(StrEnum):
    """What became of a recommendation."""

    OVERDUE = "overdue"
    OPEN = "open"
    CONDITIONAL = "conditional"  # due only where something holds that the record does not say
    DONE = "done"


_ORDER = tuple(FollowUp)


class _Done(NamedTuple):
    """What was done of a patient, each in the order of time: studies, and operations and reports."""

    pictures: Sequence[ChartItem]
    procedures: Sequence[ChartItem]


def follow_ups(chart: PatientChart, reports: tuple[FiledReport, ...]) -> list[Told]:
    """Every recommendation of the reports of pictures: overdue ones first, those that are done last."""
    done = _Done(
        [*reversed(list(chart.of("ImagingStudy")))],
        sorted(chart.of("Procedure", "DiagnosticReport"), key=lambda each: each.at),
    )
    every = [told for report in reports for told in _of_report(chart, done, report)]
    every.sort(key=lambda told: (_ORDER.index(told["state"]), told.get("due", "")))
    return every


def _of_report(chart: PatientChart, done: _Done, report: FiledReport) -> Iterator[Told]:
    reported = chart.day(report.item)
    for each in recommended(report.text):
        closing = _closed_by(chart, done, report, each, reported)
        due = each.delay.due(reported) if each.delay and reported else None
        late = _late_from(each, reported)
        told = {
            "report": report.item.reference,
            "reported": report.item.lasting.start if report.item.lasting else None,
            "text": each.sentence,
            "modalities": sorted(each.modalities),
            "procedures": sorted(each.procedures),
            "regions": sorted(_regions(report, each)),
            "interval": each.delay.words if each.delay else None,
            "due": due.isoformat() if due else None,
            "overdueFrom": late.isoformat() if late and not each.condition else None,
            "state": _state(chart, each, closing, late),
            "closedBy": closing.entry() if closing else None,
        }
        yield {name: value for name, value in told.items() if value not in (None, [])}


def _regions(report: FiledReport, each: Recommendation) -> frozenset[str]:
    return each.regions or report.pictured.regions


def _late_from(each: Recommendation, reported: date | None) -> date | None:
    if reported is None:
        return None
    return each.delay.overdue(reported) if each.delay else reported + _UNDATED


def _state(
    chart: PatientChart, each: Recommendation, closing: ChartItem | None, late: date | None
) -> FollowUp:
    if closing is not None:
        return FollowUp.DONE
    if each.condition:
        return FollowUp.CONDITIONAL
    return FollowUp.OVERDUE if late and chart.as_of > late else FollowUp.OPEN


def _closed_by(
    chart: PatientChart, done: _Done, report: FiledReport, each: Recommendation, reported: date | None
) -> ChartItem | None:
    """The first thing that was done since and answers a recommendation; None where nothing was."""
    if reported is None:
        return None
    wait = max(1, int(each.delay.low * _EARLY)) if each.delay else 1
    own = (report.item.reference, *report.studies)
    asked = (
        (done.pictures, reported + timedelta(days=wait)),
        (done.procedures if each.procedures else (), reported),
    )
    found = (
        item
        for listed, since in asked
        for item in islice(listed, bisect_left(listed, since, key=lambda at: chart.day(at) or date.min), None)
        if item.reference not in own and _answers(chart, item, report, each)
    )
    return min(islice(found, 1) if not each.procedures else found, key=lambda item: item.at, default=None)


def _answers(chart: PatientChart, item: ChartItem, report: FiledReport, each: Recommendation) -> bool:
    if item.kind == "ImagingStudy":
        return bool(each.modalities or not each.procedures) and _is_the_picture(chart, item, report, each)
    if item.kind == "DiagnosticReport":
        return "biopsy" in each.procedures and is_of_pathology(item)
    return bool(each.procedures) and _is_the_procedure(item, report, each)


def _is_the_picture(chart: PatientChart, item: ChartItem, report: FiledReport, each: Recommendation) -> bool:
    own = chart.pictured(item)
    if each.modalities and own.modalities and not each.modalities & own.modalities:
        return False
    wanted = each.modalities or report.pictured.modalities
    alike = affinity(wanted, own.modalities) if wanted and own.modalities else _LIKE
    regions = _regions(report, each)
    near = overlap(regions, own.regions) if regions else _NEAR  # a study of no known region closes nothing
    return alike >= _LIKE and near >= _NEAR


def _is_the_procedure(item: ChartItem, report: FiledReport, each: Recommendation) -> bool:
    words = f"{label_of(item.body)} {all_words(item.body.get('code'))}".lower()
    named = {"biopsy": ("biops", "aspiration", "fna", "생검", "조직"), "endoscopy": ("scop", "내시경")}
    sites = regions_of(item.body.get("bodySite")) | regions_of(item.body.get("code"))
    wanted = _regions(report, each)
    near = overlap(wanted, sites) if wanted and sites else _NEAR
    return near >= _NEAR and any(word in words for name in each.procedures for word in named[name])
