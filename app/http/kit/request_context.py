"""What is known about the request in hand: its id, when it came, and whose it is.

Time enters the application here and is passed on as data.
"""

import re
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, has_request_context, request

from graph.errors import Unauthenticated
from graph.scope import AccessScope

REQUEST_ID_HEADER = "X-Request-Id"
_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(slots=True)
class RequestContext:
    """The request in hand.

    `received` is in µs since the epoch (UTC), `started` is a monotonic time in seconds.
    """

    request_id: str
    received: int
    started: float
    scope: AccessScope | None = None
    audit: Any = None  # the open audit entry, an `app.audit.recorder.OpenEntry`
    notes: dict[str, Any] = field(default_factory=dict)


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


def request_id() -> str:
    """The id that the client, the log and the audit entry share; `-` outside a request."""
    return current().request_id if has_request_context() else "-"


def _request_id() -> str:
    offered = request.headers.get(REQUEST_ID_HEADER, "")
    return offered if _SANE_ID.fullmatch(offered) else uuid4().hex


def install_request_context(app: Flask) -> None:
    """Give every request a context, and every answer its request id. First of all installations."""
    app.before_request(_begin)
    app.after_request(_sign)


def _begin() -> None:
    current()


def _sign(answer: Response) -> Response:
    answer.headers[REQUEST_ID_HEADER] = current().request_id
    return answer
