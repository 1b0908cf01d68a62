"""`/auth/sign-in`, `/auth/sign-out` and `/account`: plain forms without script, for people at a browser."""

from flask import Blueprint, Response, request

from app.http.kit.browsers import SignInFirst
from app.http.kit.own_paths import HOME_PATH, asked_path
from app.http.sessions.pages import SessionPages
from app.http.sessions.routes_account import add_account
from app.http.sessions.routes_providers import add_providers
from app.http.sessions.routes_second_factor import add_second_factor
from app.http.sessions.routes_sign_in import add_sign_in
from app.http.sessions.uses import SessionUses

_PART_OF_PAGE = "HX-Request"  # what a script of ours asks for, to put it into the page that is open


def blueprint(uses: SessionUses) -> Blueprint:
    """The pages of signing in and of one's own account."""
    rooms = Blueprint("sessions", __name__, template_folder="templates")
    pages = SessionPages(uses.base)

    @rooms.app_errorhandler(SignInFirst)
    def lead_to_sign_in(_: SignInFirst) -> Response:
        if request.headers.get(_PART_OF_PAGE):
            return pages.anew()
        return pages.to_sign_in(asked_path(request) if request.method == "GET" else HOME_PATH)

    add_sign_in(rooms, pages, uses)
    add_providers(rooms, pages, uses)
    add_second_factor(rooms, pages, uses)
    add_account(rooms, pages, uses)
    return rooms
