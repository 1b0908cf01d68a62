"""What a compressed frame says of itself: its size, precision and colour, read without decoding it.

A decoder allocates what the codestream asks for, so this is compared with the header of the instance first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from struct import Struct, error

from app.imaging.render.faults import Unrenderable

_SEGMENT = Struct(">BBH")
_FRAME_HEADER = Struct(">BHHB")
_SIZE = Struct(">HIIIIIIIIH")
_SOI, _SOC_SIZ = b"\xff\xd8", b"\xff\x4f\xff\x51"
_JP2_SIGNATURE, _CODESTREAM_BOX = b"\0\0\0\x0cjP  ", b"jp2c"
_MARKER = 0xFF
_CAP = b"\xff\x50"
_COD, _LEVELS_AT = b"\xff\x52", 9
_SOS, _APP0, _APP14 = 0xDA, 0xE0, 0xEE
_START_OF_FRAME = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}  # and SOF55 of JPEG-LS
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a segment
_ADOBE_LENGTH = 12
_JPEG_XL = (b"\xff\x0a", b"\0\0\0\x0cJXL ")
_SIGN, _DEPTH = 0x80, 0x7F
_RGB = b"RGB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Codestream:
    """The header of a codestream; `precision` is in bits.

    `colour` is what it says that its three components are, "RGB" or "YBR"; None where it says nothing.
    `levels` is how often it halves the picture.
    """

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool = False
    colour: str | None = None
    levels: int = 0

    def is_of(self, rows: int, columns: int, samples: int) -> bool:
        """Whether it holds a picture of this size."""
        return (self.rows, self.columns, self.components) == (rows, columns, samples)


class Compression(Enum):
    """What a codestream is, as it says itself."""

    JPEG = "ISO 10918-1"
    JPEG_LOSSLESS = "ISO 10918-1, process 14"
    JPEG_LS = "ISO 14495-1"
    JPEG_2000 = "ISO 15444-1"
    HTJ2K = "ISO 15444-15"
    JPEG_XL = "ISO 18181"


_COMPRESSIONS = {0xC3: Compression.JPEG_LOSSLESS, 0xF7: Compression.JPEG_LS}  # SOF3, SOF55


def compression_of(data: bytes) -> Compression | None:
    """What a codestream is by its first markers; None where it does not begin as one."""
    if data.startswith((_SOC_SIZ, _JP2_SIGNATURE)):
        return Compression.HTJ2K if _is_high_throughput(data) else Compression.JPEG_2000
    if data.startswith(_JPEG_XL):
        return Compression.JPEG_XL
    if not data.startswith(_SOI):
        return None
    for marker, _ in _segments(data):
        if marker in _START_OF_FRAME:
            return _COMPRESSIONS.get(marker, Compression.JPEG)
    return None


def _is_high_throughput(data: bytes) -> bool:
    """Whether a CAP marker follows the SIZ one (ISO 15444-15 A.3)."""
    at = data.find(_SOC_SIZ) + len(_SOC_SIZ)
    return data.startswith(_CAP, at + int.from_bytes(data[at : at + 2], "big"))


def read_jpeg(data: bytes) -> Codestream:
    """Read the frame header of ISO 10918-1 or ISO 14495-1; raises `Unrenderable` where there is none."""
    colour: str | None = None
    for marker, segment in _segments(data):
        if marker == _APP14 and segment[:5] == b"Adobe" and len(segment) >= _ADOBE_LENGTH:
            colour = "YBR" if segment[11] else "RGB"  # T.872 6.5.3
        elif marker == _APP0 and segment[:4] == b"JFIF":
            colour = colour or "YBR"
        elif marker in _START_OF_FRAME:
            return _of_frame_header(segment, colour)
    raise Unrenderable("the codestream has no frame header")


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = data.find(_SOI) + len(_SOI)
    while at + _SEGMENT.size <= len(data):
        if data[at] != _MARKER:
            return
        if data[at + 1] == _MARKER:  # a fill byte (B.1.1.2)
            at += 1
            continue
        _, marker, length = _SEGMENT.unpack_from(data, at)
        if marker in _ALONE:
            at += 2
            continue
        if marker == _SOS:
            return
        yield marker, data[at + 4 : at + 2 + length]
        at += 2 + length


def _of_frame_header(segment: bytes, colour: str | None) -> Codestream:
    try:
        precision, rows, columns, count = _FRAME_HEADER.unpack_from(segment)
        parts = segment[_FRAME_HEADER.size : _FRAME_HEADER.size + 3 * count]
    except error:
        raise Unrenderable("the frame header of the codestream is cut") from None
    if colour is None and parts[0::3] == _RGB:
        colour = "RGB"
    elif colour is None and len(set(parts[1::3])) > 1:  # only chroma is ever subsampled
        colour = "YBR"
    return Codestream(rows=rows, columns=columns, components=count, precision=precision, colour=colour)


def read_jpeg2000(data: bytes) -> Codestream:
    """Read the SIZ marker of ISO 15444-1 A.5.1; raises `Unrenderable` where there is none."""
    at = data.find(_SOC_SIZ) + len(_SOC_SIZ)
    if at < len(_SOC_SIZ):
        raise Unrenderable("the codestream has no SIZ marker")
    try:
        _, right, lower, left, upper, *_, count = _SIZE.unpack_from(data, at + 2)
        depth = data[at + 2 + _SIZE.size]
    except (error, IndexError):
        raise Unrenderable("the SIZ marker of the codestream is cut") from None
    return Codestream(
        rows=lower - upper,
        columns=right - left,
        components=count,
        precision=(depth & _DEPTH) + 1,
        signed=bool(depth & _SIGN),
        levels=_levels(data, at),
    )


def _levels(data: bytes, at: int) -> int:
    """The decomposition levels of the first COD marker (A.6.1); 0 where there is none."""
    found = data.find(_COD, at)
    return data[found + _LEVELS_AT] if 0 <= found < len(data) - _LEVELS_AT else 0


def bare_jpeg2000(data: bytes) -> bytes:
    """The codestream itself where it came in a JP2 file, which PS3.5 8.2.4 does not allow and some send."""
    if not data.startswith(_JP2_SIGNATURE):
        return data
    at = data.find(_CODESTREAM_BOX)
    return data[at + len(_CODESTREAM_BOX) :] if at > 0 else data
