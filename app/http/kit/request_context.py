"""What is known about the request in hand: its id, when it came, and whose it is.

Time enters the application here and is passed on as data.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from flask import Response, g, has_request_context, request

from app.admission import OpenEntry
from app.security.browser_sessions import SessionHandle
from graph.errors import Unauthenticated
from graph.scope import AccessScope

REQUEST_ID_HEADER = "X-Request-Id"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")


@dataclass(slots=True)
class RequestContext:
    """The request in hand.

    `received` is in µs since the epoch (UTC), `started` is a monotonic time in seconds.
    """

    request_id: str
    received: int
    started: float
    scope: AccessScope | None = None
    entry: OpenEntry | None = None  # the audit entry, open until the answer leaves
    counted: bool = False  # among the requests in flight
    credentials: str | SessionHandle | None = None  # what the caller showed
    handle: SessionHandle | None = None  # of a page: what the browser keeps of its session
    form: Sequence[tuple[str, str]] = ()  # the pairs of a form that came as the body, once it was read


def current() -> RequestContext:
    """The context of the request in hand; made on first use."""
    context: RequestContext | None = g.get("hilum")
    if context is None:
        context = RequestContext(_request_id(), time.time_ns() // 1000, time.perf_counter())
        g.hilum = context
    return context


def current_scope() -> AccessScope:
    """The rights of the caller; raises `Unauthenticated` on a route that asks for none."""
    scope = current().scope
    if scope is None:
        raise Unauthenticated("this needs an access token")
    return scope


def current_handle() -> SessionHandle:
    """What the browser keeps of its session; raises `Unauthenticated` on a route that asks for none."""
    handle = current().handle
    if handle is None:
        raise Unauthenticated("nobody is signed in at this browser", code="login")
    return handle


def asking(client: str) -> str:
    """Note in the audit who says to be asking; the address that they ask from."""
    entry = current().entry
    if entry is not None:
        entry.claimed_by(client)
    return request.remote_addr or ""


def request_id() -> str:
    """The id that the client, the log and the audit entry share; `-` outside a request."""
    return current().request_id if has_request_context() else "-"


def _request_id() -> str:
    """The id that the client offers where it is a UUID, so that what the log keeps can say nothing."""
    offered = request.headers.get(REQUEST_ID_HEADER, "")
    return offered if _UUID.fullmatch(offered) else uuid4().hex


def sign(answer: Response, context: RequestContext) -> None:
    """Give the answer the id of its request."""
    answer.headers[REQUEST_ID_HEADER] = context.request_id
