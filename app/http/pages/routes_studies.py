"""`/studies/…`: a study, with its series, its reports, who may see it, and its place among the others."""

from typing import Any

from flask import Blueprint, render_template

from app.http.kit.guard import signed_in
from app.http.kit.request_context import current_scope
from app.http.pages.degrading import FAILED, told
from app.http.pages.uses import PageUses
from app.records.studies.desk import PICTURES, RECORD
from graph.scope import AccessScope


def add_studies(rooms: Blueprint, uses: PageUses) -> None:
    """Add the page of a study."""

    @rooms.get("/studies/<study>")
    @signed_in("R", PICTURES)
    def show_study(study: str) -> str:
        return render_template("study.html", **_parts(uses, current_scope(), study))


def _parts(uses: PageUses, scope: AccessScope, uid: str) -> dict[str, Any]:
    """What the page shows, each part by itself: None is one that is not theirs, FAILED one that fails now.

    Raises `NotFound` where there is no such study to see.
    """
    desk = uses.studies
    study = desk.one(scope, uid)
    patient = told(lambda: desk.whose(scope, study))
    of_record = RECORD in scope.permissions
    return {
        "study": study,
        "failed": FAILED,
        "series": told(lambda: desk.series_of(scope, uid)),
        "patient": patient,
        "reports": told(lambda: desk.reports(scope, (study,))) if of_record else None,
        "others": told(lambda: desk.of_patient(scope, study.patient_id)) if patient else (),
        "audience": told(uses.audience.of_pictures),
    }
