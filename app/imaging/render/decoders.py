"""Which decoder reads a transfer syntax, as a table; each gives stored values, never shades of a screen.

Every row is held to a second, independent code base by `tests/app/imaging/render/test_two_readers.py`.
"""

import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import imagecodecs
import numpy

from app.imaging.render.codestreams import (
    Codestream,
    Compression,
    bare_jpeg2000,
    compression_of,
    read_jpeg,
    read_jpeg2000,
)
from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.faults import Unrenderable
from app.imaging.render.native import Values, read_native, stored

Decoder: TypeAlias = Callable[[bytes, PixelDescription], Frame]

_COLOUR = 3
_BYTE = 8


def decode(data: bytes, described: PixelDescription) -> Frame:
    """Decode one frame; raises `Unrenderable` with what the decoder says."""
    try:
        decoder = DECODERS[described.transfer_syntax_uid]
    except KeyError:
        raise Unrenderable("there is no decoder for its transfer syntax") from None
    reads = _READS.get(decoder)
    if reads and (found := compression_of(data)) and found not in reads:
        decoder = _OF_COMPRESSION[found]
    try:
        return decoder(data, described)
    except MemoryError:
        raise Unrenderable("decoding it takes more memory than is allowed") from None
    except (RuntimeError, ValueError, zlib.error) as refused:
        raise Unrenderable(f"the decoder refuses it ({_said(refused)})") from None


def _said(refused: Exception) -> str:
    """The kind of failure: what a decoder says of a codestream may quote it."""
    return type(refused).__name__


def _jpeg(data: bytes, described: PixelDescription) -> Frame:
    """JPEG, processes 1, 2 and 4, whose colour is what the codestream says, then what the header says."""
    stream = _checked(read_jpeg(data), described)
    if stream.components != _COLOUR:
        return Frame(_fitted(imagecodecs.jpeg8_decode(data), described), described.photometric)
    colour = stream.colour or ("RGB" if described.photometric == "RGB" else "YBR")
    space = "RGB" if colour == "RGB" else "YCBCR"
    values = imagecodecs.jpeg8_decode(data, colorspace=space, outcolorspace="RGB")
    return Frame(_fitted(values, described), "RGB")


def _jpeg_lossless(data: bytes, described: PixelDescription) -> Frame:
    """JPEG, process 14: components are as they are in the header (PS3.5 8.2.1), nothing is converted."""
    stream = _checked(read_jpeg(data), described)
    space = "RGB" if stream.components == _COLOUR else None
    values = imagecodecs.jpeg8_decode(data, colorspace=space, outcolorspace=space)
    return _as_described(values, described, stream)


def _jpeg_ls(data: bytes, described: PixelDescription) -> Frame:
    stream = _checked(read_jpeg(data), described)
    return _as_described(imagecodecs.jpegls_decode(data), described, stream)


def _jpeg_2000(read: Callable[[bytes], Values], data: bytes, described: PixelDescription) -> Frame:
    bare = bare_jpeg2000(data)
    stream = _checked(read_jpeg2000(bare), described)
    return _as_described(read(bare), described, stream)


def _jpeg_xl(data: bytes, described: PixelDescription) -> Frame:
    values = imagecodecs.jpegxl_decode(data)
    photometric = "RGB" if described.samples == _COLOUR else described.photometric  # C.7.6.3.1.2: XYB too
    return Frame(_fitted(values, described), photometric)


def _rle(data: bytes, described: PixelDescription) -> Frame:
    """RLE, whose segments are the bytes of a value and the samples of a pixel, apart (PS3.5 G.2)."""
    cell = numpy.dtype(f"<u{described.bits_allocated // _BYTE}")
    flat = numpy.frombuffer(imagecodecs.dicomrle_decode(data, cell), cell)
    count = described.rows * described.columns
    if flat.size < count * described.samples:
        raise Unrenderable("the frame is shorter than its rows and columns")
    planes = flat[: count * described.samples].reshape(described.samples, *described.shape[:2])
    values = planes[0] if described.samples == 1 else numpy.ascontiguousarray(planes.transpose(1, 2, 0))
    return Frame(stored(values.view(described.dtype), described), described.photometric)


def _deflated(data: bytes, described: PixelDescription) -> Frame:
    """One frame of Deflated Image Frame Compression (PS3.5 A.4.13), never more than a frame holds."""
    most = described.rows * described.columns * described.samples * described.dtype.itemsize + 1
    return read_native(zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, most), described)


