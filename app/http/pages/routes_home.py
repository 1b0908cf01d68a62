"""`/home`: what somebody needs today, in the sections that their permissions leave."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template

from app.http.kit.guard import signed_in
from app.http.kit.moments import shown_span
from app.http.kit.own_paths import HOME_PATH
from app.http.kit.request_context import current, current_scope
from app.http.pages.uses import PageUses
from app.records.studies.desk import PICTURES, RECORD
from app.work.operations import JobWindow
from graph.scope import AccessScope

_MOST_LATELY = 8
_MOST_PEOPLE = 10
_LOOKED_AT = 40
_MILLION = 1_000_000
_JOBS, _AUDIT, _MANAGE, _ASK = "operations.read", "audit.read", "administration.manage", "cohort.query"


class HomePage:
    """The sections of the home page, each with what its use case says now."""

    def __init__(self, uses: PageUses) -> None:
        self._uses = uses

    def sections(self, scope: AccessScope, now: int) -> dict[str, Any]:
        """What the page shows; None is a section that is not theirs."""
        record, pictures = RECORD in scope.permissions, PICTURES in scope.permissions
        studies = self._uses.studies
        return {
            "tasks": studies.assigned(scope, _MOST_LATELY) if record else None,
            "unread": studies.unread(scope, _LOOKED_AT)[:_MOST_LATELY] if record and pictures else None,
            "newest": studies.lately(scope, _MOST_LATELY) if pictures and not record else None,
            "recent": self._recent(scope, now) if record else None,
            "reports": studies.reports_lately(scope, _MOST_LATELY) if record else None,
            "asks_cohorts": _ASK in scope.permissions and not record,
            **self._running(scope),
        }

    def _recent(self, scope: AccessScope, now: int) -> list[dict[str, Any]]:
        moment = datetime.fromtimestamp(now / _MILLION, UTC)
        return [
            {"patient": patient, "ago": shown_span(datetime.fromtimestamp(at / _MILLION, UTC), moment)}
            for patient, at in self._uses.people.opened_lately(scope, now, _MOST_PEOPLE)
        ]

    def _running(self, scope: AccessScope) -> dict[str, Any]:
        """What who runs the gateway looks at."""
        jobs = _JOBS in scope.permissions
        manages = _MANAGE in scope.permissions
        return {
            "jobs": self._uses.operations.page(scope, JobWindow(limit=_MOST_LATELY)).jobs if jobs else None,
            "alerts": self._uses.alerts.page(scope, _MOST_LATELY, waiting=True)
            if _AUDIT in scope.permissions
            else None,
            "health": self._uses.readiness.checks() if jobs or manages else None,
        }


def add_home(rooms: Blueprint, uses: PageUses) -> None:
    """Add the home page."""
    page = HomePage(uses)

    @rooms.get(HOME_PATH)
    @signed_in("R")
    def home() -> str:
        return render_template("home.html", **page.sections(current_scope(), current().received))
