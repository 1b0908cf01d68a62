"""`/administration/grants/USER`: the patients, studies and purposes that a user was given."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from app.http.administration.answers import grant_shown
from app.http.administration.description import GRANT, GRANTS, TAKE_BACK
from app.http.administration.routes_roles import LARGEST_FORM
from app.http.administration.windows import ListWindow
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.security.administration import Administration
from app.security.roles import MANAGE


def add_grants(rooms: Blueprint, administration: Administration, base_url: str) -> None:
    """Add the routes of grants to the room."""

    @rooms.get("/administration/grants/<user>")
    @requires(MANAGE)
    @documented(GRANTS)
    def list_grants(user: str) -> Response:
        window = ListWindow.of(request.args)
        found = administration.grants(current_scope(), user, window.limit, window.after)
        last = found[-1].id if found else ""
        return plain_json(window.page("grants", [*map(grant_shown, found)], base_url + request.path, last))

    @rooms.post("/administration/grants/<user>")
    @requires(MANAGE)
    @documented(GRANT)
    def grant(user: str) -> Response:
        form = read_json(LARGEST_FORM)
        given = administration.grant(current_scope(), user, form, current().received)
        answer = plain_json({"id": given}, HTTPStatus.CREATED)
        answer.headers["Location"] = f"{base_url}{request.path}/{given}"
        return answer

    @rooms.delete("/administration/grants/<user>/<grant_id>")
    @requires(MANAGE)
    @documented(TAKE_BACK)
    def take_back(user: str, grant_id: str) -> Response:
        administration.take_back(current_scope(), user, grant_id)
        return Response(status=HTTPStatus.NO_CONTENT)
