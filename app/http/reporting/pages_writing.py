"""`/studies/…/report` and `/reports/…/correction`: the pages in which a report is written.

What is refused comes back with every word that was typed; where somebody else wrote meanwhile, their words
stand beside, and the next save goes on from theirs. Other applications of who writes are told of the report
that is open (FHIRcast).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from app.admission.outcomes import STATUS
from app.http.kit.faults import Fault, fault_of
from app.http.kit.guard import signed_in
from app.http.kit.own_paths import see_other
from app.http.kit.request_context import current_scope
from app.http.reporting.forms import (
    FIELDS,
    FORM_SECTIONS,
    TypedReport,
    typed_in,
    typed_of,
)
from app.http.reporting.uses import ReportingUses
from app.records.reporting.opening import StudyToReport
from app.records.reporting.reporting import ReportView
from app.records.reporting.states import ReportStep
from app.records.reporting.units import AlreadyBegun
from app.records.reporting.written import WrittenReport
from graph.errors import Category, HilumError, PreconditionFailed
from graph.scope import AccessScope

RECORD, PICTURES, WRITE = "fhir.read", "imaging.read", "report.write"
LARGEST = 1 << 20
"""Bytes of a form: texts in any script, and what stands around the fields."""
_SHOWN = frozenset(
    {
        *(Category.INVALID, Category.CONFLICT, Category.FORBIDDEN, Category.PRECONDITION, Category.TOO_LARGE),
        *(Category.UNAVAILABLE, Category.THROTTLED, Category.STORAGE_FULL, Category.UNPROCESSABLE),
    }
)
_STEPS = {"save": ReportStep.SAVE, "sign": ReportStep.SIGN}


@dataclass(frozen=True, slots=True)
class WritingPage:
    """The page of a report that is written: of a study, or as the correction of a signed one."""

    uses: ReportingUses

    def opened(self, study: str) -> Response:
        """The form with what there is; a study whose report is signed leads to that."""
        scope = current_scope()
        found = self.uses.reporting.open(scope, study)
        if found.report is not None and found.report.is_signed:
            return see_other(self._report(found.report.report_id))
        begun = found.report
        if begun is not None:
            self.uses.announcer.report_opened(scope, begun.document)
        typed = typed_of(begun.content if begun else found.suggested, begun.version_id if begun else None)
        return self._page(scope, typed, found=found, saved="saved" in request.args)

    def sent(self, study: str) -> Response:
        """Where a save or a signature leads, or the form again."""
        scope, typed = current_scope(), typed_in(request.form)
        step = _STEPS.get(request.form.get("do", ""), ReportStep.SAVE)

        def write() -> Response:
            report = self.uses.reporting.write(scope, study, typed.content, step, typed.version)
            if step.signs:
                self.uses.announcer.report_closed(scope, report.document)
                return see_other(self._report(report.report_id))
            return see_other(f"{self.uses.base}/studies/{study}/report?saved")

        def again(fault: Fault, status: int, *, overtaken: bool) -> Response:
            found = self.uses.reporting.open(scope, study)
            theirs = found.report if overtaken else None
            if found.report is None:
                typed.texts["version"] = ""
            return self._page(scope, typed, found=found, fault=fault, theirs=theirs, status=status)

        return _tried(write, again)

    def correcting(self, report: str) -> Response:
        """The form with the words of a signed report."""
        scope = current_scope()
        view = self.uses.reporting.read(scope, report)
        typed = typed_of(view.current.content, view.current.version_id)
        return self._page(scope, typed, view=view)

    def corrected(self, report: str) -> Response:
        """Where a correction leads, or the form again."""
        scope, typed = current_scope(), typed_in(request.form)

        def correct() -> Response:
            version, reason = typed.version or 0, typed.texts["reason"]
            self.uses.reporting.correct(scope, report, typed.content, version, reason)
            return see_other(self._report(report))

        def again(fault: Fault, status: int, *, overtaken: bool) -> Response:
            view = self.uses.reporting.read(scope, report)
            theirs = view.current if overtaken else None
            return self._page(scope, typed, view=view, fault=fault, theirs=theirs, status=status)

        return _tried(correct, again)

    def _report(self, report: str) -> str:
        return f"{self.uses.base}/reports/{report}"

    def _page(
        self,
        scope: AccessScope,
        typed: TypedReport,
        *,
        found: StudyToReport | None = None,
        view: ReportView | None = None,
        fault: Fault | None = None,
        theirs: WrittenReport | None = None,
        saved: bool = False,
        status: int = 200,
    ) -> Response:
        patient_id = found.study.patient_id if found else view.current.patient_id if view else ""
        shown: dict[str, Any] = {
            "found": found,
            "view": view,
            "typed": typed,
            "fault": fault,
            "theirs": theirs,
            "saved": saved,
            "version": theirs.version_id if theirs else typed.texts["version"],
            "sections": FORM_SECTIONS,
            "fields_of_form": FIELDS,
            "patient": self.uses.people.each(scope, {patient_id}).get(patient_id) if patient_id else None,
        }
        return make_response(render_template("reporting_write.html", **shown), status)


def _tried(do: Callable[[], Response], again: Callable[..., Response]) -> Response:
    """What a form leads to, or the form again with what was wrong."""
    try:
        return do()
    except HilumError as error:
        if error.category not in _SHOWN:
            raise
        overtaken = isinstance(error, AlreadyBegun | PreconditionFailed)
        return again(fault_of(error), STATUS[error.category], overtaken=overtaken)


def add_writing(rooms: Blueprint, uses: ReportingUses) -> None:
    """Add the pages in which reports are written."""
    page = WritingPage(uses)

    @rooms.get("/studies/<study>/report")
    @signed_in("R", PICTURES, RECORD, WRITE)
    def write_report(study: str) -> Response:
        return page.opened(study)

    @rooms.post("/studies/<study>/report")
    @signed_in("U", PICTURES, RECORD, WRITE, largest=LARGEST)
    def send_report(study: str) -> Response:
        return page.sent(study)

    @rooms.get("/reports/<report>/correction")
    @signed_in("R", RECORD, WRITE)
    def write_correction(report: str) -> Response:
        return page.correcting(report)

    @rooms.post("/reports/<report>/correction")
    @signed_in("U", RECORD, WRITE, largest=LARGEST)
    def send_correction(report: str) -> Response:
        return page.corrected(report)
