"""`/account`: who is signed in, where else they are, their password and second factor.

What changes how somebody signs in asks for the password again, ends every other session, and gives this one
another secret.
"""

from collections.abc import Callable

from flask import Blueprint, Response, request

from app.http.kit.guard import signed_in
from app.http.kit.languages import Said, said
from app.http.kit.request_context import current, current_handle, current_scope
from app.http.sessions.beginning import ENROLMENT_PATH, SessionStart
from app.http.sessions.pages import ACCOUNT_PATH, SIGN_OUT_PATH, SessionPages
from app.http.sessions.uses import SessionUses
from app.security.authorization.signing_in import SignedIn
from graph.accounts.browser_sessions import BrowserSession
from graph.errors import Invalid, NotFound, Throttled
from graph.scope import AccessScope

SESSIONS_PATH, FACTOR_PATH = f"{ACCOUNT_PATH}/sessions", f"{ACCOUNT_PATH}/second-factor"
_WRONG = 400


class AccountPages:
    """The page of one's own account, and what its forms do."""

    def __init__(self, pages: SessionPages, uses: SessionUses) -> None:
        self._pages = pages
        self._uses = uses
        self._start = SessionStart(pages, uses)

    def show(self, wrong: Said | None = None) -> Response:
        """The page, with what was wrong where something was."""
        scope, handle, now = current_scope(), current_handle(), current().received
        sessions = self._uses.sessions
        here = sessions.require(handle, now).session_id
        name, factors = scope.subject, self._uses.second_factors
        return self._pages.page(
            "account.html",
            _WRONG if wrong else 200,
            wrong=wrong,
            name=name,
            password=self._uses.sign_in.has_password(name),
            factor=factors.of(name),
            required=factors.is_required_of(name),
            enrolment=ENROLMENT_PATH,
            role=scope.role,
            sessions=[_shown(each, here) for each in sessions.listed(scope, scope.subject, now)],
            form_token=handle.form_token,
            account=ACCOUNT_PATH,
            sign_out=SIGN_OUT_PATH,
        )

    def change_password(self) -> Response:
        """One's account again, under another password and in a session of another secret."""

        def change() -> Response:
            form, scope, now = request.form, current_scope(), current().received
            given = form.get("current", ""), form.get("password", "")
            address = request.remote_addr or ""
            session = self._uses.sessions.require(current_handle(), now)
            self._uses.sign_in.change_password(scope, *given, address=address, now=now)
            return self._anew(session, self._pages.to(ACCOUNT_PATH))

        return self._changed(change)

    def remove_factor(self) -> Response:
        """One's account again, without a second factor."""

        def remove() -> Response:
            scope, session = self._once_more()
            if self._uses.second_factors.is_required_of(scope.subject):
                raise Invalid("your role needs a second factor", location="role")
            self._uses.second_factors.remove(scope, scope.subject, current().received)
            return self._anew(session, self._pages.to(ACCOUNT_PATH))

        return self._changed(remove)

    def renew_codes(self) -> Response:
        """Other recovery codes."""

        def renew() -> Response:
            scope, _ = self._once_more()
            codes = self._uses.second_factors.renew_codes(scope, scope.subject)
            return self._pages.page("recovery_codes.html", codes=codes, to=ACCOUNT_PATH)

        return self._changed(renew)

    def _once_more(self) -> tuple[AccessScope, BrowserSession]:
        """Who asks, having given their password again; raises `Invalid` or `Throttled`."""
        scope, password = current_scope(), request.form.get("current", "")
        self._uses.sign_in.require_password(scope.subject, password, request.remote_addr or "")
        return scope, self._uses.sessions.require(current_handle(), current().received)

    def _anew(self, session: BrowserSession, answer: Response) -> Response:
        """An answer after which the same person is signed in by another secret."""
        return self._start.finished(SignedIn(session.subject, session.methods, session.roles), answer)

    def _changed(self, change: Callable[[], Response]) -> Response:
        """What a change answers, or the page with what was wrong."""
        try:
            return change()
        except (Invalid, NotFound) as error:
            return self.show(said(error.wording))
        except Throttled as error:
            return self._pages.told_to_wait(error)

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
        "since": session.at,
        "seen": session.seen_at,
        "agent": session.agent,
        "address": session.address,
    }


def add_account(rooms: Blueprint, pages: SessionPages, uses: SessionUses) -> None:
    """Add the page of one's account."""
    account = AccountPages(pages, uses)

    @rooms.get(ACCOUNT_PATH)
    @signed_in("R")
    def show_account() -> Response:
        return account.show()

    @rooms.post(f"{ACCOUNT_PATH}/password")
    @signed_in("U")
    def change_password() -> Response:
        return account.change_password()

    @rooms.post(f"{FACTOR_PATH}/remove")
    @signed_in("D")
    def remove_factor() -> Response:
        return account.remove_factor()

    @rooms.post(f"{FACTOR_PATH}/codes")
    @signed_in("U")
    def renew_codes() -> Response:
        return account.renew_codes()

    @rooms.post(f"{SESSIONS_PATH}/end")
    @signed_in("D")
    def end_session() -> Response:
        return account.end_one()

    @rooms.post(f"{SESSIONS_PATH}/end-all")
    @signed_in("D")
    def end_sessions() -> Response:
        return account.end_all()
