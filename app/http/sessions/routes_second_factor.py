"""`/auth/second-factor`: the code that is asked for after the password, and how one gets a second factor.

Whoever has to enrol one before they are in has given the password just now; whoever is in already gives it
again.
"""

from collections.abc import Callable

import segno
from flask import Blueprint, Response, request

from app.http.kit.browsers import LARGEST_FORM
from app.http.kit.guard import public
from app.http.kit.languages import Said, said
from app.http.kit.own_paths import own_path
from app.http.kit.request_context import asking, current
from app.http.sessions.beginning import CODE_PATH, ENROLMENT_PATH, SessionStart
from app.http.sessions.pages import ACCOUNT_PATH, SessionPages
from app.http.sessions.uses import SessionUses
from app.security.authorization.signing_in import BY_CODE, BY_PASSWORD, MULTIPLE, SignedIn
from app.security.browser_sessions import BrowserSession, SessionHandle
from app.security.second_factors import NextStep, OfferedTo
from graph.errors import Forbidden, Invalid, Throttled, Unauthenticated

_WRONG, _NOT_FROM_HERE = 403, 403


class SecondFactorPages:
    """The pages of the second factor, for a session that waits for one or wants one."""

    def __init__(self, pages: SessionPages, uses: SessionUses) -> None:
        self._pages = pages
        self._uses = uses
        self._start = SessionStart(pages, uses)

    def answer(self, respond: Callable[[SessionHandle, BrowserSession], Response]) -> Response:
        """The answer to a browser with a session; others sign in first."""
        request.max_content_length = LARGEST_FORM
        browsers = self._uses.browsers
        handle = browsers.handle_of(request)
        session = self._uses.sessions.find(handle, current().received) if handle else None
        if handle is None or session is None:
            return self._pages.to_sign_in(_to())
        asking(session.subject)
        try:
            browsers.require_own_form(request, handle)
            return respond(handle, session)
        except Throttled as error:
            return self._pages.told_to_wait(error)
        except Forbidden as error:
            return self._pages.told(error.wording, _NOT_FROM_HERE)
        except Unauthenticated:
            return self._pages.to_sign_in(_to())

    def ask(self, handle: SessionHandle, session: BrowserSession) -> Response:
        """The form of the code."""
        if session.waits_for != NextStep.CODE:
            return self._pages.to(_to())
        return self._code_form(handle)

    def prove(self, handle: SessionHandle, session: BrowserSession) -> Response:
        """A finished session for the right code, and the form again for every other."""
        if session.waits_for != NextStep.CODE:
            return self._pages.to(_to())
        code, address = request.form.get("code", ""), request.remote_addr or ""
        proved = self._uses.second_factors.prove(_who(session), code, address, current().received)
        if proved is None:
            return self._code_form(handle, tried=True)
        return self._start.finished(proved, self._pages.going_on(_to()))

    def offer(self, handle: SessionHandle, session: BrowserSession) -> Response:
        """The form with a new secret, as a picture and as text."""
        if not self._may_enrol(session):
            return self._pages.to(_to())
        return self._offer_form(handle, session)

    def confirm(self, handle: SessionHandle, session: BrowserSession) -> Response:
        """A finished session and recovery codes for the first right code; the form again for every other."""
        if not self._may_enrol(session):
            return self._pages.to(_to())
        form, now, name = request.form, current().received, session.subject
        offered = OfferedTo(name, session.session_id, form.get("offer", ""))
        try:
            if session.waits_for is None:
                self._uses.sign_in.require_password(name, form.get("current", ""), request.remote_addr or "")
            scope = self._uses.sign_in.scope(name)
            codes = self._uses.second_factors.confirm(scope, offered, form.get("code", ""), now)
        except Invalid as error:
            return self._offer_form(handle, session, wrong=said(error.wording))
        proved = SignedIn(name, (BY_PASSWORD, BY_CODE, MULTIPLE))
        return self._start.finished(proved, self._pages.page("recovery_codes.html", codes=codes, to=_to()))

    def _may_enrol(self, session: BrowserSession) -> bool:
        """Whether a session may get a second factor: its account has a password and none yet."""
        if session.waits_for is not None:
            return session.waits_for == NextStep.ENROLMENT
        uses, name = self._uses, session.subject
        return uses.sign_in.has_password(name) and uses.second_factors.of(name) is None

    def _code_form(self, handle: SessionHandle, *, tried: bool = False) -> Response:
        values = {"action": CODE_PATH, "to": _to(), "form_token": handle.form_token, "tried": tried}
        return self._pages.page("second_factor.html", _WRONG if tried else 200, **values)

    def _offer_form(
        self, handle: SessionHandle, session: BrowserSession, *, wrong: Said | None = None
    ) -> Response:
        again = request.form.get("offer", "")
        offer = self._uses.second_factors.offer(session.subject, session.session_id, again)
        return self._pages.page(
            "enrolment.html",
            _WRONG if wrong else 200,
            action=ENROLMENT_PATH,
            to=_to(),
            form_token=handle.form_token,
            offer=offer,
            picture=_picture(offer.address),
            required=session.waits_for is not None,
            wrong=wrong,
        )


def _who(session: BrowserSession) -> SignedIn:
    return SignedIn(session.subject, session.methods, session.roles)


def _to() -> str:
    return own_path(request.values.get("next") or ACCOUNT_PATH)


def _picture(address: str) -> str:
    """An address as a QR code, dark on light whatever the colours of the page are."""
    return segno.make(address, error="m").svg_inline(scale=4, light="#fff")


def add_second_factor(rooms: Blueprint, pages: SessionPages, uses: SessionUses) -> None:
    """Add the pages of the second factor."""
    factor = SecondFactorPages(pages, uses)

    @rooms.get(CODE_PATH)
    @public
    def ask_code() -> Response:
        return factor.answer(factor.ask)

    @rooms.post(CODE_PATH)
    @public(audited=True)
    def prove_code() -> Response:
        return factor.answer(factor.prove)

    @rooms.get(ENROLMENT_PATH)
    @public
    def offer_factor() -> Response:
        return factor.answer(factor.offer)

    @rooms.post(ENROLMENT_PATH)
    @public(audited=True)
    def confirm_factor() -> Response:
        return factor.answer(factor.confirm)
