"""`/worklist/lines`: what the page of the worklist shows, in its order, for applications beside it."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.kit.frame import WORKLIST_PATH
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import Operation, QueryParameter, documented, query_parameters
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current, current_scope
from app.http.pages.uses import PageUses
from app.records.reading_room import ReadingLine, WorklistPart, reasons
from graph.clock import instant
from graph.errors import Invalid

LINES_PATH = f"{WORKLIST_PATH}/lines"
_PARTS = tuple(each for each in WorklistPart if each is not WorklistPart.UNASKED)
_LINE = {
    "type": "object",
    "required": ["workitem", "state", "priority", "holder", "why"],
    "properties": {
        "workitem": {"type": "string", "description": "Its SOP Instance UID."},
        "label": {"type": "string"},
        "state": {"type": "string"},
        "priority": {"type": "string"},
        "holder": {"type": "string", "enum": ["begun", "assigned", "nobody", "other"]},
        "patient": {"type": "string", "description": "A reference; empty where the record knows nobody."},
        "study": {"type": ["string", "null"], "description": "The Study Instance UID."},
        "report": {"type": ["string", "null"], "description": "The status of the report that counts."},
        "earlier": {"type": ["integer", "null"], "description": "Earlier studies of the patient."},
        "why": {
            "type": "array",
            "description": "Why it stands where it does, what decides first first.",
            "items": {
                "type": "object",
                "properties": {"what": {"type": "string"}, "at": {"type": ["string", "null"]}},
            },
        },
    },
}
LINES = Operation(
    summary="Read the worklist in the order in which it is read",
    tag="worklist",
    description="The first is what is to be read next. Of each priority at most the 100 that wait longest.",
    answers={200: {"type": "object", "properties": {"lines": {"type": "array", "items": _LINE}}}},
    parameters=query_parameters(
        QueryParameter(
            "show", {"type": "string", "enum": [*_PARTS], "default": WorklistPart.TO_READ}, "Which part."
        )
    ),
    errors=(400,),
)


def add_worklist_lines(rooms: Blueprint, uses: PageUses) -> None:
    """Add the worklist as JSON."""

    @rooms.get(LINES_PATH)
    @requires("workitem.read")
    @documented(LINES)
    def worklist_lines() -> Response:
        require_only("show")
        if len(request.args.getlist("show")) > 1:
            raise Invalid("show is one of %(parts)s", location="show", parts=", ".join(_PARTS))
        shown = request.args.get("show", WorklistPart.TO_READ)
        if shown not in _PARTS:
            raise Invalid("show is one of %(parts)s", location="show", parts=", ".join(_PARTS))
        room, scope, part = uses.reading, current_scope(), WorklistPart(shown)
        work = room.listed(scope) if part is WorklistPart.DONE else room.open(scope)
        now = current().received
        return plain_json({"lines": [_told(each, now) for each in work.of(part)], "cut": work.cut})


def _told(line: ReadingLine, now: int) -> dict[str, Any]:
    return {
        "workitem": line.uid,
        "label": line.label,
        "state": line.state,
        "priority": line.priority,
        "holder": line.holder,
        "patient": f"Patient/{line.patient_id}" if line.patient_id else "",
        "study": line.study.uid if line.study else None,
        "report": line.report.status if line.report else None,
        "earlier": line.earlier,
        "why": [
            {"what": what, "at": instant(at) if at is not None else None} for what, at in reasons(line, now)
        ],
    }
