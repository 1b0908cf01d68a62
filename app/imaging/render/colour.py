"""Colours of several samples to red, green and blue of eight bits (PS3.3 C.7.6.3.1.2)."""

from collections.abc import Callable
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy
from numpy.typing import NDArray
from PIL import Image

from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.faults import Unrenderable
from app.imaging.render.grey import WHITE, by_rows, look_up, spread

_BYTE = 8
_WORD_BYTES = 2
_COLOURS = 3
_PARTIAL = numpy.linalg.inv(
    numpy.array([[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]])
)  # of the equations for YBR_PARTIAL_422
_PARTIAL_OFFSET = (16, 128, 128)


def to_rgb(frame: Frame, described: PixelDescription) -> NDArray[numpy.uint8]:
    """Red, green and blue of a frame of several samples, whatever its values are in.

    YBR_RCT, YBR_ICT and XYB are what streams of JPEG 2000 and JPEG XL do inside; decoded values that are
    called so are red, green and blue. Raises `Unrenderable` where the samples are no colour.
    """
    convert = _CONVERSIONS.get(frame.photometric)
    values = frame.values
    if values.ndim != _COLOURS or values.shape[2] < _COLOURS:
        raise Unrenderable("the samples of a pixel are no colour")
    samples = in_bytes(values, described)
    return samples[:, :, :_COLOURS] if convert is None else by_rows(samples, convert)


def in_bytes(values: NDArray[Any], described: PixelDescription) -> NDArray[numpy.uint8]:
    """Samples in eight bits: the whole range that is stored, from black to full."""
    bits = described.bits_stored
    if values.dtype == numpy.uint8 and bits == _BYTE:
        return values
    if values.dtype.kind in "iu" and values.dtype.itemsize <= _WORD_BYTES:
        return look_up(values, _scale(values.dtype.str, bits))
    return by_rows(values, lambda part: _deep(part, bits))


def _deep(values: NDArray[Any], bits: int) -> NDArray[numpy.uint8]:
    shares = values.astype(numpy.float64)
    if values.dtype.kind != "f":
        shares /= (1 << bits) - 1
    return numpy.floor(numpy.nan_to_num(shares).clip(0, 1) * WHITE + 0.5).astype(numpy.uint8)


@lru_cache(maxsize=32)
def _scale(dtype: str, bits: int) -> NDArray[numpy.uint8]:
    patterns = numpy.arange(1 << bits)
    return spread(numpy.floor(patterns * (WHITE / ((1 << bits) - 1)) + 0.5).astype(numpy.uint8), dtype)


def _by_mode(mode: str) -> Callable[[NDArray[numpy.uint8]], NDArray[numpy.uint8]]:
    """The conversion that Pillow has for one of its modes."""

    def convert(samples: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
        rows, columns, _ = samples.shape
        image = Image.frombuffer(mode, (columns, rows), samples.tobytes(), "raw", mode, 0, 1)
        return numpy.asarray(image.convert("RGB"))

    return convert


def _from_partial(samples: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
    """YBR_PARTIAL: luminance from 16 to 235, colour differences from 16 to 240."""
    shifted = samples[:, :, :_COLOURS].astype(numpy.float32) - numpy.array(_PARTIAL_OFFSET, numpy.float32)
    colours: NDArray[numpy.float32] = shifted @ _PARTIAL.T.astype(numpy.float32)
    colours = numpy.floor(colours + 0.5).clip(0, WHITE)
    return colours.astype(numpy.uint8)


def _from_cmyk(samples: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
    """CMYK, retired: cyan, magenta, yellow and black, each the more the darker."""
    if samples.shape[2] == _COLOURS:
        return WHITE - samples
    left = WHITE - samples.astype(numpy.uint16)
    product: NDArray[numpy.uint16] = left[:, :, :_COLOURS] * left[:, :, _COLOURS:]
    product += WHITE // 2
    product //= WHITE
    return product.astype(numpy.uint8)


def _from_argb(samples: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
    """ARGB, retired: an overlay's value before red, green and blue."""
    return numpy.ascontiguousarray(samples[:, :, -_COLOURS:])


_FULL, _HSV = _by_mode("YCbCr"), _by_mode("HSV")
_CONVERSIONS: MappingProxyType[str, Callable[[NDArray[numpy.uint8]], NDArray[numpy.uint8]]] = (
    MappingProxyType(
        {
            "YBR_FULL": _FULL,
            "YBR_FULL_422": _FULL,
            "YBR_PARTIAL_444": _from_partial,
            "YBR_PARTIAL_422": _from_partial,
            "YBR_PARTIAL_420": _from_partial,
            "HSV": _HSV,
            "CMYK": _from_cmyk,
            "ARGB": _from_argb,
        }
    )
)
