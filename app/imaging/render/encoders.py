"""Which encoder writes a transfer syntax, as a table, and what an instance says of itself afterwards.

Lossless rows are only for values that the encoder keeps exactly: `encoding_of` refuses the others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import ceil, log2
from struct import Struct
from typing import TypeAlias

import _CharLS
import imagecodecs
import numpy
from pydicom.pixels.processing import convert_color_space

from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.faults import Unrenderable
from app.imaging.render.native import Values, written_native

Encode: TypeAlias = Callable[[Values, PixelDescription], bytes]

_COLOUR = 3
_BYTE = 8
_WORD = 16
_TWELVE = 12
_FEWEST_BITS = 2
_QUALITY = 90  # of 100, for JPEG
_NEAR = 2  # levels of grey that JPEG-LS may be off
_RATIO_LEVEL = 45  # decibels of JPEG 2000 and HTJ2K
_SMALLEST = 64  # pixels of the lowest resolution of a .202 codestream (PS3.5 10.18)
_SEGMENTS = 15
_SMALLEST_BUFFER = 256  # bytes, that twice as many hold the headers of JPEG-LS too
_RLE_HEADER = Struct("<16I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How pixels are written in a transfer syntax.

    `photometric` is what RGB becomes by the codec's own transform (None: stays); `method` names what loses,
    for LossyImageCompressionMethod (C.7.6.1.1.5.1), None where nothing is lost; `most_bits` is what it keeps.
    """

    encode: Encode
    photometric: str | None = None
    most_bits: int = _WORD
    method: str | None = None


def encode(frame: Frame, described: PixelDescription, transfer_syntax_uid: str) -> bytes:
    """Encode one frame for a transfer syntax; raises `Unrenderable` where it cannot hold it."""
    encoding = encoding_of(described, transfer_syntax_uid)
    try:
        coloured = _coloured(frame, encoding)
        written = encoding.encode(coloured.values, replace(described, photometric=coloured.photometric))
    except (RuntimeError, ValueError, TypeError) as refused:
        raise Unrenderable(f"the encoder refuses it ({type(refused).__name__})") from None
    padded = transfer_syntax_uid not in NATIVE and len(written) % 2
    return written + b"\0" if padded else written


def encoding_of(described: PixelDescription, transfer_syntax_uid: str) -> Encoding:
    """The row of a transfer syntax, if it can hold such pixels; raises `Unrenderable`."""
    encoding = ENCODINGS.get(transfer_syntax_uid)
    if encoding is None:
        raise Unrenderable("there is no encoder for the transfer syntax")
    if described.bits_allocated > encoding.most_bits or (
        described.floating and transfer_syntax_uid not in NATIVE
    ):
        raise Unrenderable("the transfer syntax cannot hold such pixels")
    if described.bits_allocated == 1 and transfer_syntax_uid not in NATIVE:
        raise Unrenderable("the transfer syntax cannot hold single bits")
    return encoding


def after(frame: Frame, described: PixelDescription, transfer_syntax_uid: str) -> PixelDescription:
    """The description of what `encode` makes of such a frame."""
    encoding = encoding_of(described, transfer_syntax_uid)
    photometric = _coloured_as(frame, encoding)
    if photometric == "RGB" and encoding.photometric:
        photometric = encoding.photometric
    return replace(described, transfer_syntax_uid=transfer_syntax_uid, photometric=photometric, planar=False)


def _coloured(frame: Frame, encoding: Encoding) -> Frame:
    """The frame in the colours that are encoded."""
    photometric = _coloured_as(frame, encoding)
    if photometric == frame.photometric:
        return frame
    return Frame(convert_color_space(frame.values, frame.photometric, photometric), photometric)


def _coloured_as(frame: Frame, encoding: Encoding) -> str:
    """RGB before a transform that loses anyway; a conversion from YBR_FULL would not be exact otherwise."""
    return "RGB" if encoding.method and frame.photometric == "YBR_FULL" else frame.photometric


