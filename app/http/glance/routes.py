"""`/patients/<id>/glance`, `/timeline`, `/changes` and `/read-mark`: one patient, taken in at once."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.http.glance.description import CHANGES, GLANCE, MOST_MARKS, READ_MARK, TIMELINE, USUAL_MARKS
from app.http.glance.pages import add_pages
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current, current_scope
from app.records.glance import PatientGlances, Stretch
from app.site import Sites
from fhir_profiles.dates import interval
from graph.errors import Invalid

_LARGEST = 4_096  # bytes of what says which state was read
_FLAGS = {"true": True, "false": False}
_DIGITS = 9


def blueprint(*, glances: PatientGlances, sites: Sites) -> Blueprint:
    """Make the routes of one patient's glance, timeline and changes."""
    rooms = Blueprint("glance", __name__, url_prefix="/patients/<patient_id>", template_folder="templates")

    @rooms.get("/glance")
    @requires("fhir.read")
    @documented(GLANCE)
    def glance(patient_id: str) -> Response:
        require_only("study")
        study = request.args.get("study")
        return plain_json(glances.glance(current_scope(), patient_id, current().received, study))

    @rooms.get("/timeline")
    @requires("fhir.read")
    @documented(TIMELINE)
    def timeline(patient_id: str) -> Response:
        require_only("from", "to", "lane", "undated", "count", "after")
        scope = current_scope()
        asked = _stretch(request.args, request.args.getlist("lane"), sites.of(scope).zone)
        page = glances.timeline(scope, patient_id, current().received, asked)
        following = _next(patient_id, page.after) if page.after is not None else None
        return plain_json({"total": page.total, "marks": page.marks, "next": following})

    @rooms.get("/changes")
    @requires("fhir.read")
    @documented(CHANGES)
    def changes(patient_id: str) -> Response:
        require_only()
        return plain_json(glances.changes(current_scope(), patient_id, current().received))

    @rooms.put("/read-mark")
    @requires("fhir.read")
    @documented(READ_MARK)
    def read_mark(patient_id: str) -> Response:
        require_only()
        glances.mark_read(current_scope(), patient_id, current().received, _state())
        return Response(status=204)

    add_pages(rooms, glances, sites)

    def _next(patient_id: str, after: int) -> str:
        asked = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
        return f"{sites.own.base_url}/patients/{patient_id}/timeline?{urlencode([*asked, ('after', after)])}"

    return rooms


def _state() -> str | None:
    """The state that the body says was read; None without a body."""
    if not request.content_length and not request.headers.get("Transfer-Encoding"):
        return None
    body = read_json(_LARGEST)
    state = body.get("state") if isinstance(body, dict) else None
    if not isinstance(state, str) or len(body) != 1:
        raise Invalid('the body is {"state": …} as the changes told it, or nothing', location="state")
    return state


def _stretch(arguments: Mapping[str, str], lanes: list[str], zone: tzinfo) -> Stretch:
    undated = arguments.get("undated", "false")
    if undated not in _FLAGS:
        raise Invalid("undated is true or false", location="undated")
    since, until = (_moment(arguments, name, zone) for name in ("from", "to"))
    return Stretch(
        count=_whole(arguments, "count", USUAL_MARKS, 1, MOST_MARKS),
        since=since[0] if since else None,
        until=until[1] if until else None,
        lanes=frozenset(each for listed in lanes for each in listed.split(",")),
        undated=_FLAGS[undated],
        after=_whole(arguments, "after", 0, 0, 10**_DIGITS - 1),
    )


def _moment(arguments: Mapping[str, str], name: str, zone: tzinfo) -> Any:
    """What a parameter covers; None where it is not there."""
    text = arguments.get(name)
    if text is None:
        return None
    found = interval(text.replace(" ", "+"), zone)  # a plus that a client left unescaped
    if found is None:
        raise Invalid("%(name)s is a date, or a date and time", location=name, name=name)
    return found


def _whole(arguments: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = arguments.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and least <= int(text) <= most):
        raise Invalid(
            "%(name)s is a whole number from %(least)s to %(most)s",
            location=name,
            name=name,
            least=least,
            most=most,
        )
    return int(text)
