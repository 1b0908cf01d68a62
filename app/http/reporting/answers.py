"""Reports, and what there is to be reported, as JSON."""

from collections.abc import Mapping
from typing import Any

from app.records.reporting.critical import CriticalResult
from app.records.reporting.opening import StudyToReport
from app.records.reporting.reporting import ReportView
from app.records.reporting.written import WrittenReport
from graph.clock import instant

PATH = "/reporting/reports"


def report_told(report: WrittenReport) -> dict[str, Any]:
    """One version of a report."""
    return {
        "id": report.report_id,
        "version": report.version_id,
        "status": str(report.status),
        "issued": report.issued,
        "patient": f"Patient/{report.patient_id}" if report.patient_id else None,
        "studies": list(report.studies),
        "authors": list(report.authors),
        "signers": list(report.signers),
        "content": report.content.told(),
        "addenda": [
            {"kind": each.kind, "author": each.author, "moment": each.moment, "text": each.text}
            for each in report.addenda
        ],
        "objects": list(report.objects),
    }


def result_told(result: CriticalResult, now: int) -> dict[str, Any]:
    """A critical result, and who was told of it; `now` in µs since the epoch."""
    return {
        "task": f"Task/{result.task_id}",
        "report": f"DiagnosticReport/{result.report_id}",
        "patient": f"Patient/{result.patient_id}",
        "what": result.what,
        "status": result.status,
        "asked": result.asked,
        "until": result.until,
        "overdue": result.is_overdue(now),
        "from": result.requester_name,
        "for": result.owner_name or None,
        "acknowledgedBy": result.told or None,
        "acknowledged": result.told_at or None,
        "inPlace": result.in_place,
    }


def view_told(view: ReportView, now: int) -> dict[str, Any]:
    """A report with its versions and critical results."""
    return {
        **report_told(view.shown),
        "current": view.current.version_id,
        "versions": [
            {
                "version": each.version_id,
                "status": str(each.status),
                "written": instant(each.updated),
                "signers": list(each.signers),
            }
            for each in view.versions
        ],
        "criticalResults": [result_told(each, now) for each in view.results],
    }


def opening_told(found: StudyToReport) -> Mapping[str, Any]:
    """A study to be reported: its report where there is one, and what may be said of it already."""
    return {
        "study": found.study.uid,
        "imagingStudy": found.study.reference,
        "report": report_told(found.report) if found.report else None,
        "suggested": found.suggested.told(),
        "priors": [
            {
                "reference": each.reference,
                "studyInstanceUid": each.uid,
                "label": each.label,
                "day": each.day,
                "relevant": each.relevant,
                "impression": each.impression,
            }
            for each in found.priors
        ],
    }
