"""Open a channel for events (PS3.18 8.10.4): a WebSocket, or server-sent events for who has none."""

from flask import Response, request

from app.http.kit.handover import HandedConnection, Handover
from app.http.kit.negotiation import parse_accept
from app.http.kit.request_context import current
from app.http.kit.sockets import is_socket, request_head
from app.imaging.worklist.subscribing import check_title
from graph.errors import Forbidden, Invalid, Unauthenticated
from graph.scope import AccessScope

_STREAM = "text/event-stream"


class EventViews:
    """The answer to who wants to be told of workitems."""

    def __init__(self, handover: Handover) -> None:
        self._handover = handover

    def open(self, scope: AccessScope, aetitle: str) -> Response:
        """The connection goes to who keeps it open; its status is theirs, and no byte of this answer leaves.

        Raises `Invalid` for what asks for neither form, `Forbidden` for a page from elsewhere, `Throttled`
        where the caller has too many channels, `Unavailable` where nobody keeps them, `Unauthenticated`
        where nobody asks.
        """
        check_title(aetitle)
        if request.method != "GET" or not (is_socket() or _is_stream()):
            raise Invalid("open a WebSocket, or accept text/event-stream", location="Upgrade")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._handover.origins:
            raise Forbidden("pages from elsewhere open no channel here", location="Origin", code="forbidden")
        credentials = current().credentials
        if credentials is None:
            raise Unauthenticated("this needs an access token")
        handed = HandedConnection(request_head("/subscribers"), credentials, scope.subject, aetitle, _last())
        handing = self._handover.begin(handed, request.environ.get("gunicorn.socket"))
        answer = Response(handing.body(), content_type=_STREAM)
        answer.call_on_close(handing.close)
        return answer


def _is_stream() -> bool:
    return any(str(each).startswith(_STREAM) for each in parse_accept(request.headers.get("Accept")))


def _last() -> int | None:
    """The event that a client of server-sent events has come to, which it says when it comes again."""
    text = request.headers.get("Last-Event-ID", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004
