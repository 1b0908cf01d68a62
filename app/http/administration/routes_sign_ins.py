"""`/administration/users/…`: the second factor that somebody has lost, and where they are signed in."""

from http import HTTPStatus

from flask import Blueprint, Response

from app.http.administration.description import END_SESSIONS, RESET_FACTOR
from app.http.kit.guard import requires
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.security.browser_sessions import BrowserSessions
from app.security.roles import MANAGE
from app.security.second_factors import SecondFactors


def add_sign_ins(rooms: Blueprint, sessions: BrowserSessions, second_factors: SecondFactors) -> None:
    """Add the routes of how users sign in to the room."""

    @rooms.delete("/administration/users/<user>/second-factor")
    @requires(MANAGE)
    @documented(RESET_FACTOR)
    def reset_factor(user: str) -> Response:
        second_factors.reset(current_scope(), user, current().received)
        return Response(status=HTTPStatus.NO_CONTENT)

    @rooms.delete("/administration/users/<user>/sessions")
    @requires(MANAGE)
    @documented(END_SESSIONS)
    def end_sessions(user: str) -> Response:
        sessions.end_all(current_scope(), user, current().received)
        return Response(status=HTTPStatus.NO_CONTENT)
