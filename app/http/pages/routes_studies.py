"""`/studies/…`: a study, with its series, its reports, who may see it, and its place among the others."""

from flask import Blueprint, render_template

from app.http.kit.guard import signed_in
from app.http.kit.request_context import current_scope
from app.http.pages.uses import PageUses
from app.records.studies.desk import PICTURES


def add_studies(rooms: Blueprint, uses: PageUses) -> None:
    """Add the page of a study."""

    @rooms.get("/studies/<study>")
    @signed_in("R", PICTURES)
    def show_study(study: str) -> str:
        view = uses.studies.view(current_scope(), study)
        return render_template("study.html", view=view, audience=uses.audience.of_pictures())
