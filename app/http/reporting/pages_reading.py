"""`/reports/…`: a report as one reads it, with its versions, its addenda, and who was told what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from app.admission.outcomes import STATUS
from app.http.kit.faults import Fault, fault_of
from app.http.kit.guard import signed_in
from app.http.kit.own_paths import see_other
from app.http.kit.request_context import current, current_scope
from app.http.reporting.forms import LABELS, version_of
from app.http.reporting.uses import ReportingUses
from app.records.reporting.critical import CriticalResult
from app.records.reporting.results import IN_PLACE
from graph.errors import Conflict, Forbidden, HilumError, Invalid, PreconditionFailed, TooLarge
from graph.scope import AccessScope

RECORD, WRITE = "fhir.read", "report.write"
_LARGEST = 256 << 10
_TOLD = (Conflict, Forbidden, Invalid, PreconditionFailed, TooLarge)


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """The page of a report."""

    uses: ReportingUses

    def shown(
        self, report: str, *, version: int | None = None, fault: Fault | None = None, status: int = 200
    ) -> Response:
        """The report; with a fault, the form that was refused with what was typed."""
        scope, now = current_scope(), current().received
        view = self.uses.reporting.read(scope, report, version)
        patient_id = view.current.patient_id
        may_write = WRITE in scope.permissions and view.current.is_ours
        shown: dict[str, Any] = {
            "view": view,
            "report": view.shown,
            "labels": LABELS,
            "patient": self.uses.people.each(scope, {patient_id}).get(patient_id) if patient_id else None,
            "overdue": {each.task_id for each in view.results if each.is_overdue(now)},
            "may_change": may_write and view.current.is_signed and view.shown == view.current,
            "may_continue": may_write and view.current.status == "preliminary",
            "may_acknowledge": any(each.is_open and _may(scope, each) for each in view.results),
            "stands_in": not any(each.owner in scope.actors for each in view.results if each.is_open),
            "typed": request.form if fault else {},
            "fault": fault,
        }
        return make_response(render_template("reporting_read.html", **shown), status)

    def changed(self, report: str, change: Callable[[], object]) -> Response:
        """The way back to the report after a change, or the page with what was wrong."""
        try:
            change()
        except HilumError as error:
            if not isinstance(error, _TOLD):
                raise
            return self.shown(report, fault=fault_of(error), status=STATUS[error.category])
        return see_other(f"{self.uses.base}/reports/{report}")


def _may(scope: AccessScope, result: CriticalResult) -> bool:
    """Whether the caller may acknowledge a result."""
    return result.owner in scope.actors or (
        IN_PLACE in scope.permissions and result.requester not in scope.actors
    )


def add_reading(rooms: Blueprint, uses: ReportingUses) -> None:
    """Add the page of a report, and what its forms do."""
    page, reporting = ReadingPage(uses), uses.reporting

    @rooms.get("/reports/<report>")
    @signed_in("R", RECORD)
    def show_report(report: str) -> Response:
        return page.shown(report, version=version_of(request.args.get("version", "")))

    @rooms.post("/reports/<report>/addendum")
    @signed_in("U", RECORD, WRITE, largest=_LARGEST)
    def add_addendum(report: str) -> Response:
        form, scope = request.form, current_scope()
        text, critical = form.get("text", ""), form.get("critical", "")
        version = version_of(form.get("version", "")) or 0
        return page.changed(report, lambda: reporting.append(scope, report, text, version, critical))

    @rooms.post("/reports/<report>/withdrawal")
    @signed_in("U", RECORD, WRITE, largest=_LARGEST)
    def withdraw(report: str) -> Response:
        scope, reason = current_scope(), request.form.get("reason", "")
        version = version_of(request.form.get("version", "")) or 0
        return page.changed(report, lambda: reporting.withdraw(scope, report, version, reason))

    @rooms.post("/reports/<report>/acknowledgement")
    @signed_in("U", RECORD)
    def acknowledge(report: str) -> Response:
        scope = current_scope()
        return page.changed(report, lambda: uses.results.acknowledge(scope, report))
