"""Bodies that come packed (RFC 9110 8.4): gzip, and zstd (RFC 8878), within the limit of what comes unpacked.

A piece at a time is unpacked and counted, so a bomb is refused at the limit and takes no more memory than
any body of that size. A window of zstd is 8 MiB at most (RFC 9659).
"""

import gzip
import zlib
from collections.abc import Callable, Mapping
from typing import IO, cast

import zstandard

from app.http.kit.bodies import CHUNK, BoundedBody, Readable
from graph.errors import Invalid, TooLarge, Unsupported

_WINDOW = 8 << 20
_BROKEN = (gzip.BadGzipFile, EOFError, zlib.error, zstandard.ZstdError)


def _of_gzip(packed: Readable) -> Readable:
    return gzip.GzipFile(fileobj=cast("IO[bytes]", packed), mode="rb")


def _of_zstd(packed: Readable) -> Readable:
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    return unpacker.stream_reader(cast("IO[bytes]", packed), read_size=CHUNK, read_across_frames=True)


_CODINGS: Mapping[str, Callable[[Readable], Readable]] = {
    "gzip": _of_gzip,
    "x-gzip": _of_gzip,  # the same (RFC 9110 8.4.1.3)
    "zstd": _of_zstd,
}


class UnpackedBody(BoundedBody):
    """A body as it was before it was packed, as a stream of at most `limit` bytes.

    Raises `Unsupported` for a coding that is not read; reading raises `TooLarge` beyond the limit, `Invalid`
    for what is not of that coding, and what reading the packed body raises.
    """

    def __init__(self, packed: BoundedBody, coding: str, limit: int) -> None:
        reading = _CODINGS.get(coding)
        if reading is None:
            text = "send the body as it is, or as gzip or zstd"
            raise Unsupported(text, location="Content-Encoding", codings=("gzip", "zstd"))
        super().__init__(reading(packed), limit=limit)
        self._coding = coding

    def read(self, size: int = CHUNK) -> bytes:
        """Return up to `size` bytes; nothing at the end.

        Raises `TooLarge` beyond the limit, `Invalid` for what is not of the coding.
        """
        try:
            return super().read(size)
        except _BROKEN:
            raise Invalid(f"the body is not {self._coding}", location="Content-Encoding") from None
        except TooLarge as error:
            raise TooLarge(f"{error.message} when it is unpacked", location=error.location) from None


def unpacked(packed: BoundedBody, coding: str, limit: int) -> bytes:
    """The whole body as it was before it was packed; raises what `UnpackedBody` does."""
    return b"".join(UnpackedBody(packed, coding, limit).chunks())
