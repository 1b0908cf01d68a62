"""Palettes: stored values to colours by three tables, whole or in segments (PS3.3 C.7.6.3.1.5, C.7.9)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy
from numpy.typing import NDArray

from app.imaging.attributes import Attributes
from app.imaging.render.description import PixelDescription
from app.imaging.render.faults import Unrenderable
from app.imaging.render.grey import WHITE, look_up, spread, stored_range, stored_values
from app.imaging.render.lookup import Descriptor, entries_of, read_descriptor

_COLOURS = ("Red", "Green", "Blue")
_WORD = 16
_BYTE = 8
_BYTE_LARGEST = 255
_MOST_ENTRIES = 1 << 16
_PALETTES = 16
_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours for the stored values from `first` on; those before and after take the first and the last.

    `colours` are bytes, red, green and blue by turns.
    """

    first: int
    colours: bytes

    @property
    def rows(self) -> NDArray[numpy.uint8]:
        """The colours, one a row."""
        return numpy.frombuffer(self.colours, numpy.uint8).reshape(-1, len(_COLOURS))

    def spread_over(self, shares: NDArray[numpy.float64]) -> NDArray[numpy.uint8]:
        """The colour of each share of the whole palette, 0 to 1, in a further axis (PS3.4 N.2.2)."""
        rows = self.rows
        return rows[numpy.rint(shares * (len(rows) - 1)).astype(numpy.int64)]

    def colours_of(self, stored: NDArray[Any]) -> NDArray[numpy.uint8]:
        """The colour of each stored value, in a further axis."""
        rows = self.rows
        return rows.take(numpy.asarray(stored, numpy.int64) - self.first, axis=0, mode="clip")


def read_palette(said: Attributes, described: PixelDescription) -> Palette:
    """Read the palette of a header; raises `Unrenderable` where there is none that can be applied."""
    tables = [_read_colour(said, colour, described) for colour in _COLOURS]
    found = [table for table in tables if table is not None]
    if len(found) < len(_COLOURS):
        raise Unrenderable("the palette is missing, or it is none")
    length = min(len(entries) for _, entries in found)
    first, bits = found[0][0].first, found[0][0].bits
    channels = numpy.stack([entries[:length] for _, entries in found], axis=1)
    return Palette(first, _bytes_of(channels, bits).tobytes())


def paint(values: NDArray[Any], described: PixelDescription, palette: Palette) -> NDArray[numpy.uint8]:
    """The colours of decoded values; raises `Unrenderable` where these have more than 16 bits."""
    if values.dtype.kind not in "iu" or values.dtype.itemsize * _BYTE > _WORD:
        raise Unrenderable("a palette is for values of up to 16 bits")
    return look_up(values, _table(palette, values.dtype.str, described.bits_stored))


def paint_over(
    levels: NDArray[numpy.uint8], values: NDArray[Any], described: PixelDescription, palette: Palette
) -> NDArray[numpy.uint8]:
    """Grey levels in the colours of a palette where it has the stored value (PS3.3 C.8.16.2.1.1.1).

    Raises `Unrenderable` where the values have more than 16 bits.
    """
    rows = len(palette.rows)
    coloured = (values >= palette.first) & (values < palette.first + rows)
    return numpy.where(coloured[..., None], paint(values, described, palette), levels[..., None])


def enhanced_path(said: Attributes) -> Attributes | None:
    """The palette of the primary data path (PS3.3 C.7.6.23); None where it is shown in grey or absent."""
    for path in said.items("EnhancedPaletteColorLookupTableSequence"):
        if path.text("DataPathID") in ("", "PRIMARY") and path.text("RGBLUTTransferFunction") == "TABLE":
            return path
    return None


def paint_path(
    values: NDArray[Any], described: PixelDescription, said: Attributes, path: Attributes
) -> NDArray[numpy.uint8]:
    """The colours of a data path, looked up by the upper bits of each value that are mapped.

    Frames of other paths are not blended in. Raises `Unrenderable` where the palette cannot be applied.
    """
    bits = described.bits_stored
    mapped = next(
        (each.number("BitsMappedToColorLookupTable") for each in said.items("DataFrameAssignmentSequence")),
        None,
    )
    spare = bits - int(mapped) if mapped and 0 < mapped < bits else 0
    if values.dtype.kind != "u":
        raise Unrenderable("a palette of an enhanced picture is for unsigned values")
    return paint(values >> spare, described, read_palette(path, described))


