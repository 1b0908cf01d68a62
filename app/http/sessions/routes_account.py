"""`/account`: who is signed in, where else they are, and the ends of their sessions."""

from flask import Blueprint, Response, request

from app.http.kit.guard import signed_in
from app.http.kit.request_context import current, current_handle, current_scope
from app.http.sessions.pages import ACCOUNT_PATH, SIGN_OUT_PATH, SessionPages
from app.http.sessions.uses import SessionUses
from graph.accounts.browser_sessions import BrowserSession
from graph.clock import instant
from graph.errors import NotFound

SESSIONS_PATH = f"{ACCOUNT_PATH}/sessions"


class AccountPages:
    """The page of one's own account, and what its forms do."""

    def __init__(self, pages: SessionPages, uses: SessionUses) -> None:
        self._pages = pages
        self._uses = uses

    def show(self) -> Response:
        """The page."""
        scope, handle, now = current_scope(), current_handle(), current().received
        sessions = self._uses.sessions
        here = sessions.require(handle, now).session_id
        return self._pages.page(
            "account.html",
            name=scope.subject,
            role=scope.role,
            sessions=[_shown(each, here) for each in sessions.listed(scope, scope.subject, now)],
            form_token=handle.form_token,
            account=ACCOUNT_PATH,
            sign_out=SIGN_OUT_PATH,
        )

    def end_one(self) -> Response:
        """One's account again, after one of the sessions has ended."""
        scope = current_scope()
        try:
            self._uses.sessions.end_one(scope, scope.subject, request.form.get("session", ""))
        except NotFound:
            return self._pages.to(ACCOUNT_PATH)  # it has ended by itself
        return self._pages.to(ACCOUNT_PATH)

    def end_all(self) -> Response:
        """No session of whoever asks any more, at this browser neither."""
        scope = current_scope()
        self._uses.sessions.end_all(scope, scope.subject, current().received)
        answer = self._pages.page("signed_out.html")
        self._uses.browsers.take(answer)
        return answer


def _shown(session: BrowserSession, here: str) -> dict[str, object]:
    return {
        "id": session.session_id,
        "here": session.session_id == here,
        "since": instant(session.at),
        "seen": instant(session.seen_at),
        "agent": session.agent or "an unknown browser",
        "address": session.address,
    }


def add_account(rooms: Blueprint, pages: SessionPages, uses: SessionUses) -> None:
    """Add the page of one's account."""
    account = AccountPages(pages, uses)

    @rooms.get(ACCOUNT_PATH)
    @signed_in("R")
    def show_account() -> Response:
        return account.show()

    @rooms.post(f"{SESSIONS_PATH}/end")
    @signed_in("D")
    def end_session() -> Response:
        return account.end_one()

    @rooms.post(f"{SESSIONS_PATH}/end-all")
    @signed_in("D")
    def end_sessions() -> Response:
        return account.end_all()
