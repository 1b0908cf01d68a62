"""`/administration/users`: accounts, their roles, and whom they stand for."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from app.http.administration.answers import user_shown
from app.http.administration.description import NEW_SECRET, PUT_USER, USER, USERS
from app.http.administration.routes_roles import LARGEST_FORM
from app.http.administration.windows import ListWindow
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.security.administration import Administration
from app.security.roles import MANAGE


def add_users(rooms: Blueprint, administration: Administration, base_url: str) -> None:
    """Add the routes of users to the room."""

    @rooms.get("/administration/users")
    @requires(MANAGE)
    @documented(USERS)
    def list_users() -> Response:
        window = ListWindow.of(request.args)
        found = administration.users(current_scope(), window.limit, window.after)
        last = found[-1].name if found else ""
        return plain_json(window.page("users", [*map(user_shown, found)], base_url + request.path, last))

    @rooms.get("/administration/users/<user>")
    @requires(MANAGE)
    @documented(USER)
    def show_user(user: str) -> Response:
        return plain_json(user_shown(administration.user(current_scope(), user)))

    @rooms.put("/administration/users/<user>")
    @requires(MANAGE)
    @documented(PUT_USER)
    def put_user(user: str) -> Response:
        form = read_json(LARGEST_FORM)
        kept, fresh = administration.put_user(current_scope(), user, form, current().received)
        return plain_json(user_shown(kept), HTTPStatus.CREATED if fresh else HTTPStatus.OK)

    @rooms.post("/administration/users/<user>/secret")
    @requires(MANAGE, action="U")
    @documented(NEW_SECRET)
    def give_secret(user: str) -> Response:
        answer = plain_json({"secret": administration.new_secret(current_scope(), user)})
        answer.headers["Cache-Control"] = "no-store"
        return answer
