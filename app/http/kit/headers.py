"""Headers that every answer carries: what a browser may do with it, and that nobody keeps it.

One table a kind of answer. Under the address of an API everything is data, whatever media type it has: a
stored HTML document is no page of ours. A view that sets one of these headers itself keeps its own.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType

from flask import Response

_FEATURES = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture"),
    *("geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb"),
)
"""What no page here asks a browser for (Permissions Policy 1)."""

EVERY: Mapping[str, str] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": ", ".join(f"{each}=()" for each in _FEATURES),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
)

_OF_PAGES: Mapping[str, str] = MappingProxyType({"Referrer-Policy": "same-origin"})
"""Pages have forms, and under `no-referrer` browsers do not say where a form comes from (Fetch 3.2)."""


class AnswerKind(StrEnum):
    """What an answer is to a browser."""

    DATA = "data"
    PAGE = "page"


CONTENT_POLICY: Mapping[AnswerKind, str] = MappingProxyType(
    {
        # Nothing runs, whatever the data are.
        AnswerKind.DATA: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "sandbox",
        # Nothing but our own files.
        AnswerKind.PAGE: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    }
)
_POLICY = "Content-Security-Policy"
VIEWER_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        # OHIF unpacks pictures by WebAssembly in workers, writes styles into its page, and functions for its
        # codecs and segmentations.
        _POLICY: "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; "
        "connect-src 'self' data: blob:; worker-src 'self' blob:; frame-src blob:; object-src blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        # Alone in its process, so that its workers may share memory (HTML 7.1.4).
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
)
"""Of the viewer's page, and of its scripts: a worker has the policy of its script (CSP 3, 4.2.2)."""
_HTML = "text/html"


def page_policy(source: str) -> str:
    """The policy of a page whose form may lead to another place as well, named as CSP Level 3 2.3.1 does."""
    plain = CONTENT_POLICY[AnswerKind.PAGE]
    return plain.replace("form-action 'self'", f"form-action 'self' {source}")


STAY_SECURE = "max-age=31536000; includeSubDomains"
"""A year, for what is below the host as well (RFC 6797 6.1)."""

_WITHOUT_CONTENT = frozenset({204, 304})


def leave_out_content(answer: Response) -> None:
    """Say no media type of content that is not there (RFC 9110 8.3, PS3.18 8.7.9).

    Flask calls an answer of nothing a page, which no view of ours did.
    """
    is_empty = answer.is_sequence and not any(answer.response)
    if (is_empty and answer.mimetype == _HTML) or answer.status_code in _WITHOUT_CONTENT:
        answer.headers.pop("Content-Type", None)


class Protection:
    """The headers of every answer; under an https `base_url` browsers are told to stay with https.

    Below the paths of `interfaces`, as `/fhir`, nothing is a page.
    """

    def __init__(self, base_url: str, interfaces: Collection[str] = ()) -> None:
        self._interfaces = tuple(f"{each}/" for each in interfaces)
        every = dict(EVERY)
        if base_url.startswith("https:"):
            every["Strict-Transport-Security"] = STAY_SECURE
        of_kind = {AnswerKind.DATA: every, AnswerKind.PAGE: {**every, **_OF_PAGES}}
        self._headers = {
            kind: list({**of_kind[kind], _POLICY: policy}.items()) for kind, policy in CONTENT_POLICY.items()
        }

    def add(self, answer: Response, path: str) -> None:
        """Add the headers that the answer to a request for a path does not have itself."""
        own = {name.lower() for name, _ in answer.headers}
        is_page = answer.mimetype == _HTML and not path.startswith(self._interfaces)
        headers = self._headers[AnswerKind.PAGE if is_page else AnswerKind.DATA]
        answer.headers.extend([pair for pair in headers if pair[0].lower() not in own])
