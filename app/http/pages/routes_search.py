"""`/search`: patients and studies by whatever somebody knows of them; as they type, where scripts run."""

from flask import Blueprint, render_template, request

from app.http.kit.frame import ANY_RECORD, SEARCH_PATH
from app.http.kit.guard import signed_in
from app.http.kit.request_context import current_scope
from app.http.pages.uses import PageUses
from app.records.people.finding import LONGEST_TEXT
from app.records.studies.desk import PICTURES, RECORD

_PART_OF_PAGE = "HX-Request"
_ONE, *_OTHER = ANY_RECORD


def add_search(rooms: Blueprint, uses: PageUses) -> None:
    """Add the search."""

    @rooms.get(SEARCH_PATH)
    @signed_in("R", _ONE, instead=_OTHER)
    def search() -> str:
        scope, text = current_scope(), request.args.get("q", "").strip()[:LONGEST_TEXT]
        patients = uses.people.find(scope, text) if RECORD in scope.permissions else None
        studies = uses.studies.find(scope, text, patients or ()) if PICTURES in scope.permissions else None
        part = bool(request.headers.get(_PART_OF_PAGE))
        return render_template(
            "search_results.html" if part else "search.html", text=text, patients=patients, studies=studies
        )
