"""What is to be read now: the newest order or study of pictures, why it is asked for, and of what it is."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.records.glance.chart import ChartItem, PatientChart, Told
from app.records.glance.pictures import Pictured
from app.records.glance.report_text import report_text
from app.records.glance.words import Resource, all_words, each_in, references_in, study_uid, wording_of
from graph.errors import NotFound

_IMAGING = frozenset({"363679005", "RAD", "imaging"})
_OVER = frozenset({"revoked", "entered-in-error", "cancelled"})


@dataclass(frozen=True, slots=True)
class Exam:
    """The examination to be read: its study and its order, of which one may be None."""

    study: ChartItem | None
    order: ChartItem | None
    pictured: Pictured
    reason: str

    @property
    def references(self) -> frozenset[str]:
        """What it is called in the record."""
        return frozenset(each.reference for each in (self.study, self.order) if each)

    @property
    def at(self) -> int:
        """When it is, in µs since the epoch."""
        return max(each.at for each in (self.study, self.order) if each)


def is_of_pictures(chart: PatientChart, item: ChartItem) -> bool:
    """Whether an order asks for pictures."""
    categories = all_words(item.body.get("category"))
    coded = {code for each in each_in(item.body.get("category")) for code in _codes(each)}
    return bool(coded & _IMAGING or "imag" in categories.lower() or chart.pictured(item).modalities)


def _codes(concept: Resource) -> Iterator[str]:
    return (str(each.get("code", "")) for each in each_in(concept.get("coding")))


def exam_of(chart: PatientChart, study: str | None = None) -> Exam | None:
    """The examination to be read: the study of an id, or the newest one; None where there is none.

    Raises `NotFound` where the chart has no such study.
    """
    orders = [
        each
        for each in chart.of("ServiceRequest")
        if is_of_pictures(chart, each) and each.body.get("status") not in _OVER
    ]
    studies = list(chart.of("ImagingStudy"))
    if study is not None:
        chosen = next((each for each in studies if each.reference == f"ImagingStudy/{study}"), None)
        if chosen is None:
            raise NotFound("no ImagingStudy/%(study)s of this patient", study=study)
        return _exam(chart, chosen, _order_of(chosen, orders))
    newest, order = next(iter(studies), None), next(iter(orders), None)
    if newest and (order is None or newest.at >= order.at):
        return _exam(chart, newest, _order_of(newest, orders))
    if order is None:
        return None
    made = next((each for each in studies if _order_of(each, [order]) is order), None)
    return _exam(chart, made, order)


def _order_of(study: ChartItem, orders: list[ChartItem]) -> ChartItem | None:
    """The order that a study is based on, by reference or by accession number; None where none is."""
    named = references_in(study.body.get("basedOn"))
    numbers = accessions_of(study.body)
    return next(
        (each for each in orders if each.reference in named or accessions_of(each.body) & numbers), None
    )


def accessions_of(resource: Resource) -> frozenset[str]:
    """The accession numbers among the identifiers of an order, a study or a report."""
    found = (each.get("value") for each in each_in(resource.get("identifier")) if "ACSN" in _typed(each))
    return frozenset(str(each) for each in found if each)


def _typed(identifier: Resource) -> set[str]:
    return {code for each in each_in(identifier.get("type")) for code in _codes(each)}


def _exam(chart: PatientChart, study: ChartItem | None, order: ChartItem | None) -> Exam:
    told = [chart.pictured(each) for each in (study, order) if each]
    return Exam(
        study,
        order,
        Pictured(
            frozenset().union(*(each.modalities for each in told)),
            told[0].regions or told[-1].regions,
            " ".join(each.words for each in told),
            told[0].sides or told[-1].sides,
        ),
        next((words for each in (order, study) if each and (words := _reason(chart, each.body))), ""),
    )


def _reason(chart: PatientChart, resource: Resource) -> str:
    parts = [wording_of(each) for each in each_in(resource.get("reasonCode"))]
    parts += [
        chart.label(each) or wording_of(resource.get("reasonReference"))
        for each in references_in(resource.get("reasonReference"))
    ]
    parts += [str(each.get("text", "")) for each in each_in(resource.get("note"))]
    return "; ".join(dict.fromkeys(filter(None, parts)))


def reason_for_exam(chart: PatientChart, exam: Exam | None) -> Told | None:
    """Why the examination is asked for, and what was asked before; None where there is none to read."""
    if exam is None:
        return None
    first = exam.order or exam.study
    before = (
        each
        for each in chart.newest("ServiceRequest", "ImagingStudy")
        if each.reference not in exam.references
    )
    asked = next((each for each in before if each.at <= exam.at and _reason(chart, each.body)), None)
    return {
        **(first.entry() if first else {}),
        "text": exam.reason or _indication(chart, exam) or None,
        "study": exam.study.reference if exam.study else None,
        "studyUid": study_uid(exam.study.body) if exam.study else None,
        "order": exam.order.reference if exam.order else None,
        "modalities": sorted(exam.pictured.modalities),
        "regions": sorted(exam.pictured.regions),
        "before": asked.entry(text=_reason(chart, asked.body)) if asked else None,
    }


def _indication(chart: PatientChart, exam: Exam) -> str:
    """What the report of an examination says that it was for."""
    for report in chart.of("DiagnosticReport"):
        if exam.references & set(reported(report.body)):
            return report_text(report.body, chart.attached).indication
    return ""


def reported(report: Resource) -> tuple[str, ...]:
    """The studies and orders that a report is of."""
    context = report.get("context")
    related = context.get("related") if isinstance(context, dict) else None
    return (
        *references_in(report.get("imagingStudy")),
        *references_in(report.get("basedOn")),
        *references_in(related),
    )
