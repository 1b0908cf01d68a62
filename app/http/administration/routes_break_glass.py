"""`/break-glass`: a record is opened in an emergency, and somebody else judges it."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from app.http.administration.answers import glass_shown
from app.http.administration.description import CLOSE, OPEN, OPENED, REVIEW
from app.http.administration.routes_roles import LARGEST_FORM
from app.http.administration.windows import ListWindow
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.metrics import BREAK_GLASS
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.security.break_glass import BreakGlass, GlassWindow
from graph.errors import Invalid

_OPEN, _REVIEW = "break-glass.open", "break-glass.review"
_WAITING = {"yes": False, "no": True}


def add_break_glass(rooms: Blueprint, break_glass: BreakGlass, base_url: str) -> None:
    """Add the routes of break-glass to the room."""

    @rooms.post("/break-glass")
    @requires(_OPEN)
    @documented(OPEN)
    def open_record() -> Response:
        opened = break_glass.open(current_scope(), read_json(LARGEST_FORM), current().received)
        BREAK_GLASS.inc()
        answer = plain_json(glass_shown(opened), HTTPStatus.CREATED)
        answer.headers["Location"] = f"{base_url}/break-glass/{opened.id}"
        return answer

    @rooms.get("/break-glass")
    @requires(_REVIEW, instead=(_OPEN,))
    @documented(OPENED)
    def opened_records() -> Response:
        window = ListWindow.of(request.args, "reviewed")
        asked = GlassWindow(
            limit=window.limit, waiting=_waiting(request.args.get("reviewed")), after=window.place()
        )
        found = break_glass.page(current_scope(), asked)
        last = f"{found[-1].opened_at},{found[-1].id}" if found else ""
        return plain_json(window.page("opened", [*map(glass_shown, found)], base_url + request.path, last))

    @rooms.delete("/break-glass/<glass_id>")
    @requires(_REVIEW, instead=(_OPEN,))
    @documented(CLOSE)
    def close_record(glass_id: str) -> Response:
        return plain_json(glass_shown(break_glass.end(current_scope(), glass_id, current().received)))

    @rooms.post("/break-glass/<glass_id>/review")
    @requires(_REVIEW, action="U")
    @documented(REVIEW)
    def review_record(glass_id: str) -> Response:
        judged = break_glass.review(current_scope(), glass_id, read_json(LARGEST_FORM), current().received)
        return plain_json(glass_shown(judged))


def _waiting(text: str | None) -> bool | None:
    """Whether those are asked for that wait for a judgement; raises `Invalid`."""
    if text is None:
        return None
    if text not in _WAITING:
        raise Invalid("reviewed is yes or no", location="reviewed")
    return _WAITING[text]
