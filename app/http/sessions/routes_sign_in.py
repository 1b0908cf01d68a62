"""`/auth/sign-in` and `/auth/sign-out`: a session begins and ends at this browser.

Anybody may open the page, also who is signed in: whoever proves who they are gets a new session, and the one
that this browser had ends. A form of another site signs nobody in or out.
"""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.http.kit.browsers import LARGEST_FORM, SIGN_IN_PATH
from app.http.kit.guard import public
from app.http.kit.own_paths import own_path
from app.http.kit.request_context import asking, current
from app.http.sessions.beginning import SessionStart
from app.http.sessions.pages import PROVIDERS_PATH, SIGN_OUT_PATH, SessionPages
from app.http.sessions.uses import SessionUses
from graph.errors import Forbidden, Throttled, Unauthenticated

_WRONG, _NOT_FROM_HERE = 403, 403
_LEAVE_NOTHING = '"storage"'  # Clear-Site-Data


class SignInPages:
    """The pages of a sign-in."""

    def __init__(self, pages: SessionPages, uses: SessionUses) -> None:
        self._pages = pages
        self._uses = uses
        self._start = SessionStart(pages, uses)

    def answer(self, respond: Callable[[], Response]) -> Response:
        """The answer of a page, or a page that says what is wrong."""
        request.max_content_length = LARGEST_FORM
        try:
            if not self._uses.browsers.may_sign_in:
                raise Forbidden("signing in at a browser needs an address with https")
            if request.method == "POST":
                self._uses.browsers.require_own_page(request)
            return respond()
        except Throttled as error:
            return self._pages.told_to_wait(error)
        except Forbidden as error:
            return self._pages.told(error.wording, _NOT_FROM_HERE)

    def ask(self) -> Response:
        """The form of name and password."""
        return self._form(own_path(request.args.get("next")))

    def sign_in(self) -> Response:
        """A session for the right name and password, and the form again for everything else."""
        form, to = request.form, own_path(request.form.get("next"))
        name = form.get("name", "").strip()
        found = self._uses.sign_in.by_password(name, form.get("password", ""), asking(name))
        if found is None:
            return self._form(to, tried=True)
        try:
            return self._start.of(found, to)
        except Unauthenticated:
            return self._form(to, tried=True)

    def sign_out(self) -> Response:
        """No session at this browser any more."""
        browsers = self._uses.browsers
        answer = self._pages.page("signed_out.html")
        handle = browsers.handle_of(request)
        if handle is not None:
            browsers.require_own_form(request, handle)
            session = self._uses.sessions.find(handle, current().received)
            asking(session.subject if session else "")
            self._uses.sessions.end(handle)
            browsers.take(answer)
            answer.headers["Clear-Site-Data"] = _LEAVE_NOTHING
        return answer

    def _form(self, to: str, *, tried: bool = False) -> Response:
        status = _WRONG if tried else 200
        elsewhere = {
            f"{PROVIDERS_PATH}/{name}?{urlencode({'next': to})}": title
            for name, title in self._uses.providers.titles.items()
        }
        values = {"action": SIGN_IN_PATH, "to": to, "tried": tried, "elsewhere": elsewhere}
        return self._pages.page("sign_in.html", status, **values)


def add_sign_in(rooms: Blueprint, pages: SessionPages, uses: SessionUses) -> None:
    """Add the pages of signing in and out."""
    signing = SignInPages(pages, uses)

    @rooms.get(SIGN_IN_PATH)
    @public
    def ask_who() -> Response:
        return signing.answer(signing.ask)

    @rooms.post(SIGN_IN_PATH)
    @public(audited=True)
    def sign_in() -> Response:
        return signing.answer(signing.sign_in)

    @rooms.post(SIGN_OUT_PATH)
    @public(audited=True)
    def sign_out() -> Response:
        return signing.answer(signing.sign_out)
