"""Uncompressed pixels as numbers, and numbers as uncompressed pixels (PS3.5 8.1)."""

from typing import Any, TypeAlias

import numpy
from numpy.typing import NDArray

from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.faults import Unrenderable

Values: TypeAlias = NDArray[Any]

_SUBSAMPLED = {"YBR_FULL_422": "YBR_FULL", "YBR_PARTIAL_422": "YBR_PARTIAL_444"}
_COLOUR = 3
_BYTE = 8


def read_native(data: bytes, described: PixelDescription, *, little: bool = True) -> Frame:
    """Read one native frame; raises `Unrenderable` where its bytes are too few."""
    count = described.rows * described.columns * described.samples
    photometric = described.photometric
    if described.samples == _COLOUR and photometric in _SUBSAMPLED:
        if len(data) < count * described.dtype.itemsize:
            return _subsampled(data, described)
        photometric = _SUBSAMPLED[photometric]  # so labelled, with all its chroma
    if described.bits_allocated == 1:
        values = numpy.unpackbits(_bytes(data, (count + 7) // 8), count=count, bitorder="little")
    else:
        kind = described.dtype.newbyteorder("<" if little else ">")
        values = _of(_filled(data, described), kind, count).astype(described.dtype, copy=False)
    return Frame(stored(arranged(values, described), described), photometric)


def arranged(values: Values, described: PixelDescription) -> Values:
    """The values of a frame in the shape of its description, by plane where they came so (C.7.6.3.1.3)."""
    if described.samples == 1:
        return values.reshape(described.shape)
    if not described.planar:
        return values.reshape(described.shape)
    planes = values.reshape(described.samples, described.rows, described.columns)
    return numpy.ascontiguousarray(planes.transpose(1, 2, 0))


def stored(values: Values, described: PixelDescription) -> Values:
    """The value within the bits stored: what else is in its cell is not of it (PS3.5 8.1.1)."""
    spare = described.bits_allocated - described.bits_stored
    if described.floating or not spare:
        return values
    above = described.bits_allocated - 1 - described.high_bit
    bits = values.astype(described.dtype, copy=False)
    if not described.signed:
        mask = (1 << described.bits_stored) - 1
        moved = bits >> (spare - above) if spare > above else bits
        return moved & described.dtype.type(mask) if above else moved
    moved = numpy.left_shift(bits, above) if above else bits
    kept: Values = numpy.right_shift(moved, spare)  # arithmetic: the sign comes along
    return kept


def of_words(data: bytes) -> bytes:
    """Bytes that came in big endian 16-bit words (PS3.5 A.3, OW); raises `Unrenderable`."""
    if len(data) % 2:
        raise Unrenderable("a frame in 16-bit words does not end with a word")
    return numpy.frombuffer(data, numpy.uint16).byteswap().tobytes()


def in_little_cells(data: bytes, size: int) -> bytes:
    """Big endian cells of so many bytes as little endian ones; what is less than a cell stays (PS3.5 7.3)."""
    whole = len(data) - len(data) % size
    if size == 1 or not whole:
        return data
    return (
        numpy.frombuffer(data, f"V{size}", whole // size).view(f"u{size}").byteswap().tobytes() + data[whole:]
    )


def written_native(values: Values, described: PixelDescription) -> bytes:
    """The bytes of a frame as little endian pixels, colour by pixel; the inverse of `read_native`."""
    if described.bits_allocated == 1:
        return numpy.packbits(values.ravel(), bitorder="little").tobytes()
    kept = values.astype(described.dtype, copy=False)
    return kept.astype(described.dtype.newbyteorder("<"), copy=False).tobytes()


def _subsampled(data: bytes, described: PixelDescription) -> Frame:
    """Two pixels are Y Y Cb Cr: each pair shares its colour (C.7.6.3.1.2)."""
    count = described.rows * described.columns
    if count % 2 or described.bits_allocated != _BYTE:
        raise Unrenderable("subsampled colour of this shape is not read")
    pairs = _bytes(data, count * 2).reshape(-1, 4)
    values = numpy.empty((count // 2, 2, _COLOUR), numpy.uint8)
    values[..., 0] = pairs[:, :2]
    values[..., 1:] = pairs[:, None, 2:]
    return Frame(values.reshape(described.shape), _SUBSAMPLED[described.photometric])


def _filled(data: bytes, described: PixelDescription) -> bytes:
    """A frame that lacks no more than a row, with zeros for what it lacks, as other readers show it."""
    row = described.columns * described.samples * described.dtype.itemsize
    lacking = described.rows * row - len(data)
    return data + bytes(lacking) if data and 0 < lacking <= row else data


def _of(data: bytes, kind: numpy.dtype[Any], count: int) -> Values:
    return _bytes(data, count * kind.itemsize).view(kind)


def _bytes(data: bytes, size: int) -> NDArray[numpy.uint8]:
    if len(data) < size:
        raise Unrenderable("the frame is shorter than its rows and columns")
    return numpy.frombuffer(data, numpy.uint8, size)
