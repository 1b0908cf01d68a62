"""Earlier studies, ranked by what they are worth for the one to be read, each with its reasons.

The score is the product of what is shared: the region, the kind of picture, how long ago it was; the same
problem and a later report that cites it raise it, the other limb lowers it. It lies between 0 and 1.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.exam import Exam
from app.records.glance.modalities import affinity
from app.records.glance.moments import day_of
from app.records.glance.regions import are_paired, overlap
from app.records.glance.reports import FiledReport

MOST = 40
RELEVANT = 0.2
"""From which score on a prior is worth opening."""
_HALF_LIFE = 730  # days after which an earlier study is worth half
_LEAST = 0.25  # of its worth, however old: the oldest one shows that something was there
_SAME_PROBLEM, _CITED = 1.3, 1.3
_OTHER_SIDE = 0.15  # a limb is compared with the other one now and then
_UNKNOWN_REGION = 0.4
_WORD = re.compile(r"[A-Za-z]{4,}|[가-힣]{2,}")
_COMMON = frozenset(
    [
        "with",
        "without",
        "contrast",
        "study",
        "exam",
        "scan",
        "chest",
        "abdomen",
        "pelvis",
        "brain",
        "head",
        "neck",
        "spine",
        "follow",
        "evaluation",
        "rule",
        "patient",
        "history",
        "pain",
        "computed",
        "tomography",
        "magnetic",
        "resonance",
        "imaging",
        "ultrasound",
        "report",
        "known",
        "status",
        "left",
        "right",
        "검사",
        "추적",
        "환자",
        "판독",
        "영상",
    ]
)
CITATION = re.compile(r"compar|prior|previous|since|비교|이전", re.IGNORECASE)


class Shared(NamedTuple):
    """One reason of a rank: what is shared, and by how much it multiplies the score."""

    what: str
    factor: float


@dataclass(frozen=True, slots=True)
class _Ranking:
    """What priors are ranked by: the reports of studies, the studies that are cited, the problem's words."""

    chart: PatientChart
    exam: Exam
    reports: Mapping[str, FiledReport]
    cited: Mapping[str, str]
    problem: frozenset[str]

    def reasons(self, prior: ChartItem) -> list[Shared]:
        """What a prior shares with the examination."""
        own, report = self.chart.pictured(prior), self.reports.get(prior.reference)
        wanted = self.exam.pictured
        regions = own.regions or (report.pictured.regions if report else frozenset())
        known = bool(regions and wanted.regions)
        found = [
            Shared("region", overlap(wanted.regions, regions) if known else _UNKNOWN_REGION),
            Shared("modality", affinity(wanted.modalities, own.modalities)),
            Shared("recency", _recency(self.chart, self.exam, prior)),
        ]
        if wanted.sides and own.sides and not wanted.sides & own.sides and are_paired(wanted.regions):
            found.append(Shared("side", _OTHER_SIDE))
        if self.problem & _words(f"{own.words} {report.text.first if report else ''}"):
            found.append(Shared("problem", _SAME_PROBLEM))
        if prior.reference in self.cited:
            found.append(Shared("cited", _CITED))
        return found


def ranked_priors(chart: PatientChart, exam: Exam | None, reports: tuple[FiledReport, ...]) -> list[Told]:
    """The earlier studies, the most relevant first."""
    if exam is None:
        return []
    told = {study: report for report in reversed(reports) for study in report.studies}
    ranking = _Ranking(chart, exam, told, _cited(chart, reports), _problem_words(chart, exam))
    earlier = (each for each in chart.of("ImagingStudy") if each.reference not in exam.references)
    scored = [(each, ranking.reasons(each)) for each in earlier if each.at <= exam.at]
    scored.sort(key=lambda pair: (-_score(pair[1]), -pair[0].at, pair[0].reference))
    return [_entry(chart, item, reasons, told.get(item.reference)) for item, reasons in scored[:MOST]]


def _recency(chart: PatientChart, exam: Exam, prior: ChartItem) -> float:
    """What is left of a study's worth after the time between it and the examination."""
    day = chart.day(prior)
    if day is None:
        return _LEAST
    apart = max((day_of(exam.at, chart.zone) - day).days, 0)
    return max(_LEAST, float(0.5 ** (apart / _HALF_LIFE)))


def _score(reasons: Iterable[Shared]) -> float:
    score = 1.0
    for each in reasons:
        score *= each.factor
    return min(score, 1.0)


def _entry(chart: PatientChart, item: ChartItem, reasons: list[Shared], report: FiledReport | None) -> Told:
    score, own = _score(reasons), chart.pictured(item)
    return item.entry(
        modalities=sorted(own.modalities),
        regions=sorted(own.regions),
        daysAgo=chart.days_since(item),
        score=round(score, 3),
        relevant=score >= RELEVANT,
        reasons=[{"what": each.what, "factor": round(each.factor, 3)} for each in reasons],
        report=report.item.reference if report else None,
        impression=report.text.first if report else None,
    )


def _problem_words(chart: PatientChart, exam: Exam) -> frozenset[str]:
    """The words of why the examination is asked for, and of the problems that it names."""
    asked = _words(f"{exam.reason} {exam.pictured.words}")
    for each in chart.of("Condition"):
        named = _words(chart.label(each.reference))
        asked |= named if named & asked else frozenset()
    return asked


def _words(text: str) -> frozenset[str]:
    return frozenset(each.lower() for each in _WORD.findall(text)) - _COMMON


def _cited(chart: PatientChart, reports: tuple[FiledReport, ...]) -> dict[str, str]:
    """The studies that a later report compares with, by their day, and the report that does."""
    days = {each.reference: day for each in chart.of("ImagingStudy") if (day := chart.day(each))}
    found = dict[str, str]()
    for report in reports:
        text = f"{report.text.comparison}\n{report.text.findings}\n{report.text.first}"
        if not (report.text.comparison or CITATION.search(text)):
            continue
        for study, day in days.items():
            if study not in report.studies and any(each in text for each in written_days(day)):
                found.setdefault(study, report.item.reference)
    return found


def written_days(day: date) -> tuple[str, ...]:
    """A day as reports write it."""
    return (
        day.isoformat(),
        day.strftime("%Y.%m.%d"),
        day.strftime("%Y/%m/%d"),
        f"{day.month}/{day.day}/{day.year}",
    )
