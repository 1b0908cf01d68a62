"""Stored values to grey levels: modality LUT, VOI LUT and presentation LUT (PS3.4 N.2.1).

They are one table over the stored values where those have up to 16 bits, remembered for what it was made of.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy
from numpy.typing import NDArray

from app.imaging.attributes import Attributes
from app.imaging.render.description import PixelDescription
from app.imaging.render.lookup import LookupTable, read_table
from app.imaging.render.windows import GreyWindow, read_window, window_over

WHITE = 255
_WORD_BYTES = 2
_BYTE = 8
_BLOCK = 1 << 17  # values looked up at once: numpy widens its indices, and these stay in the cache
_TABLES = 64


@dataclass(frozen=True, slots=True)
class Rescale:
    """The linear modality LUT: stored value times slope plus intercept (PS3.3 C.11.1)."""

    slope: float = 1.0
    intercept: float = 0.0


@dataclass(frozen=True, slots=True)
class PixelPadding:
    """The stored values that are no measurement, from `lowest` to `highest` (PS3.3 C.7.5.1.1.2)."""

    lowest: float
    highest: float

    def among(self, values: NDArray[Any]) -> NDArray[numpy.bool_]:
        """Which of the values are padding."""
        return (values >= self.lowest) & (values <= self.highest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shading:
    """How stored values become grey levels.

    `blank` is the padding that is shown black: where somebody chose the window, it is shown as the value that
    it has, as every reader does.
    """

    modality: Rescale | LookupTable
    interest: GreyWindow | LookupTable
    presentation: LookupTable | None = None
    inverted: bool = False
    blank: PixelPadding | None = None

    def levels(self, stored: NDArray[Any]) -> NDArray[numpy.uint8]:
        """The grey level of each stored value, 0 to 255."""
        levels = numpy.floor(self.shares(stored) * WHITE + 0.5).astype(numpy.uint8)
        if self.blank:
            levels[self.blank.among(stored)] = 0
        return levels

    def shares(self, stored: NDArray[Any]) -> NDArray[numpy.float64]:
        """How bright each stored value is shown, 0 to 1; what is no number is not bright."""
        measured = measured_by(self.modality, stored)
        if isinstance(self.interest, GreyWindow):
            shares = self.interest.shares(measured)
        else:
            shares = self.interest.looked_up(numpy.nan_to_num(measured)) / self.interest.largest
        if self.presentation:
            inputs = shares * (len(self.presentation.values) - 1) + self.presentation.first
            shares = self.presentation.looked_up(numpy.nan_to_num(inputs)) / self.presentation.largest
        if self.inverted:
            shares = 1 - shares
        return numpy.nan_to_num(shares, nan=0.0).clip(0, 1)


def shading_of(
    said: Attributes, described: PixelDescription, values: NDArray[Any], window: GreyWindow | None = None
) -> Shading:
    """The shading that a header asks for, with the window that was asked for instead of the header's.

    A VOI LUT is taken before a window, the first of several before the others. Without either, pictures of
    up to eight bits are shown as they are (PS3.4 N.2.1.2: the identity), others from their lowest to their
    highest value without padding.
    """
    modality = modality_of(said, described)
    interest = window or read_interest(said, modality, described)
    padding = _padding(said)
    shading = Shading(
        modality=modality,
        interest=interest or _whole(said, described, values, modality, padding),
        inverted=described.photometric == "MONOCHROME1" or said.text("PresentationLUTShape") == "INVERSE",
    )
    return shading if interest else replace(shading, blank=padding)


def modality_of(said: Attributes, described: PixelDescription) -> Rescale | LookupTable:
    """The modality LUT of a header; that of no change where there is none."""
    for item in said.items("ModalityLUTSequence")[:1]:
        table = read_table(item, "LUTDescriptor", "LUTData", largest_input=stored_range(described)[1])
        if table:
            return table
    slope, intercept = said.number("RescaleSlope"), said.number("RescaleIntercept")
    return Rescale(slope or 1.0, intercept or 0.0)


def read_interest(
    said: Attributes, modality: Rescale | LookupTable, described: PixelDescription
) -> GreyWindow | LookupTable | None:
    """Read the VOI LUT or the window of a header; None where it has neither."""
    highest = float(measured_by(modality, numpy.array(stored_range(described), numpy.float64)).max())
    for item in said.items("VOILUTSequence")[:1]:
        table = read_table(item, "LUTDescriptor", "LUTData", largest_input=highest)
        if table:
            return table
    return read_window(said)


def stored_range(described: PixelDescription) -> tuple[int, int]:
    """The lowest and the highest value that the stored bits can hold."""
    bits = described.bits_stored
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if described.signed else (0, (1 << bits) - 1)


def shade(values: NDArray[Any], described: PixelDescription, shading: Shading) -> NDArray[numpy.uint8]:
    """The grey levels of decoded values: by a table of all stored values up to 16 bits, one by one above."""
    if values.dtype.kind not in "iu" or values.dtype.itemsize > _WORD_BYTES:
        return by_rows(values, shading.levels)
    return look_up(values, _table(shading, values.dtype.str, described.bits_stored))


def by_rows(
    values: NDArray[Any], convert: Callable[[NDArray[Any]], NDArray[numpy.uint8]]
) -> NDArray[numpy.uint8]:
    """Convert some rows at a time, so that what is computed on the way is never as large as the frame."""
    step = max(1, _BLOCK // max(1, values[:1].size))
    return numpy.concatenate([convert(values[start : start + step]) for start in range(0, len(values), step)])


def look_up(values: NDArray[Any], table: NDArray[numpy.uint8]) -> NDArray[numpy.uint8]:
    """The entry of a table for each value, whose bits are taken as those of an unsigned number."""
    ordered = numpy.ascontiguousarray(values, values.dtype.newbyteorder("="))
    unsigned = ordered.view(f"u{values.dtype.itemsize}").reshape(-1)
    levels = numpy.empty((unsigned.size, *table.shape[1:]), numpy.uint8)
    for start in range(0, unsigned.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        numpy.take(table, unsigned[block], axis=0, out=levels[block], mode="clip")
    return levels.reshape(values.shape + table.shape[1:])


def stored_values(dtype: str, bits_stored: int) -> NDArray[Any]:
    """The stored value of each pattern of the bits that are stored."""
    patterns = numpy.arange(1 << bits_stored, dtype=numpy.int64)
    sign = 1 << (bits_stored - 1)
    return patterns - 2 * (patterns & sign) if numpy.dtype(dtype).kind == "i" else patterns


def spread(table: NDArray[numpy.uint8], dtype: str) -> NDArray[numpy.uint8]:
    """A table of the stored bits for all patterns of a cell, whatever stands above those bits."""
    patterns = 1 << numpy.dtype(dtype).itemsize * _BYTE
    whole = numpy.concatenate([table] * (patterns // len(table)))
    whole.flags.writeable = False
    return whole


@lru_cache(maxsize=_TABLES)
def _table(shading: Shading, dtype: str, bits_stored: int) -> NDArray[numpy.uint8]:
    return spread(shading.levels(stored_values(dtype, bits_stored)), dtype)


def measured_by(modality: Rescale | LookupTable, stored: NDArray[Any]) -> NDArray[Any]:
    """What stored values measure: the output of a modality LUT."""
    if isinstance(modality, LookupTable):
        return modality.looked_up(numpy.nan_to_num(stored))
    if modality == Rescale():
        return stored
    return stored.astype(numpy.float64) * modality.slope + modality.intercept


def extremes(values: NDArray[Any], counted: NDArray[numpy.bool_] | None = None) -> tuple[float, float] | None:
    """The lowest and the highest of the values that are numbers and counted; None where none is."""
    floating = values.dtype.kind == "f"
    if floating:
        numbers = numpy.isfinite(values)
        counted = numbers if counted is None else counted & numbers
    if counted is None:
        return float(values.min()), float(values.max())
    if not counted.any():
        return None
    limits = numpy.finfo(values.dtype) if floating else numpy.iinfo(values.dtype)
    lowest = values.min(where=counted, initial=limits.max)
    return float(lowest), float(values.max(where=counted, initial=limits.min))


def _padding(said: Attributes) -> PixelPadding | None:
    value = said.number("PixelPaddingValue")
    if value is None:
        value = said.number("FloatPixelPaddingValue")
    if value is None:
        return None
    limits = (said.number("PixelPaddingRangeLimit"), said.number("FloatPixelPaddingRangeLimit"))
    limit = next((limit for limit in limits if limit is not None), value)
    return PixelPadding(min(value, limit), max(value, limit))


def _whole(
    said: Attributes,
    described: PixelDescription,
    values: NDArray[Any],
    modality: Rescale | LookupTable,
    padding: PixelPadding | None,
) -> GreyWindow:
    if isinstance(modality, LookupTable):
        return window_over(float(modality.values.min()), float(modality.values.max()))
    ends = measured_by(modality, numpy.array(_range(said, described, values, padding), numpy.float64))
    return window_over(float(ends.min()), float(ends.max()))


def _range(
    said: Attributes, described: PixelDescription, values: NDArray[Any], padding: PixelPadding | None
) -> tuple[float, float]:
    """The range of stored values that is shown; one for all frames where the header knows it and is right."""
    if described.bits_stored <= _BYTE and not described.floating:
        return stored_range(described)
    ends = extremes(values, ~padding.among(values) if padding else None)
    if ends is None:
        return 0.0, 1.0
    lowest, highest = ends
    least, most = said.number("SmallestImagePixelValue"), said.number("LargestImagePixelValue")
    if described.frames > 1 and least is not None and most is not None and least <= lowest <= highest <= most:
        return least, most
    return lowest, highest
