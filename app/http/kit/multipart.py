"""multipart/related (RFC 2387, PS3.18 8.6.1.2), read and written as a stream.

Reading: parts come lazily and in order, each as headers and an iterator of chunks; memory is one chunk,
whatever the size. What a consumer leaves of a part is skipped when the next one is asked for. Writing: a
generator, with the whole length where the parts' lengths are known.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
)

from app.http.kit.bodies import CHUNK, BoundedBody
from app.http.kit.negotiation import MediaType, parse_media_type
from app.http.kit.related_parser import RelatedParser
from graph.errors import HilumError, Invalid, TooLarge, Unsupported

_LINE_END = b"\r\n"
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


@dataclass(frozen=True, slots=True)
class PartLimits:
    """The most parts, and the most bytes of one part, of its header lines and their number."""

    parts: int = 10_000
    part_size: int = 4 << 30
    header_size: int = 4096
    headers: int = 16


@dataclass(frozen=True, slots=True)
class RelatedPart:
    """One part: its headers (names in Title-Case), its media type where it names one, and its bytes."""

    headers: Mapping[str, str]
    media_type: MediaType | None
    chunks: Iterator[bytes]


def boundary_of(content_type: str) -> str:
    """The boundary of a multipart/related Content-Type; raises `Unsupported` or `Invalid`."""
    media_type = parse_media_type(content_type)
    if media_type is None or media_type.name != "multipart/related":
        text = "send the body as multipart/related"
        raise Unsupported(text, location="Content-Type", accepted=("multipart/related",))
    boundary = media_type.parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise Invalid(
            "the multipart boundary is missing or malformed (1 to 70 characters)", location="Content-Type"
        )
    return boundary


def read_related(
    body: BoundedBody, content_type: str, limits: PartLimits | None = None
) -> Iterator[RelatedPart]:
    """The parts of a multipart/related body, one at a time, in order.

    Raises `Invalid` on a malformed or unfinished body, `TooLarge` beyond the limits, `Unsupported` for
    another type and for a part that is multipart itself; these may come after parts that were good.
    """
    limits = limits or PartLimits()
    parser = RelatedParser(
        boundary_of(content_type),
        max_header_size=limits.header_size,
        max_header_count=limits.headers,
        max_segment_size=limits.part_size,
        max_segment_count=limits.parts,
    )
    events = _events(parser, body, limits)
    for event in events:
        if isinstance(event, MultipartSegment):
            part = _part(event, events)
            yield part
            for _ in part.chunks:
                pass


def _events(parser: RelatedParser, body: BoundedBody, limits: PartLimits) -> Iterator[Any]:
    try:
        while not parser.closed:
            chunk = body.read(CHUNK)
            yield from parser.parse(chunk)
            if not chunk:
                return
    except ParserLimitReached as error:
        raise _beyond_limit(str(error), limits) from None
    except MultipartError:
        raise Invalid("the multipart body is malformed or ends early", location="body") from None


def _beyond_limit(reason: str, limits: PartLimits) -> HilumError:
    if "header" in reason:
        return Invalid("the header of a part is too long", location="body")
    if "count" in reason:
        return TooLarge(f"more than {limits.parts} parts", location="body")
    return TooLarge(f"a part is larger than {limits.part_size} bytes", location="body")


def _part(segment: MultipartSegment, events: Iterator[Any]) -> RelatedPart:
    headers = dict(segment.headerlist)
    media_type = parse_media_type(headers.get("Content-Type", ""))
    if media_type is not None and media_type.type == "multipart":
        raise Unsupported("a part may not be multipart itself", location="Content-Type")
    return RelatedPart(headers, media_type, _payload(events))


def _payload(events: Iterator[Any]) -> Iterator[bytes]:
    """The chunks up to the end of the part (which the parser marks with None)."""
    for event in events:
        if event is None:
            return
        yield event


@dataclass(frozen=True, slots=True)
class OutgoingPart:
    """A part to send: header lines, its bytes, and how many they are where that is known (table 8.6.1-1)."""

    headers: Mapping[str, str]
    body: Iterable[bytes]
    length: int | None = None

    def head(self, boundary: str) -> bytes:
        """The dashed boundary and the header lines before the bytes."""
        length = {} if self.length is None else {"Content-Length": str(self.length)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**self.headers, **length}.items())
        return f"--{boundary}\r\n{lines}\r\n".encode("latin-1")


def related_content_type(part_type: str, boundary: str) -> str:
    """The Content-Type of an answer whose parts are of `part_type`."""
    return str(MediaType("multipart", "related", {"type": part_type, "boundary": boundary}))


def write_related(parts: Iterable[OutgoingPart], boundary: str) -> Iterator[bytes]:
    """The body of a multipart/related answer; each delimiter travels with the header lines after it.

    The line end of a delimiter ends what comes before it, so the first one has none (RFC 2046 5.1.1).
    """
    line_end = b""
    for part in parts:
        yield line_end + part.head(boundary)
        yield from part.body
        line_end = _LINE_END
    yield line_end + _close(boundary)


def related_length(parts: Sequence[OutgoingPart], boundary: str) -> int | None:
    """The Content-Length of `write_related`, or None when some part's length is unknown."""
    total = len(_close(boundary)) + len(_LINE_END) * len(parts)
    for part in parts:
        if part.length is None:
            return None
        total += len(part.head(boundary)) + part.length
    return total


def _close(boundary: str) -> bytes:
    return f"--{boundary}--\r\n".encode("latin-1")
