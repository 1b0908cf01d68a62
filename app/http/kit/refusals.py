"""Requests that never reach the application: what is wrong with them as HTTP, and the answer that they get.

Nothing of what the client sent stands in the answer or in the log.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson
from gunicorn.http import Request
from gunicorn.http.errors import (
    ExpectationFailed,
    InvalidHeader,
    InvalidRequestLine,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)

from app.http.kit.headers import CONTENT_POLICY, EVERY, AnswerKind
from app.http.kit.logging import note_refusal, note_unforeseen
from app.http.kit.request_context import REQUEST_ID_HEADER

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(:[0-9]*)?")  # RFC 3986 3.2
_MALFORMED, _UNFORESEEN = 400, 500
_STATUS: Mapping[type[BaseException], int] = {
    LimitRequestLine: 414,  # RFC 9112 3
    ExpectationFailed: 417,  # RFC 9110 10.1.1
    LimitRequestHeaders: 431,  # RFC 6585 5
    UnsupportedTransferCoding: 501,  # RFC 9112 6.1
}
_TITLE: Mapping[int, str] = {
    _MALFORMED: "Bad Request",
    414: "URI Too Long",
    417: "Expectation Failed",
    431: "Request Header Fields Too Large",
    _UNFORESEEN: "Internal Server Error",
    501: "Not Implemented",
}


def check_host(request: Request) -> None:
    """Refuse a request without a Host, with two, or with one that is no host (RFC 9112 3.2).

    HTTP/1.0 knows no Host and may leave it out. Raises `InvalidHeader`.
    """
    hosts = [value for name, value in request.headers if name == "HOST"]
    old = request.version is not None and request.version < (1, 1)
    if (old and not hosts) or (len(hosts) == 1 and _HOST.fullmatch(hosts[0])):
        return
    raise InvalidHeader("HOST")


def check_target(request: Request) -> None:
    """Refuse a target of bytes that are no text: RFC 3986 knows ASCII only, and clients send UTF-8 beside it.

    Raises `InvalidRequestLine`.
    """
    try:
        (request.uri or "").encode("latin-1").decode("utf-8")
    except UnicodeError as error:
        raise InvalidRequestLine("a target that is no text") from error


def refusal(error: BaseException) -> bytes:
    """The whole answer to what was no request, or failed unforeseen; the log is told of it too."""
    malformed = isinstance(error, ParseException)
    status = _STATUS.get(type(error), _MALFORMED) if malformed else _UNFORESEEN
    request_id = uuid4().hex
    if malformed:
        note_refusal(request_id=request_id, error=error, status=status)
    else:
        note_unforeseen(request_id=request_id, error=error)
    return _answer(status, request_id)


def _answer(status: int, request_id: str) -> bytes:
    title = _TITLE[status]
    told: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "requestId": request_id}
    body = orjson.dumps(told)
    head = (
        f"HTTP/1.1 {status} {title}",
        "Connection: close",
        "Content-Type: application/problem+json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in EVERY.items()),
        f"Content-Security-Policy: {CONTENT_POLICY[AnswerKind.DATA]}",
        f"{REQUEST_ID_HEADER}: {request_id}",
    )
    return "\r\n".join((*head, "", "")).encode() + body