def _rle(values: Values, described: PixelDescription) -> bytes:
    """Segments of one byte of the values of one sample each, the high byte first, row by row (G.2, G.3.1)."""
    planes = values[None] if described.samples == 1 else values.transpose(2, 0, 1)
    size = described.dtype.itemsize
    if described.samples * size > _SEGMENTS:
        raise Unrenderable("RLE has not so many segments")
    segments = []
    for plane in planes:
        apart = numpy.ascontiguousarray(plane).view(numpy.uint8).reshape(described.rows, -1, size)
        for byte in reversed(range(size)):
            packed = imagecodecs.packbits_encode(apart[..., byte].copy(), axis=-1)
            segments.append(bytes(packed) + b"\0" * (len(packed) % 2))
    return _rle_header(segments) + b"".join(segments)


def _rle_header(segments: list[bytes]) -> bytes:
    offsets, at = [], _RLE_HEADER.size
    for segment in segments:
        offsets.append(at)
        at += len(segment)
    return _RLE_HEADER.pack(len(segments), *offsets, *[0] * (_SEGMENTS - len(segments)))


def _jpeg(values: Values, described: PixelDescription) -> bytes:
    bits = _BYTE if described.bits_allocated == _BYTE else _TWELVE
    if described.bits_stored > bits or described.signed:
        raise Unrenderable("lossy JPEG does not hold such values")
    return bytes(imagecodecs.jpeg8_encode(values, level=_QUALITY, bitspersample=bits))


def _jpeg_baseline(values: Values, described: PixelDescription) -> bytes:
    if described.bits_allocated != _BYTE:
        raise Unrenderable("JPEG baseline holds values of 8 bits only")
    return _jpeg(values, described)


def _jpeg_lossless(values: Values, described: PixelDescription) -> bytes:
    """Process 14, first-order prediction. Signed values go as their bits (PS3.5 8.2.1)."""
    _check_bits(described)
    space = "RGB" if described.samples == _COLOUR else None
    return bytes(
        imagecodecs.jpeg8_encode(
            _narrow(_unsigned(values, described), described),
            lossless=True,
            predictor=1,
            bitspersample=described.bits_stored,
            colorspace=space,
            outcolorspace=space,
        )
    )


def _jpeg_ls(near: int, values: Values, described: PixelDescription) -> bytes:
    """JPEG-LS of any size: the encoder makes room for twice the bytes that it is given.

    `jpeg_ls.encode_buffer` takes no more bytes than the picture has, and a small one is shorter than its own
    headers. So it is called below that; what is behind the picture it does not read.
    """
    _check_bits(described)
    if near and described.signed:  # what is near as bits is not near as numbers
        raise Unrenderable("JPEG-LS with loss does not hold signed values")
    picture = _narrow(_unsigned(values, described), described).tobytes()
    room = bytes(max(0, _SMALLEST_BUFFER - len(picture)))
    interleave = 2 if described.samples > 1 else 0
    size = (described.rows, described.columns, described.samples, described.bits_stored)
    return bytes(_CharLS._encode(picture + room, near, interleave, *size))


def _check_bits(described: PixelDescription) -> None:
    if described.bits_stored < _FEWEST_BITS:  # of ISO 10918-1 H.1 and ISO 14495-1
        raise Unrenderable("the transfer syntax cannot hold single bits")


def _unsigned(values: Values, described: PixelDescription) -> Values:
    """The bits of signed values within those stored, as numbers: these codecs know no sign."""
    if not described.signed:
        return values
    kind = numpy.dtype(f"u{described.dtype.itemsize}")
    mask: Values = values.view(kind) & kind.type((1 << described.bits_stored) - 1)
    return mask


def _narrow(values: Values, described: PixelDescription) -> Values:
    """Values in bytes where these hold what is stored: encoders want no wider cells than they write."""
    return values.astype(numpy.uint8) if described.bits_stored <= _BYTE else values


def _jpeg_2000(values: Values, described: PixelDescription) -> bytes:
    return _openjpeg(values, described, reversible=True, level=0)


def _jpeg_2000_lossy(values: Values, described: PixelDescription) -> bytes:
    return _openjpeg(values, described, reversible=False, level=_RATIO_LEVEL)


def _openjpeg(values: Values, described: PixelDescription, *, reversible: bool, level: int) -> bytes:
    levels = _decompositions(described, most=5)
    return bytes(
        imagecodecs.jpeg2k_encode(
            values,
            level=level,
            codecformat="j2k",
            reversible=reversible,
            bitspersample=described.bits_stored,
            resolutions=levels + 1,
            mct=described.photometric == "RGB",
        )
    )


