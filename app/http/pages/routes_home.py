"""`/home`: what somebody needs today, in the sections that their permissions leave."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template

from app.http.kit.frame import ANY_COHORT
from app.http.kit.guard import signed_in
from app.http.kit.moments import shown_span
from app.http.kit.often_asked import OFTEN_ASKED
from app.http.kit.own_paths import HOME_PATH
from app.http.kit.request_context import current, current_scope
from app.http.pages.degrading import FAILED, told
from app.http.pages.uses import PageUses
from app.records.studies import TaskLine
from app.records.studies.desk import PICTURES, RECORD
from app.security.policy import LEAST_CELL
from app.work.operations import JobWindow
from graph.scope import AccessScope

_MOST_LATELY = 8
_MOST_PEOPLE = 10
_LOOKED_AT = 48
_MILLION = 1_000_000
_JOBS, _AUDIT, _MANAGE = "operations.read", "audit.read", "administration.manage"
_WORK, _WRITE, _FEEDBACK = "workitem.read", "report.write", "feedback.write"


class HomePage:
    """The sections of the home page, each with what its use case says now."""

    def __init__(self, uses: PageUses) -> None:
        self._uses = uses

    def sections(self, scope: AccessScope, now: int) -> dict[str, Any]:
        """What the page shows; None is a section that is not theirs, FAILED one that cannot be told now."""
        record, pictures = RECORD in scope.permissions, PICTURES in scope.permissions
        jobs, studies, uses = _JOBS in scope.permissions, self._uses.studies, self._uses
        window = JobWindow(limit=_MOST_LATELY)
        wanted: dict[str, tuple[bool, Callable[[], Any]]] = {
            "work": (_WORK in scope.permissions, lambda: uses.reading.open(scope)),
            "critical": (record, lambda: uses.results.for_caller(scope)),
            "told": (record and _WRITE in scope.permissions, lambda: self._told(scope, now)),
            "turned_out": (
                _FEEDBACK in scope.permissions,
                lambda: uses.feedback.waiting(scope, _MOST_LATELY),
            ),
            "tasks": (record, lambda: self._tasks(scope)),
            "recent": (record, lambda: self._recent(scope, now)),
            "unread": (record and pictures, lambda: studies.unread(scope, _LOOKED_AT)[:_MOST_LATELY]),
            "newest": (pictures and not record, lambda: studies.lately(scope, _MOST_LATELY)),
            "reports": (record, lambda: studies.reports_lately(scope, _MOST_LATELY)),
            "jobs": (jobs, lambda: uses.operations.page(scope, window).jobs),
            "alerts": (
                _AUDIT in scope.permissions,
                lambda: uses.alerts.page(scope, _MOST_LATELY, waiting=True),
            ),
            "health": (jobs or _MANAGE in scope.permissions, uses.readiness.checks),
        }
        shown = {name: told(tell) if theirs else None for name, (theirs, tell) in wanted.items()}
        asks = not record and any(each in scope.permissions for each in ANY_COHORT)
        return {**shown, "failed": FAILED, "saved": OFTEN_ASKED if asks else None, "least": LEAST_CELL}

    def _tasks(self, scope: AccessScope) -> list[TaskLine]:
        """What they were asked to do, but for what stands on their worklist, and what is kept for them."""
        found = self._uses.studies.assigned(scope, _MOST_LATELY)
        work = _WORK in scope.permissions
        return [each for each in found if not each.is_kept and not (each.is_workitem and work)]

    def _told(self, scope: AccessScope, now: int) -> list[dict[str, Any]]:
        """What the caller told of and nobody has acknowledged, and whether it is overdue."""
        waiting = self._uses.results.of_caller(scope)
        return [{"result": each, "overdue": each.is_overdue(now)} for each in waiting]

    def _recent(self, scope: AccessScope, now: int) -> list[dict[str, Any]]:
        moment = datetime.fromtimestamp(now / _MILLION, UTC)
        return [
            {"patient": patient, "ago": shown_span(datetime.fromtimestamp(at / _MILLION, UTC), moment)}
            for patient, at in self._uses.people.opened_lately(scope, now, _MOST_PEOPLE)
        ]


def add_home(rooms: Blueprint, uses: PageUses) -> None:
    """Add the home page."""
    page = HomePage(uses)

    @rooms.get(HOME_PATH)
    @signed_in("R")
    def home() -> str:
        return render_template("home.html", **page.sections(current_scope(), current().received))
