"""The parser of multipart/related: the library's, with what RFC 2046 allows and the library does not take."""

import re
from collections.abc import Iterator
from typing import Any

from multipart import (  # type: ignore[import-untyped]
    MultipartSegment,
    ParserError,
    PushMultipartParser,
)

_STRAY = re.compile("Unexpected bytes? after (?:first )?boundary")
_PADDING = re.compile(rb"[ \t]+(?:\r\n|\r?\Z)")


class RelatedParser(PushMultipartParser):  # type: ignore[misc]
    """Parts of any media type, whose delimiters may be followed by transport padding (RFC 2046 5.1.1).

    Padding is rare, so nothing looks for it until the library refuses a delimiter; from that one on it is
    taken out of what the library reads.
    """

    def __init__(self, boundary: str, **limits: int) -> None:
        super().__init__(boundary, **limits)
        self._buffer: bytes
        self._dashed = re.escape(b"--" + boundary.encode())
        self._pads = False

    def parse(self, chunk: bytes) -> Iterator[Any]:
        """The events of a chunk, or of the end where it is empty; raises `MultipartError`."""
        if not self._pads:
            held = self._buffer
            try:
                yield from super().parse(chunk)
                return
            except ParserError as error:
                padded = self._padded(held + chunk) if _STRAY.search(str(error)) else None
                if padded is None:
                    raise
            # The library has passed on all that comes before this delimiter, and closed itself.
            chunk, self._pads, self.closed, self.error = padded, True, False, None
        yield from self._without_padding(chunk)

    def _padded(self, refused: bytes) -> bytes | None:
        """What begins with the delimiter that was refused; None where no padding follows it."""
        found = re.search(rb"%s(?!\r\n|--)" % self._delimiter_form, refused)
        if found is None or not _PADDING.match(refused, found.end()):
            return None
        return refused[found.start() :]

    def _without_padding(self, chunk: bytes) -> Iterator[Any]:
        form, data, rest = self._delimiter_form, self._buffer + chunk, b""
        self._buffer = b""
        data = re.sub(rb"(%s)[ \t]+(?=\r\n)" % form, rb"\1", data)
        unfinished = re.search(rb"%s[ \t]+\r?\Z" % form, data)
        if chunk and unfinished and len(unfinished[0]) <= self.max_header_size:
            data, rest = data[: unfinished.start()], unfinished[0]
        if data or not chunk:
            yield from super().parse(data)
        self._buffer += rest

    @property
    def _delimiter_form(self) -> bytes:
        """A delimiter as a regular expression; the first may begin the body (RFC 2046 5.1.1)."""
        return (rb"\r\n" if self._segment_count else rb"(?:\A|\r\n)") + self._dashed

    def _create_segment(self, headerlist: list[tuple[str, str]]) -> MultipartSegment:
        segment = MultipartSegment([])  # without the rules of form-data
        segment.headerlist = headerlist
        return segment
