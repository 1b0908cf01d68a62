"""Scripts of pages from elsewhere (Fetch 3.2, CORS): from origins that are named or registered.

Credentials of a browser are never asked for: a token travels in a header that the script sets itself.
"""

from collections.abc import Callable, Collection, Sequence

from flask import Request, Response

_READ = ", ".join(
    (
        "Accept-Ranges",
        "Content-Disposition",
        "Content-Location",
        "Content-Range",
        "ETag",
        "Location",
        "Retry-After",
        "Warning",
        "WWW-Authenticate",
        "X-Progress",
        "X-Request-Id",
        "X-Security-Context",
    )
)
_SENT = ", ".join(
    (
        "Accept",
        "Authorization",
        "Content-Encoding",
        "Content-Type",
        "If-Match",
        "If-Modified-Since",
        "If-None-Exist",
        "If-None-Match",
        "If-Range",
        "Prefer",
        "Range",
        "X-Request-Id",
        "X-Security-Context",
    )
)
_TEN_MINUTES = "600"


class CrossOrigin:
    """Lets scripts of some origins read answers; without any, no answer to who names none changes.

    `registered` tells the origins of apps (SMART App Launch 2.2, app-launch.html#considerations-for-cors).
    """

    def __init__(self, origins: Sequence[str], registered: Callable[[], Collection[str]] = tuple) -> None:
        self._origins = frozenset(origins)
        self._registered = registered

    def add(self, answer: Response, request: Request) -> None:
        """Add what a browser asks for before it lets a script of an allowed origin read the answer.

        OPTIONS with Access-Control-Request-Method is also told which methods the route has.
        """
        origin = request.headers.get("Origin")
        if self._origins:
            answer.vary.add("Origin")
        if origin is None or not (origin in self._origins or origin in self._registered()):
            return
        answer.vary.add("Origin")
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers["Access-Control-Expose-Headers"] = _READ
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            answer.headers["Access-Control-Allow-Methods"] = answer.headers.get("Allow", "")
            answer.headers["Access-Control-Allow-Headers"] = _SENT
            answer.headers["Access-Control-Max-Age"] = _TEN_MINUTES
