"""Compressed pixel data that comes as media types (PS3.18 tables 8.7.3-5 and 10.5.2-1): which transfer syntax
it is in, what its codestream says of the picture, and how it is encapsulated (PS3.5 A.4).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from struct import error as struct_error
from struct import pack, unpack_from
from typing import Any

import orjson

from app.imaging.assembly.encoding import LONGEST, header
from app.imaging.store.elements import PIXEL_DATA
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of

_ROOT = "1.2.840.10008.1.2."
OCTETS = "application/octet-stream"
EXPLICIT_LITTLE, _BIG = f"{_ROOT}1", f"{_ROOT}2"
# What a part without a transfer-syntax parameter is in: the default of table 8.7.3-5.
_DEFAULTS: Mapping[str, str] = {
    OCTETS: EXPLICIT_LITTLE,
    "image/jpeg": f"{_ROOT}4.70",
    "image/jls": f"{_ROOT}4.80",
    "image/jp2": f"{_ROOT}4.90",
    "image/jpx": f"{_ROOT}4.92",
    "image/jphc": f"{_ROOT}4.201",
    "image/jxl": f"{_ROOT}4.110",
    "image/dicom-rle": f"{_ROOT}5",
    "video/mpeg": f"{_ROOT}4.100",
    "video/mp4": f"{_ROOT}4.102",
    "video/h265": f"{_ROOT}4.107",
}
_JPEG, _JPEG_2000 = (
    frozenset({"image/jpeg", "image/jls"}),
    frozenset({"image/jp2", "image/jpx", "image/jphc"}),
)
_HEAD = 64 << 10  # bytes in which a codestream says what it is
_BY_FRAME_HEADER = {0xC0: f"{_ROOT}4.50", 0xC1: f"{_ROOT}4.51", 0xC3: f"{_ROOT}4.70"}
_BASELINE, _EXTENDED, _LOSSLESS, _JPEG_LS = 0xC0, 0xC1, 0xC3, 0xF7
_SOS, _SOI, _APP14 = 0xDA, 0xD8, 0xEE
_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_COLOUR = 3
_FRAMES = 0x00280008
PHOTOGRAPHS = frozenset({"image/png", "image/gif"})
"""Media types that no transfer syntax keeps: their pixels are stored as they are (table 10.5.2-1)."""


@dataclass(frozen=True, slots=True)
class PixelPart:
    """One part of pixel data: its media type, its transfer syntax where it names one, and its bytes."""

    media_type: str
    transfer_syntax: str | None
    size: int
    read: Callable[[int, int], bytes]
    chunks: Callable[[], Iterable[bytes]]
    description: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """What a photograph was found to be that is plain pixels now."""

    def head(self) -> bytes:
        """As much as says what a codestream is."""
        return self.read(0, _HEAD)


@dataclass(frozen=True, slots=True)
class _Picture:
    """What a codestream says: its frame header (JPEG), size, samples, bits, and how colour is kept."""

    kind: int
    rows: int
    columns: int
    samples: int
    bits: int
    signed: bool = False
    photometric: str = "RGB"


def pixel_syntax(parts: Sequence[PixelPart]) -> str:
    """The transfer syntax that a file of these pixels is in; raises `Refused` where there is none.

    Pixels alone are the same bytes in every native syntax but the big endian one. A JPEG without a parameter
    is what its frame header says: senders of photographs name none.
    """
    first = parts[0]
    if first.transfer_syntax == _BIG:
        raise Refused("Bulk data is little endian.", tag=PIXEL_DATA)
    if first.transfer_syntax:
        return first.transfer_syntax if syntax_of(first.transfer_syntax).encapsulated else EXPLICIT_LITTLE
    if first.media_type not in _DEFAULTS:
        raise Refused("No transfer syntax keeps pixels of this media type.", tag=PIXEL_DATA)
    picture = _picture(first)
    said = _BY_FRAME_HEADER.get(picture.kind) if picture and first.media_type == "image/jpeg" else None
    return said or _DEFAULTS[first.media_type]


def pixel_description(part: PixelPart) -> dict[int, dict[str, Any]]:
    """The Image Pixel Description Macro that a codestream tells (10.5.2); empty where it tells none."""
    picture = _picture(part)
    if picture is None:
        return {}
    return _macro(picture)


def photograph_description(told: bytes) -> dict[int, dict[str, Any]]:
    """The macro of a photograph that was developed, and its number of frames where it moves."""
    found = orjson.loads(told)
    frames = found.pop("frames")
    macro = _macro(_Picture(0, **found))
    return macro | ({_FRAMES: {"vr": "IS", "Value": [frames]}} if frames > 1 else {})


def described(parts: Sequence[PixelPart]) -> Mapping[int, Mapping[str, Any]]:
    """What photographs that were developed say of the pixels that they are together.

    Empty where they are none; raises `Refused` where they are of several sizes.
    """
    first = parts[0].description
    if any(part.description != first for part in parts):
        raise Refused("The photographs of the pixel data are not of one size.", tag=PIXEL_DATA)
    if not first or len(parts) == 1:
        return first
    each = first.get(_FRAMES, {}).get("Value", [1])[0]
    return {**first, _FRAMES: {"vr": "IS", "Value": [each * len(parts)]}}


def _macro(picture: _Picture) -> dict[int, dict[str, Any]]:
    """The attributes that say what a picture is."""
    colour = picture.samples == _COLOUR
    told: dict[int, tuple[str, Any]] = {
        0x00280002: ("US", picture.samples),
        0x00280004: ("CS", picture.photometric if colour else "MONOCHROME2"),
        0x00280010: ("US", picture.rows),
        0x00280011: ("US", picture.columns),
        0x00280100: ("US", 8 if picture.bits <= 8 else 16),  # noqa: PLR2004 - bits of a byte
        0x00280101: ("US", picture.bits),
        0x00280102: ("US", picture.bits - 1),
        0x00280103: ("US", int(picture.signed)),
    }
    if picture.samples > 1:
        told[0x00280006] = ("US", 0)
    return {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in told.items()}


def encapsulated(parts: Sequence[PixelPart]) -> Iterator[bytes]:
    """The PixelData element: a fragment a part, and where each begins (PS3.5 A.4).

    Raises `Refused` for a part that is longer than a fragment can be.
    """
    yield header(PIXEL_DATA, "OB", 0)[:-4] + b"\xff\xff\xff\xff"
    offsets, at = [], 0
    for part in parts:
        if part.size > LONGEST:
            raise Refused("A frame is longer than a fragment can be.", tag=PIXEL_DATA)
        offsets.append(at)
        at += 8 + part.size + part.size % 2
    table = b"".join(pack("<L", each) for each in offsets) if len(parts) > 1 and at <= LONGEST else b""
    yield _ITEM + pack("<L", len(table)) + table
    for part in parts:
        yield _ITEM + pack("<L", part.size + part.size % 2)
        yield from part.chunks()
        yield b"\0" * (part.size % 2)
    yield _END + bytes(4)


def _picture(part: PixelPart) -> _Picture | None:
    """What the head of a codestream says; None where it cannot be told."""
    try:
        if part.media_type in _JPEG:
            return _jpeg(part.head())
        if part.media_type in _JPEG_2000:
            return _jpeg_2000(part.head())
    except (struct_error, IndexError):
        return None
    return None


def _jpeg(head: bytes) -> _Picture | None:
    """The frame header of JPEG (ISO 10918-1 B.2.2) or JPEG-LS (ISO 14495-1 C.2.2)."""
    at = 2 if head[:2] == bytes((0xFF, _SOI)) else len(head)
    rgb = False
    while at + 4 <= len(head):
        marker, length = head[at + 1], unpack_from(">H", head, at + 2)[0]
        rgb = rgb or (marker == _APP14 and head[at + 4 : at + 9] == b"Adobe" and head[at + 15] == 0)
        if marker in (_BASELINE, _EXTENDED, _LOSSLESS, _JPEG_LS):
            bits, rows, columns, samples = unpack_from(">BHHB", head, at + 4)
            lossy = marker in (_BASELINE, _EXTENDED)
            photometric = _chroma(head, at) if lossy and not rgb else "RGB"
            return _Picture(marker, rows, columns, samples, bits, photometric=photometric)
        if marker == _SOS:
            return None
        at += 2 + length
    return None


def _chroma(head: bytes, at: int) -> str:
    """How a lossy JPEG keeps colour: JFIF's YCbCr, subsampled where the first component is larger."""
    return "YBR_FULL_422" if head[at + 11] != 0x11 else "YBR_FULL"  # noqa: PLR2004 - sampling 1 by 1


def _jpeg_2000(head: bytes) -> _Picture | None:
    """The SIZ and COD segments of a codestream, in a JP2 file or by itself (ISO 15444-1 A.5.1, A.6.1)."""
    start = head.find(b"\xff\x4f\xff\x51")
    if start < 0:
        return None
    width, height, left, top = unpack_from(">4L", head, start + 8)
    samples, depth = unpack_from(">HB", head, start + 40)
    coding = head.find(b"\xff\x52", start)
    mixed = coding > 0 and head[coding + 8] == 1
    reversible = coding > 0 and head[coding + 13] == 1
    photometric = ("YBR_RCT" if reversible else "YBR_ICT") if mixed else "RGB"
    return _Picture(
        0, height - top, width - left, samples, (depth & 0x7F) + 1, bool(depth & 0x80), photometric
    )
