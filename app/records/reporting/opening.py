"""What is there before a report is written: its study, what may be said of it already, and earlier studies.

Nothing that is suggested is in the report until somebody sends it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.records.glance import PatientGlances
from app.records.glance.exam import exam_of, reason_for_exam
from app.records.glance.priors import ranked_priors
from app.records.glance.reports import filed_reports
from app.records.glance.words import each_in, wording_of
from app.records.read import RecordReader
from app.records.reporting.content import ReportContent
from app.records.reporting.documents import REPORT, StudyFacts, facts_of
from app.records.reporting.states import ReportStatus
from app.records.reporting.written import WRITTEN, WrittenReport, written
from app.records.search import RecordSearch, TypeSearch, sorts_of
from app.records.studies import SeriesLine, StudyDesk, StudyLine
from graph.errors import Gone, NotFound, TooLarge
from graph.scope import AccessScope

WRITE = "report.write"
_STANDING = ",".join(
    each for each in ReportStatus if each not in (ReportStatus.CANCELLED, ReportStatus.ENTERED_IN_ERROR)
)
_MOST_PRIORS, _MOST_SERIES = 12, 8
_MADE_LATER = frozenset({"SEG", "OT", "DOC"})
"""Modalities of what was made of pictures, and taken of nobody."""


@dataclass(frozen=True, slots=True)
class EarlierStudy:
    """A study that one may compare with: `relevant` where it is worth it, as `glance` ranks them."""

    reference: str
    uid: str
    label: str
    day: str
    relevant: bool
    impression: str

    @property
    def words(self) -> str:
        """How a report names it."""
        return f"{self.label}, {self.day}" if self.day else self.label


@dataclass(frozen=True, slots=True)
class StudyToReport:
    """A study with the report that there is of it, None without one, and what may be said of it already."""

    study: StudyLine
    facts: StudyFacts
    report: WrittenReport | None
    suggested: ReportContent
    priors: tuple[EarlierStudy, ...]


class ReportOpening:
    """Opens studies to be reported; `clock` tells the moment in µs."""

    def __init__(
        self,
        studies: StudyDesk,
        glances: PatientGlances,
        reader: RecordReader,
        search: RecordSearch,
        clock: Callable[[], int],
    ) -> None:
        self._studies, self._glances = studies, glances
        self._reader, self._search, self._clock = reader, search, clock

    def open(self, scope: AccessScope, uid: str) -> StudyToReport:
        """A study as one begins or goes on to report it; raises `NotFound` where there is none to see."""
        study = self._studies.one(scope, uid)
        facts, report = self._begun(scope, study)
        indication, priors = self._chart(scope, study)
        suggested = ReportContent(
            indication=indication or self._asked(scope, facts),
            technique=_technique(study, self._studies.series_of(scope, uid)),
        )
        return StudyToReport(study, facts, report, suggested, priors)

    def begun(self, scope: AccessScope, uid: str) -> tuple[StudyFacts, WrittenReport | None]:
        """What a study says of itself, and the report that is written here of it; raises as `open`."""
        return self._begun(scope, self._studies.one(scope, uid))

    def _begun(self, scope: AccessScope, study: StudyLine) -> tuple[StudyFacts, WrittenReport | None]:
        scope.require(WRITE)
        facts = self.facts(scope, study.study_id)
        return facts, self.report_of(scope, facts.study)

    def facts(self, scope: AccessScope, study_id: str) -> StudyFacts:
        """What the ImagingStudy of an id says; raises `NotFound` and `Gone`."""
        return facts_of(orjson.loads(self._reader.current(scope, "ImagingStudy", study_id).body))

    def report_of(self, scope: AccessScope, study: str) -> WrittenReport | None:
        """The report that is written here of a study (its reference); None where there is none to see."""
        known = self._search.understood(scope, REPORT, standing_report(study))
        sort = sorts_of(REPORT, "-issued", known.find)
        asked = TypeSearch(resource_type=REPORT, where=known.where, count=1, sort=sort)
        return next(map(written, self._search.page(scope, asked, None).matches), None)

    def _chart(self, scope: AccessScope, study: StudyLine) -> tuple[str, tuple[EarlierStudy, ...]]:
        """Why a study was asked for, and those before it; nothing where the chart is not the caller's."""
        if not study.patient_id:
            return "", ()
        try:
            chart = self._glances.chart(scope, study.patient_id, self._clock())
            exam = exam_of(chart, study.study_id)
        except (NotFound, Gone, TooLarge):
            return "", ()
        reason = reason_for_exam(chart, exam) or {}
        ranked = ranked_priors(chart, exam, filed_reports(chart))[:_MOST_PRIORS]
        return str(reason.get("text") or ""), tuple(map(_earlier, ranked))

    def _asked(self, scope: AccessScope, facts: StudyFacts) -> str:
        """Why the orders of a study ask for it, as far as they are the caller's to see."""
        named = [(kind, name) for kind, _, name in (each.partition("/") for each in facts.orders)]
        found = self._reader.named(scope, named) if named else {}
        documents = [orjson.loads(each.body) for each in found.values()]
        reasons = [wording_of(each) for document in documents for each in each_in(document.get("reasonCode"))]
        return "; ".join(dict.fromkeys(filter(None, reasons)))


def standing_report(study: str) -> tuple[tuple[str, str], ...]:
    """The search parameters that find the report that is written here of a study, and was not withdrawn."""
    tag = f"{WRITTEN['system']}|{WRITTEN['code']}"
    return (("imagingStudy", study), ("_tag", tag), ("status", _STANDING))


def _earlier(entry: Mapping[str, Any]) -> EarlierStudy:
    return EarlierStudy(
        reference=str(entry["reference"]),
        uid=str(entry.get("uid") or ""),
        label=str(entry.get("label") or ""),
        day=str(entry.get("start") or "")[:10],
        relevant=bool(entry.get("relevant")),
        impression=str(entry.get("impression") or ""),
    )


def _technique(study: StudyLine, series: Sequence[SeriesLine]) -> str:
    """What was done, by what the files say: the kind of pictures, their names, the series by theirs."""
    taken = [each for each in series if each.is_pictured and each.modality not in _MADE_LATER]
    kinds = " / ".join(sorted({each.modality for each in taken}))
    head = ", ".join(filter(None, (kinds, study.description)))
    names = dict.fromkeys(each.description for each in taken if each.description)
    listed = "; ".join(list(names)[:_MOST_SERIES])
    more = "; …" if len(names) > _MOST_SERIES else ""
    return "\n".join(filter(None, (head, listed and f"{listed}{more}")))
