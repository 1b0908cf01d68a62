"""Reading request bodies under limits: of size, of patience, of depth.

A body is never read beyond its limit, and unpacked where its window takes packed ones only
(`app/http/kit/unpacking.py`). The web server's sockets already lose patience with a client that stops
(`app/http/kit/server.py`); the clock here also ends one that trickles through any other server.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from flask import request

from app.queries import pairs_of, require_utf8
from fhir_profiles.nesting import DEEPEST_JSON, is_nested_deeper
from graph.errors import Invalid, TimedOut, TooLarge, Unsupported
from graph.wording import marked

CHUNK = 128 << 10
LARGER = marked("the body is larger than %(limit)s bytes")
_LEAST_INTEGER, _MOST_INTEGER = -(1 << 63), (1 << 64) - 1
_LONGEST_INTEGER = len(str(_MOST_INTEGER))  # the digits of the largest; the least has as many with its sign


class Readable(Protocol):
    """What the web server gives to read from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; nothing at the end."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How slow a client may be: in each window of `seconds` it sends at least `seconds * rate` bytes."""

    seconds: float = 20.0
    rate: float = 4096.0


class BoundedBody:
    """A request body that ends at its limit, at its declared length, or when the client is too slow.

    Raises `TooLarge` beyond `limit` bytes, `Invalid` when it ends before `declared` bytes, `TimedOut` on a
    stall.
    """

    def __init__(
        self,
        stream: Readable,
        *,
        limit: int,
        declared: int | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if declared is not None and declared > limit:
            _refuse_size(limit)
        self._stream = stream
        self._limit = limit
        self._declared = declared
        self._pace = pace or Pace()
        self._clock = clock
        self._window = (clock(), 0)
        self.received = 0

    def read(self, size: int = CHUNK) -> bytes:
        """Return up to `size` bytes; nothing at the end.

        Raises `TooLarge` beyond the limit, `TimedOut` for a client that stalls, `Invalid` for a body that is
        cut.
        """
        try:
            chunk = self._stream.read(max(1, size))
        except (TimeoutError, ConnectionError) as error:
            raise TimedOut("the client stopped sending its request") from error
        self.received += len(chunk)
        if self.received > self._limit:
            _refuse_size(self._limit)
        if not chunk and self._declared is not None and self.received < self._declared:
            raise Invalid("the body ended before its Content-Length", location="Content-Length")
        self._watch_the_clock()
        return chunk

    def _watch_the_clock(self) -> None:
        opened, before = self._window
        waited = self._clock() - opened
        if waited < self._pace.seconds:
            return
        if self.received - before < waited * self._pace.rate:
            raise TimedOut("the client sent its request too slowly")
        self._window = (self._clock(), self.received)

    def chunks(self, size: int = CHUNK) -> Iterator[bytes]:
        """The whole body, a chunk at a time."""
        while chunk := self.read(size):
            yield chunk


def _refuse_size(limit: int) -> NoReturn:
    raise TooLarge(LARGER, location="body", limit=limit)


def request_body(limit: int, pace: Pace | None = None) -> BoundedBody:
    """Return the body of the request in hand as a bounded stream.

    Raises `Unsupported` for a Content-Encoding.
    """
    if content_coding():
        raise Unsupported(
            "send the body without a Content-Encoding", location="Content-Encoding", codings=("identity",)
        )
    return packed_body(limit, pace)


def packed_body(limit: int, pace: Pace | None = None) -> BoundedBody:
    """The body of the request in hand as it was sent, packed or not, as a bounded stream."""
    return BoundedBody(request.stream, limit=limit, declared=request.content_length, pace=pace)


def content_coding() -> str:
    """How the body of the request in hand is packed; empty where it is not."""
    coding = request.headers.get("Content-Encoding", "").strip().lower()
    return "" if coding == "identity" else coding


def read_body(limit: int, pace: Pace | None = None) -> bytes:
    """The whole body of the request in hand, at most `limit` bytes."""
    return b"".join(request_body(limit, pace).chunks())


def expect_media_type(*accepted: str) -> str:
    """The media type of the body; raises `Unsupported` unless it is one of `accepted`."""
    media_type = request.mimetype
    if media_type not in accepted:
        text = f"send the body as {' or '.join(accepted)}"
        raise Unsupported(text, location="Content-Type", accepted=accepted)
    return media_type


def read_form(limit: int, pace: Pace | None = None) -> list[tuple[str, str]]:
    """Return the pairs of an urlencoded form, at most `limit` bytes (WHATWG URL 5.1).

    Raises `Invalid` where it is no UTF-8.
    """
    return form_pairs(read_body(limit, pace))


def form_pairs(form: bytes) -> list[tuple[str, str]]:
    """The pairs of the text of an urlencoded form; raises `Invalid` where it is no UTF-8."""
    require_utf8(form, "body")
    return pairs_of(form.decode("utf-8"), "body")


def read_json(limit: int, pace: Pace | None = None) -> Any:
    """The body as strict JSON, for Hilum's own APIs (FHIR bodies go through `fhir_profiles.documents`)."""
    expect_media_type("application/json")
    return parse_json(read_body(limit, pace))


def parse_json(raw: bytes) -> Any:
    """Parse strict JSON: UTF-8, no duplicate names, no NaN, at most `DEEPEST_JSON` levels.

    Integers fit 64 bits, with a sign or without: what is larger can be neither kept nor written again.
    Raises `Invalid`.
    """
    try:
        found = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer
        )
        if is_nested_deeper(found):
            raise _too_deep()
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except RecursionError:
        raise _too_deep() from None
    except (UnicodeError, ValueError) as error:
        raise _no_json(error) from None
    return found


def _too_deep() -> Invalid:
    return Invalid("the JSON is nested deeper than %(most)s levels", location="body", most=DEEPEST_JSON)


def _no_json(error: ValueError) -> Invalid:
    if not isinstance(error, json.JSONDecodeError):
        return Invalid("the body is not valid JSON", location="body")
    return Invalid(
        "the body is not valid JSON: line %(line)s, column %(column)s",
        location="body",
        line=error.lineno,
        column=error.colno,
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("the JSON holds a name twice in one object", location="body")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Invalid("%(name)s is not JSON", location="body", name=name)


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER or not _LEAST_INTEGER <= int(text) <= _MOST_INTEGER:
        raise Invalid("an integer of the JSON is beyond 64 bits", location="body")
    return int(text)
