"""How a session begins at a browser: in place of the one before, finished or waiting for the next step."""

from urllib.parse import urlencode

from flask import Response, request

from app.http.kit.browsers import which_browser
from app.http.kit.request_context import current
from app.http.sessions.pages import SessionPages
from app.http.sessions.uses import SessionUses
from app.security.authorization.signing_in import SignedIn
from app.security.second_factors import NextStep

CODE_PATH, ENROLMENT_PATH = "/auth/second-factor", "/auth/second-factor/enrolment"
_PATHS = {NextStep.CODE: CODE_PATH, NextStep.ENROLMENT: ENROLMENT_PATH}


class SessionStart:
    """Begins sessions, and leads where people wanted to go."""

    def __init__(self, pages: SessionPages, uses: SessionUses) -> None:
        self._pages = pages
        self._uses = uses

    def of(self, found: SignedIn, to: str) -> Response:
        """The way to a path for somebody who proved who they are, by way of what is still missing.

        Raises `Unauthenticated` where the account was disabled meanwhile.
        """
        step = self._uses.second_factors.next_step(found)
        if step is None:
            return self.finished(found, self._pages.going_on(to))
        on = self._pages.to(f"{_PATHS[step]}?{urlencode({'next': to})}")
        return self._begun(found, on, step)

    def finished(self, found: SignedIn, answer: Response) -> Response:
        """An answer after which somebody is in; raises `Unauthenticated`."""
        return self._begun(found, answer, None)

    def _begun(self, found: SignedIn, answer: Response, step: NextStep | None) -> Response:
        browsers, now = self._uses.browsers, current().received
        before = browsers.handle_of(request)
        browser = which_browser(request)
        handle = self._uses.sessions.begin(found, browser, now, replaced=before, waits_for=step)
        browsers.give(answer, handle)
        return answer
