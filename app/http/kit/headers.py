"""Headers that every answer carries: what a browser may do with it, and that nobody keeps it.

Data answers get a policy under which nothing runs; pages get one that allows Hilum's own files only. A view
that sets one of these headers itself keeps its own.
"""

from collections.abc import Mapping

from flask import Response

_EVERY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Nothing runs, whatever the data are."""

FORM_REFERRER: Mapping[str, str] = {"Referrer-Policy": "same-origin"}
"""Of a page with a form: under `no-referrer` browsers do not say where a form comes from (Fetch 3.2)."""

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page_policy(source: str) -> str:
    """The policy of a page whose form may lead to another place as well, named as CSP Level 3 2.3.1 does."""
    return _PAGE_POLICY.replace("form-action 'self'", f"form-action 'self' {source}")


_ONE_YEAR = "max-age=31536000"


_WITHOUT_CONTENT = frozenset({204, 304})


def leave_out_content(answer: Response) -> None:
    """Say no media type of content that is not there (RFC 9110 8.3, PS3.18 8.7.9)."""
    if answer.status_code in _WITHOUT_CONTENT:
        answer.headers.pop("Content-Type", None)


class Protection:
    """The headers of every answer; under an https `base_url` browsers are told to stay with https."""

    def __init__(self, base_url: str) -> None:
        every = dict(_EVERY)
        if base_url.startswith("https:"):
            every["Strict-Transport-Security"] = _ONE_YEAR
        self._data = list({**every, "Content-Security-Policy": DATA_POLICY}.items())
        self._page = list({**every, "Content-Security-Policy": _PAGE_POLICY}.items())

    def add(self, answer: Response) -> None:
        """Add the headers that the answer does not have itself."""
        own = {name.lower() for name, _ in answer.headers}
        policy = self._page if answer.mimetype == "text/html" else self._data
        answer.headers.extend([pair for pair in policy if pair[0].lower() not in own])
