"""The headers of data elements and items (PS3.5 7.1 and 7.5): tag, representation, where the value lies."""

from collections.abc import Callable
from mmap import MADV_DONTNEED, mmap
from struct import Struct
from typing import NamedTuple, TypeAlias

from app.imaging.store.dictionary import UNKNOWN
from app.imaging.store.refusal import Refused

Buffer: TypeAlias = bytes | mmap
Header: TypeAlias = tuple[int, str, int, int]

DELIMITERS = 0xFFFE0000
"""The first tag of items and their delimiters, which have no representation."""

NO_CODES = frozenset({b"  ", b"\0\0", b"--", b"??"})
"""What some writers put where the representation belongs."""

_SHORT_CODES = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US"
_LONG_CODES = "OB OD OF OL OV OW SQ SV UC UN UR UT UV"
_SHORT = {code.encode(): code for code in _SHORT_CODES.split()}
_LONG = {code.encode(): code for code in _LONG_CODES.split()}
KNOWN_CODES = frozenset({*_SHORT, *_LONG})
"""The value representations of PS3.5 6.2, as they are written."""


_MOST_MAPPED = 32 << 20  # bytes that are read over before their pages are given back


class Footprint:
    """Keeps few pages of a mapped file while it is read from one place to another.

    A byte that is read brings all of its folio, which is two megabytes and more where a file was written in
    one go, and counts as memory of the process as long as the file is mapped.
    """

    __slots__ = ("_data", "_since")

    def __init__(self, data: Buffer) -> None:
        self._data = data if isinstance(data, mmap) and len(data) > _MOST_MAPPED else None
        self._since = 0

    def at(self, place: int) -> None:
        """Note where is read next; far from where pages were given back last, they are again."""
        if self._data is not None and not 0 <= place - self._since < _MOST_MAPPED:
            self._data.madvise(MADV_DONTNEED)
            self._since = place


class HeaderCoding(NamedTuple):
    """How headers are written: whose byte order, with representations or without."""

    header: Callable[[Buffer, int], Header]
    item: Struct
    little: bool
    implicit: bool


def explicit_header(data: Buffer, at: int) -> Header:
    """Read an explicit little endian header: tag, VR, where the value starts, its length."""
    return LITTLE_EXPLICIT.header(data, at)


def is_code(code: bytes) -> bool:
    """Whether two bytes can be a value representation, of this edition of the standard or of a later one."""
    return code.isalpha() and code.isupper()


def _explicit(short: Struct, long: Struct) -> Callable[[Buffer, int], Header]:
    read, read_length = short.unpack_from, long.unpack_from

    def header(data: Buffer, at: int) -> Header:
        group, element, code, length = read(data, at)
        vr = _SHORT.get(code)
        if vr is not None:
            return group << 16 | element, vr, at + 8, length
        vr = _LONG.get(code)
        if vr is not None:
            return group << 16 | element, vr, at + 12, read_length(data, at + 8)[0]
        tag = group << 16 | element
        if tag >= DELIMITERS or tag == 0:
            return tag, UNKNOWN, at + 8, read_length(data, at + 4)[0]
        if not is_code(code) and code not in NO_CODES:
            return _unlikely(short, long, data, at)
        if length or _is_followed(short, data, at + 8, tag):
            return tag, UNKNOWN, at + 8, length
        return tag, UNKNOWN, at + 12, read_length(data, at + 8)[0]

    return header


def _unlikely(short: Struct, long: Struct, data: Buffer, at: int) -> Header:
    """The header of an element with what is no representation, if the next element begins behind it."""
    group, element, _, length = short.unpack_from(data, at)
    tag = group << 16 | element
    if _is_followed(short, data, at + 8 + length, tag):
        return tag, UNKNOWN, at + 8, length
    (length,) = long.unpack_from(data, at + 8)
    if _is_followed(short, data, at + 12 + length, tag):
        return tag, UNKNOWN, at + 12, length
    raise Refused("The value representation is not of the transfer syntax.", tag=tag)


def _is_followed(short: Struct, data: Buffer, at: int, tag: int) -> bool:
    """Whether the element after a tag begins here, or the data ends."""
    if at + 8 > len(data):
        return at == len(data)
    group, element, code, _ = short.unpack_from(data, at)
    following = group << 16 | element
    return following >= DELIMITERS or (following > tag and code in KNOWN_CODES)


def _implicit(layout: Struct) -> Callable[[Buffer, int], Header]:
    read = layout.unpack_from

    def header(data: Buffer, at: int) -> Header:
        group, element, length = read(data, at)
        return group << 16 | element, UNKNOWN, at + 8, length

    return header


_LITTLE_ITEM, _BIG_ITEM = Struct("<HHL"), Struct(">HHL")
LITTLE_EXPLICIT = HeaderCoding(_explicit(Struct("<HH2sH"), Struct("<L")), _LITTLE_ITEM, True, False)
BIG_EXPLICIT = HeaderCoding(_explicit(Struct(">HH2sH"), Struct(">L")), _BIG_ITEM, False, False)
LITTLE_IMPLICIT = HeaderCoding(_implicit(_LITTLE_ITEM), _LITTLE_ITEM, True, True)


def item_header(coding: HeaderCoding, data: Buffer, at: int) -> tuple[int, int]:
    """Read the header of an item or delimiter: tag and length."""
    group, element, length = coding.item.unpack_from(data, at)
    return group << 16 | element, length
