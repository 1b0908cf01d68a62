"""`/manage/jobs`, `/manage/audit`, `/manage/alerts`, `/manage/health`: what the gateway does and did."""

from flask import Blueprint, Response, request

from app.audit.entries import entry_key
from app.http.kit.faults import Fault, fault_of
from app.http.kit.frame import MANAGE_PATH
from app.http.kit.guard import signed_in
from app.http.kit.request_context import current, current_scope
from app.http.pages.managing import (
    AUDIT,
    CANCEL,
    MOST,
    OPERATE,
    ManagingPages,
    after_place,
)
from app.http.pages.uses import PageUses
from app.records.audited.accesses import access_line
from app.work.operations import JobWindow
from graph.errors import Invalid

JOBS_PATH, ALERTS_PATH, AUDIT_PATH = f"{MANAGE_PATH}/jobs", f"{MANAGE_PATH}/alerts", f"{MANAGE_PATH}/audit"
_ASKED = ("patient", "who", "since", "until")
_LONGEST = 100


class RunningPages:
    """The pages of jobs, audit and alerts, and what their forms do."""

    def __init__(self, pages: ManagingPages, uses: PageUses) -> None:
        self._pages = pages
        self._uses = uses

    def jobs(self, wrong: Fault | None = None, status: int = 200) -> Response:
        """The jobs, the last that was asked for first."""
        scope = current_scope()
        page = self._uses.operations.page(scope, JobWindow(limit=MOST, after=after_place()))
        after = page.following
        return self._pages.page(
            scope,
            "manage_jobs.html",
            status,
            jobs=page.jobs,
            after=f"{after[0]},{after[1]}" if after else None,
            may_cancel=CANCEL in scope.permissions,
            wrong=wrong,
        )

    def cancelled(self, job: str) -> Response:
        """The jobs again, after one was cancelled."""
        scope = current_scope()
        return self._pages.changed(lambda: self._uses.operations.cancel(scope, job), JOBS_PATH, self.jobs)

    def alerts(self, wrong: Fault | None = None, status: int = 200) -> Response:
        """The alerts, the newest first."""
        scope = current_scope()
        found = self._uses.alerts.page(scope, MOST + 1, after=after_place())
        last = found[MOST - 1] if len(found) > MOST else None
        return self._pages.page(
            scope,
            "manage_alerts.html",
            status,
            alerts=found[:MOST],
            after=f"{last.at},{last.id}" if last else None,
            wrong=wrong,
        )

    def acknowledged(self, alert: str) -> Response:
        """The alerts again, after somebody has looked at one."""
        scope, said = current_scope(), {"comment": request.form.get("comment", "")}
        return self._pages.changed(
            lambda: self._uses.alerts.acknowledge(scope, alert, said, current().received),
            ALERTS_PATH,
            self.alerts,
        )

    def audit(self) -> Response:
        """The accesses that were asked for, the newest first."""
        scope = current_scope()
        asked = {name: request.args.get(name, "").strip()[:_LONGEST] for name in _ASKED}
        wrong, lines, after = None, [], None
        try:
            place = after_place()
            key = (place[0], entry_key(scope.tenant, place[1])) if place else None
            page = self._uses.audit.page(scope, _pairs(asked), MOST, key)
            lines = [access_line(each) for each in page.events]
            after = f"{page.after[0]},{page.after[1].rpartition('|')[2]}" if page.after else None
        except Invalid as error:
            wrong = fault_of(error)
        return self._pages.page(
            scope,
            "manage_audit.html",
            400 if wrong else 200,
            asked=asked,
            lines=lines,
            after=after,
            wrong=wrong,
        )


def _pairs(asked: dict[str, str]) -> list[tuple[str, str]]:
    """What the form asks, as search parameters of an AuditEvent."""
    named = (
        ("patient", f"Patient/{asked['patient'].removeprefix('Patient/')}" if asked["patient"] else ""),
        ("agent-name:exact", asked["who"]),
        ("date", f"ge{asked['since']}" if asked["since"] else ""),
        ("date", f"le{asked['until']}" if asked["until"] else ""),
    )
    return [pair for pair in named if pair[1]]


def add_running(rooms: Blueprint, pages: ManagingPages, uses: PageUses) -> None:
    """Add the pages of what the gateway does and did."""
    running = RunningPages(pages, uses)

    @rooms.get(JOBS_PATH)
    @signed_in("R", OPERATE)
    def manage_jobs() -> Response:
        return running.jobs()

    @rooms.post(f"{JOBS_PATH}/<job>/cancel")
    @signed_in("D", CANCEL)
    def cancel_job(job: str) -> Response:
        return running.cancelled(job)

    @rooms.get(ALERTS_PATH)
    @signed_in("R", AUDIT)
    def manage_alerts() -> Response:
        return running.alerts()

    @rooms.post(f"{ALERTS_PATH}/<alert>/acknowledge")
    @signed_in("U", AUDIT)
    def acknowledge_alert(alert: str) -> Response:
        return running.acknowledged(alert)

    @rooms.get(AUDIT_PATH)
    @signed_in("R", AUDIT)
    def manage_audit() -> Response:
        return running.audit()

    @rooms.get(f"{MANAGE_PATH}/health")
    @signed_in("R", OPERATE)
    def manage_health() -> Response:
        scope = current_scope()
        room = uses.storage.room()
        return pages.page(scope, "manage_health.html", health=uses.readiness.checks(), room=room)
