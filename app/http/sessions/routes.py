"""`/auth/sign-in`, `/auth/sign-out` and `/account`: plain forms without script, for people at a browser."""

from flask import Blueprint, Response, request

from app.http.kit.browsers import SignInFirst
from app.http.sessions.pages import ACCOUNT_PATH, SessionPages
from app.http.sessions.routes_account import add_account
from app.http.sessions.routes_providers import add_providers
from app.http.sessions.routes_second_factor import add_second_factor
from app.http.sessions.routes_sign_in import add_sign_in
from app.http.sessions.uses import SessionUses


def blueprint(uses: SessionUses) -> Blueprint:
    """The pages of signing in and of one's own account."""
    rooms = Blueprint("sessions", __name__, template_folder="templates")
    pages = SessionPages(uses.base)

    @rooms.app_errorhandler(SignInFirst)
    def lead_to_sign_in(_: SignInFirst) -> Response:
        return pages.to_sign_in(request.path if request.method == "GET" else ACCOUNT_PATH)

    add_sign_in(rooms, pages, uses)
    add_providers(rooms, pages, uses)
    add_second_factor(rooms, pages, uses)
    add_account(rooms, pages, uses)
    return rooms