@lru_cache(maxsize=_PALETTES)
def _table(palette: Palette, dtype: str, bits_stored: int) -> NDArray[numpy.uint8]:
    return spread(palette.colours_of(stored_values(dtype, bits_stored)), dtype)


def _read_colour(
    said: Attributes, colour: str, described: PixelDescription
) -> tuple[Descriptor, NDArray[numpy.uint16]] | None:
    largest = stored_range(described)[1]
    descriptor = read_descriptor(said, f"{colour}PaletteColorLookupTableDescriptor", largest)
    if descriptor is None:
        return None
    entries = entries_of(said, f"{colour}PaletteColorLookupTableData", descriptor)
    if entries is None:
        segments = said.raw(f"Segmented{colour}PaletteColorLookupTableData")
        entries = expanded(segments, descriptor) if segments else None
    return (descriptor, entries) if entries is not None and len(entries) else None


def expanded(raw: bytes, descriptor: Descriptor) -> NDArray[numpy.uint16]:
    """The entries that segments stand for (PS3.3 C.7.9.2); raises `Unrenderable` where they break off.

    An indirect segment, which copies others by their offset in bytes, may not name one of its own kind, so
    that no more is done than there are entries.
    """
    kind = "u1" if descriptor.bits <= _BYTE else "<u2"
    size = numpy.dtype(kind).itemsize
    numbers = [int(each) for each in numpy.frombuffer(raw[: len(raw) // size * size], kind)]
    entries: list[int] = []
    try:
        place = 0
        while place + 1 < len(numbers) and len(entries) < descriptor.count:
            if numbers[place] == _INDIRECT:
                place = _copied(numbers, place, entries, size)
            else:
                place = _segment(numbers, place, entries)
    except IndexError:
        raise Unrenderable("the segments of the palette break off") from None
    return numpy.array(entries[: descriptor.count], numpy.uint16)


def _segment(numbers: list[int], place: int, entries: list[int]) -> int:
    """Add the entries of a discrete or linear segment, and return the place of the next."""
    kind, length = numbers[place], numbers[place + 1]
    if len(entries) + length > _MOST_ENTRIES:
        raise Unrenderable("the segments of the palette have too many entries")
    if kind == _DISCRETE:
        end = place + 2 + length
        entries.extend(numbers[place + 2 : end])
        return end
    if kind != _LINEAR or not entries:
        raise Unrenderable("a segment of the palette is of no known kind")
    start, end_value = entries[-1], numbers[place + 2]
    entries.extend(round(start + (end_value - start) * step / length) for step in range(1, length + 1))
    return place + 3


def _copied(numbers: list[int], place: int, entries: list[int], size: int) -> int:
    """Add the entries of the segments that an indirect one names; its offset is in bytes, low word first."""
    count = numbers[place + 1]
    words = 4 // size
    offset = sum(numbers[place + 2 + word] << (_BYTE * size * word) for word in range(words))
    at = offset // size
    for _ in range(count):
        if at >= len(numbers) or numbers[at] == _INDIRECT or len(entries) >= _MOST_ENTRIES:
            raise Unrenderable("a segment of the palette names one that it may not name")
        at = _segment(numbers, at, entries)
    return place + 2 + words


def _bytes_of(channels: NDArray[numpy.uint16], bits: int) -> NDArray[numpy.uint8]:
    """Entries as bytes; writers confuse eight bits in words with 16 bits, and their values tell."""
    largest = int(channels.max()) if channels.size else 0
    deep = largest > _BYTE_LARGEST if bits in (_BYTE, _WORD) else bits > _BYTE
    if not deep:
        return channels.astype(numpy.uint8)
    scale = (1 << (_WORD if bits == _BYTE else bits)) - 1
    shares = channels.astype(numpy.float64) * (WHITE / scale)
    return numpy.floor(shares + 0.5).clip(0, WHITE).astype(numpy.uint8)
