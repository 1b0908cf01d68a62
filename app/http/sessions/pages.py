"""What the pages of this room share: how they are rendered, and where they lead."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, make_response, render_template

from app.http.kit.browsers import SIGN_IN_PATH
from app.http.kit.languages import said
from app.http.kit.own_paths import see_other
from graph.errors import Throttled
from graph.wording import Phrase, marked

ACCOUNT_PATH = "/account"
SIGN_OUT_PATH = "/auth/sign-out"
PROVIDERS_PATH = "/auth/providers"
_TOO_MANY = 429
_TRIES = marked("too many tries: wait %(seconds)s seconds")


class SessionPages:
    """Renders pages that lead to addresses below `base`."""

    def __init__(self, base: str) -> None:
        self._base = base

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page."""
        return make_response(render_template(template, **values), status)

    def told(self, wording: Phrase, status: int, *, retry_after: int | None = None) -> Response:
        """A page that says what is wrong."""
        answer = self.page("told.html", status, wrong=said(wording))
        if retry_after is not None:
            answer.headers["Retry-After"] = str(retry_after)
        return answer

    def told_to_wait(self, error: Throttled) -> Response:
        """A page that says how long to wait after too many tries."""
        wait = error.retry_after or 1
        return self.told(Phrase(_TRIES, {"seconds": wait}), _TOO_MANY, retry_after=wait)

    def going_on(self, path: str) -> Response:
        """A page that leads on by itself.

        A redirect would be held to the policy of the form that was sent before it, and where the way ends in
        an app, that form does not know its address (CSP Level 3 4.2.2).
        """
        return self.page("going_on.html", to=f"{self._base}{path}")

    def to(self, path: str) -> Response:
        """The way to another page, which is asked for with GET."""
        return see_other(f"{self._base}{path}")

    def anew(self) -> Response:
        """What has a script load the page that is open anew, by which somebody is led to sign in."""
        answer = make_response("", 204)
        answer.headers["HX-Refresh"] = "true"
        return answer

    def to_sign_in(self, path: str) -> Response:
        """The way to the page that signs in, and from there to a path."""
        return self.to(f"{SIGN_IN_PATH}?{urlencode({'next': path})}")
