"""`/administration/roles`: what roles there are, and what each may do."""

from http import HTTPStatus

from flask import Blueprint, Response

from app.http.administration.answers import role_shown
from app.http.administration.description import PUT_ROLE, REMOVE_ROLE, ROLE, ROLES
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.security.administration import Administration
from app.security.roles import MANAGE

LARGEST_FORM = 64 << 10


def add_roles(rooms: Blueprint, administration: Administration) -> None:
    """Add the routes of roles to the room."""

    @rooms.get("/administration/roles")
    @requires(MANAGE)
    @documented(ROLES)
    def list_roles() -> Response:
        return plain_json(
            {"roles": [role_shown(each) for each in administration.roles(current_scope()).values()]}
        )

    @rooms.get("/administration/roles/<role>")
    @requires(MANAGE)
    @documented(ROLE)
    def show_role(role: str) -> Response:
        return plain_json(role_shown(administration.role(current_scope(), role)))

    @rooms.put("/administration/roles/<role>")
    @requires(MANAGE)
    @documented(PUT_ROLE)
    def put_role(role: str) -> Response:
        form = read_json(LARGEST_FORM)
        kept, fresh = administration.put_role(current_scope(), role, form, current().received)
        return plain_json(role_shown(kept), HTTPStatus.CREATED if fresh else HTTPStatus.OK)

    @rooms.delete("/administration/roles/<role>")
    @requires(MANAGE)
    @documented(REMOVE_ROLE)
    def remove_role(role: str) -> Response:
        administration.remove_role(current_scope(), role)
        return Response(status=HTTPStatus.NO_CONTENT)