def _htj2k(values: Values, described: PixelDescription) -> bytes:
    return _openjph(values, described, reversible=True)


def _htj2k_lossy(values: Values, described: PixelDescription) -> bytes:
    return _openjph(values, described, reversible=False)


def _openjph(values: Values, described: PixelDescription, *, reversible: bool) -> bytes:
    """Resolution by resolution, with lengths of the parts in front: what PS3.5 10.18 asks of .202."""
    spare = described.dtype.itemsize * _BYTE - described.bits_stored
    sent = _with_room(values, described, spare, reversible=reversible) if spare else values
    stream = bytearray(
        imagecodecs.htj2k_encode(
            sent,
            reversible=reversible,
            resolutions=_decompositions(described),
            tlm=True,
            tilepart=1,
            rgb=described.photometric == "RGB",
        )
    )
    if spare:
        _set_precision(stream, described)
    return bytes(stream)


def _with_room(values: Values, described: PixelDescription, spare: int, *, reversible: bool) -> Values:
    """Values that a codestream of whole bytes holds as one of the bits stored would.

    What is lossy is a share of the range, so it is the range that has to agree; what is lossless is centred
    on the half of it (ISO 15444-1 G.1).
    """
    if not reversible:
        return numpy.left_shift(values, spare)
    if described.signed:
        return values
    signed = numpy.dtype(f"i{described.dtype.itemsize}")
    centred: Values = values.view(signed) - signed.type(1 << (described.bits_stored - 1))
    return centred


def _set_precision(stream: bytearray, described: PixelDescription) -> None:
    """Write the bits stored into SIZ, where the encoder knows whole bytes only (ISO 15444-1 A.5.1)."""
    count = int.from_bytes(stream[40:42], "big")
    sign = 0x80 if described.signed else 0
    for component in range(count):
        stream[42 + 3 * component] = sign | (described.bits_stored - 1)


def _decompositions(described: PixelDescription, most: int = 32) -> int:
    return min(most, max(0, ceil(log2(min(described.rows, described.columns) / _SMALLEST))))


def _jpeg_xl(values: Values, described: PixelDescription) -> bytes:
    if described.signed:
        raise Unrenderable("JPEG XL does not hold signed values")
    return bytes(
        imagecodecs.jpegxl_encode(
            _narrow(values, described), lossless=True, effort=3, bitspersample=described.bits_stored
        )
    )


_IN_NATIVE = Encoding(encode=written_native, most_bits=64)
NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"})
ENCODINGS: Mapping[str, Encoding] = {
    **dict.fromkeys(NATIVE, _IN_NATIVE),
    "1.2.840.10008.1.2.5": Encoding(encode=_rle, most_bits=32),
    "1.2.840.10008.1.2.4.50": Encoding(
        encode=_jpeg_baseline, photometric="YBR_FULL_422", most_bits=_BYTE, method="ISO_10918_1"
    ),
    "1.2.840.10008.1.2.4.51": Encoding(encode=_jpeg, photometric="YBR_FULL_422", method="ISO_10918_1"),
    "1.2.840.10008.1.2.4.57": Encoding(encode=_jpeg_lossless),
    "1.2.840.10008.1.2.4.70": Encoding(encode=_jpeg_lossless),
    "1.2.840.10008.1.2.4.80": Encoding(encode=lambda *given: _jpeg_ls(0, *given)),
    "1.2.840.10008.1.2.4.81": Encoding(encode=lambda *given: _jpeg_ls(_NEAR, *given), method="ISO_14495_1"),
    "1.2.840.10008.1.2.4.90": Encoding(encode=_jpeg_2000, photometric="YBR_RCT"),
    "1.2.840.10008.1.2.4.91": Encoding(encode=_jpeg_2000_lossy, photometric="YBR_ICT", method="ISO_15444_1"),
    "1.2.840.10008.1.2.4.110": Encoding(encode=_jpeg_xl, photometric="RGB"),
    "1.2.840.10008.1.2.4.201": Encoding(encode=_htj2k, photometric="YBR_RCT"),
    "1.2.840.10008.1.2.4.202": Encoding(encode=_htj2k, photometric="YBR_RCT"),
    "1.2.840.10008.1.2.4.203": Encoding(encode=_htj2k_lossy, photometric="YBR_ICT", method="ISO_15444_15"),
}
