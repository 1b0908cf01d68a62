"""Values that are bytes (PS3.5 6.2: OB, OW and their kin, UN): which they are, and their order."""

from collections.abc import Mapping

from app.imaging.store.elements import DataSet
from app.imaging.store.headers import Buffer

BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW", "US or SS or OW"})
"""The representations of bytes, as files and dictionaries have them."""

BULK = BINARY | frozenset(
    {"DS", "FD", "FL", "IS", "LT", "SL", "SS", "ST", "SV", "UC", "UL", "US", "UT", "UV"}
)
"""The representations whose values may be named by a BulkDataURI (PS3.18 F.2.6)."""

PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
"""Float, double float and integer pixel data."""

WORDS_OR_NUMBERS = "US or OW"
_LUT_DESCRIPTOR, _LUT_DATA = 0x00283002, 0x00283006
_UNDEFINED = b"\xff\xff\xff\xff"
_WIDTHS: Mapping[str, int] = {
    "OW": 2,
    "US": 2,
    "SS": 2,
    "OL": 4,
    "OF": 4,
    "UL": 4,
    "SL": 4,
    "FL": 4,
    "OD": 8,
    "OV": 8,
    "FD": 8,
    "SV": 8,
    "UV": 8,
}


def is_fragmented(data: Buffer, start: int) -> bool:
    """Whether the bytes at `start` are fragments (PS3.5 A.4): their element's length is undefined."""
    return data[max(0, start - len(_UNDEFINED)) : start] == _UNDEFINED


def binary_vr(vr: str, *, fragmented: bool) -> str:
    """The representation of bytes whose file does not write it (PS3.5 A.1): words, unless in fragments."""
    if " " not in vr:
        return vr
    return "OB" if fragmented else "OW"


def is_binary(data: Buffer, dataset: DataSet, tag: int) -> bool:
    """Whether the element of a tag holds bytes, a table too whose file does not write what it holds."""
    vr = dataset[tag].vr
    return vr in BINARY or (vr == WORDS_OR_NUMBERS and table_vr(data, dataset, tag) == "OW")


def table_vr(data: Buffer, dataset: DataSet, tag: int) -> str:
    """US for LUT Data of one entry, else words (PS3.5 A.1)."""
    descriptor = dataset.get(_LUT_DESCRIPTOR)
    if tag != _LUT_DATA or descriptor is None:
        return "OW"
    entries = data[descriptor.start : descriptor.start + min(2, descriptor.length)]
    return "US" if int.from_bytes(entries, "little" if dataset.little else "big") == 1 else "OW"


def word_width(vr: str) -> int:
    """How many bytes of a value trade places between byte orders (PS3.5 7.3); 1 where none do."""
    return _WIDTHS.get(vr, 1)


def little_endian(raw: bytes, vr: str, little: bool) -> bytes:
    """A value in little endian order, as every answer has it (PS3.18 F.2.7, 8.7.3.3.1)."""
    return raw if little else swapped(raw, word_width(vr))


def swapped(raw: bytes, width: int) -> bytes:
    """Words of `width` bytes in the other order; what is left at the end stays as it is."""
    if width == 1:
        return raw
    whole = len(raw) - len(raw) % width
    turned = bytearray(raw)
    for at in range(width):
        turned[at:whole:width] = raw[width - 1 - at : whole : width]
    return bytes(turned)
