"""An answer of one part whose length is known: whole, one range of it (RFC 9110 14), or not again (13).

Several ranges at once are answered with the whole, as 14.2 allows: a list of little ones costs more to send
than what they leave out.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Response, request

from app.http.kit.conditional import is_unchanged
from app.http.kit.problems import respond
from graph.errors import RangeUnsatisfiable

_RANGE = re.compile(r"bytes[ \t]*=[ \t,]*([0-9]{0,18})[ \t]*-[ \t]*([0-9]{0,18})[ \t,]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SinglePart:
    """What is sent: its media type, its bytes and its opaque entity tag.

    `piece` gives the bytes from one place up to another; `whole` all of them where there is a shorter way.
    """

    content_type: str
    size: int
    tag: str
    piece: Callable[[int, int], Iterable[bytes]]
    whole: Callable[[], Iterable[bytes]] | None = None


def wants_range() -> bool:
    """Whether the request in hand asks for a range of bytes."""
    return request.method == "GET" and _RANGE.fullmatch(request.headers.get("Range", "")) is not None


def answer_single(part: SinglePart) -> Response:
    """200 with the part, 206 with the range that is asked for, 304 where the client has it, 416 without any.

    Raises `PreconditionFailed` where If-Match does not hold.
    """
    tag = f'"{part.tag}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes"}
    if is_unchanged(dict(request.headers), tag):
        return Response(status=304, headers=headers)
    asked = _asked(tag)
    if asked is None:
        body = part.whole() if part.whole else part.piece(0, part.size)
        return _sent(part, body, part.size, 200, headers)
    start, end = _resolved(asked, part.size)
    if start >= end:
        refused = respond(RangeUnsatisfiable("no byte is in that range", location="Range"))
        refused.headers["Content-Range"] = f"bytes */{part.size}"
        return refused
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{part.size}"
    return _sent(part, part.piece(start, end), end - start, 206, headers)


def _asked(tag: str) -> tuple[str, str] | None:
    """First and last byte as they are written; None where the whole is wanted (13.1.5, 14.2)."""
    found = _RANGE.fullmatch(request.headers.get("Range", "")) if request.method == "GET" else None
    if found is None or found.groups() == ("", ""):
        return None
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != tag:  # a date never holds: there is no Last-Modified
        return None
    first, last = found.groups()
    return None if first and last and int(last) < int(first) else (first, last)


def _resolved(asked: tuple[str, str], size: int) -> tuple[int, int]:
    """The bytes from one place up to another that a range is of `size` bytes; none where these are equal."""
    first, last = asked
    if not first:
        return max(0, size - int(last)), size
    return min(int(first), size), min(int(last) + 1, size) if last else size


def _sent(
    part: SinglePart, body: Iterable[bytes], length: int, status: int, headers: dict[str, str]
) -> Response:
    # Passed through as it is: no content coding, under which the ranges and the tag would be others (8.8.1).
    response = Response(body, status, headers, content_type=part.content_type, direct_passthrough=True)
    response.content_length = length
    return response