def _as_described(values: Values, described: PixelDescription, stream: Codestream) -> Frame:
    """Values of a codestream as the header means them, its sign aside, which some encoders leave out."""
    fitted = _fitted(values, described)
    if described.signed and not stream.signed and stream.precision < described.dtype.itemsize * _BYTE:
        spare = described.dtype.itemsize * _BYTE - stream.precision
        fitted = numpy.right_shift(numpy.left_shift(fitted, spare), spare)
    return Frame(fitted, described.decoded_photometric)


def _fitted(values: Values, described: PixelDescription) -> Values:
    """Values in the shape and type of the description; raises `Unrenderable` where they do not fit."""
    if values.shape != described.shape:
        raise Unrenderable("the codestream has another shape than its header says")
    if values.dtype.itemsize > described.dtype.itemsize:
        raise Unrenderable("the codestream has more bits than its header allocates")
    return values.astype(described.dtype, copy=False)


def _checked(stream: Codestream, described: PixelDescription) -> Codestream:
    """The codestream, if it is of the size that the header says: what is allocated for it is then known."""
    if not stream.is_of(described.rows, described.columns, described.samples):
        raise Unrenderable("the codestream has another shape than its header says")
    return stream


def _big_endian(data: bytes, described: PixelDescription) -> Frame:
    return read_native(data, described, little=False)


_openjpeg = partial(_jpeg_2000, imagecodecs.jpeg2k_decode)
_openjph = partial(_jpeg_2000, partial(imagecodecs.htj2k_decode, planar=False))

_OF_COMPRESSION: Mapping[Compression, Decoder] = {
    Compression.JPEG: _jpeg,
    Compression.JPEG_LOSSLESS: _jpeg_lossless,
    Compression.JPEG_LS: _jpeg_ls,
    Compression.JPEG_2000: _openjpeg,
    Compression.HTJ2K: _openjpeg,
    Compression.JPEG_XL: _jpeg_xl,
}
_READS: Mapping[Decoder, frozenset[Compression]] = {
    _jpeg: frozenset({Compression.JPEG}),
    _jpeg_lossless: frozenset({Compression.JPEG_LOSSLESS}),
    _jpeg_ls: frozenset({Compression.JPEG_LS}),
    _openjpeg: frozenset({Compression.JPEG_2000, Compression.HTJ2K}),
    _openjph: frozenset({Compression.HTJ2K}),
    _jpeg_xl: frozenset({Compression.JPEG_XL}),
}
"""What each decoder reads: a frame that says that it is something else goes to the decoder of that."""

DECODERS: Mapping[str, Decoder] = {
    "1.2.840.10008.1.2": read_native,
    "1.2.840.10008.1.2.1": read_native,
    "1.2.840.10008.1.2.1.98": read_native,  # encapsulated, uncompressed
    "1.2.840.10008.1.2.1.99": read_native,
    "1.2.840.10008.1.20": read_native,
    "1.2.840.10008.1.2.2": _big_endian,
    "1.2.840.113619.5.2": _big_endian,
    "1.2.840.10008.1.2.5": _rle,
    "1.2.840.10008.1.2.8.1": _deflated,
    "1.2.840.10008.1.2.4.50": _jpeg,
    "1.2.840.10008.1.2.4.51": _jpeg,
    "1.2.840.10008.1.2.4.53": _jpeg,  # retired: spectral selection
    "1.2.840.10008.1.2.4.55": _jpeg,  # retired: full progression
    "1.2.840.10008.1.2.4.57": _jpeg_lossless,
    "1.2.840.10008.1.2.4.70": _jpeg_lossless,
    "1.2.840.10008.1.2.4.80": _jpeg_ls,
    "1.2.840.10008.1.2.4.81": _jpeg_ls,
    "1.2.840.10008.1.2.4.90": _openjpeg,
    "1.2.840.10008.1.2.4.91": _openjpeg,
    "1.2.840.10008.1.2.4.92": _openjpeg,
    "1.2.840.10008.1.2.4.93": _openjpeg,
    "1.2.840.10008.1.2.4.201": _openjph,
    "1.2.840.10008.1.2.4.202": _openjph,
    "1.2.840.10008.1.2.4.203": _openjpeg,  # OpenJPH as wrapped wraps around at the ends of 8 bits
    "1.2.840.10008.1.2.4.110": _jpeg_xl,
    "1.2.840.10008.1.2.4.111": _jpeg_xl,
    "1.2.840.10008.1.2.4.112": _jpeg_xl,
}
