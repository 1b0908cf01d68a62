"""A bounded walk over the element headers of a data set (PS3.5 section 7 and annex A.4).

It runs before anything else reads a file: every length lies inside what encloses it, every delimiter is where
it belongs, depth and numbers are capped. Values are skipped by their length, so pixel data is never read.
What it returns is the tree that the metadata is written from.
"""

import struct
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from mmap import mmap
from struct import Struct
from typing import NamedTuple, TypeAlias

from app.imaging.store.dictionary import UNKNOWN, is_private, is_private_creator, private_vr_of, vr_of
from app.imaging.store.limits import Limits
from app.imaging.store.refusal import Refused

Buffer: TypeAlias = bytes | mmap
Header: TypeAlias = tuple[int, str, int, int]

UNDEFINED = 0xFFFFFFFF
PIXEL_DATA = 0x7FE00010
_DELIMITERS = 0xFFFE0000
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_META_END = 0x0002FFFF  # groups 0000 and 0002 are commands and file meta information
_FOREIGN_GROUPS = frozenset({0x0000, 0x0002})
_CUT = "The file ends inside an element."
_OUTSIDE = "An element is longer than what encloses it."

_SHORT_CODES = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US"
_LONG_CODES = "OB OD OF OL OV OW SQ SV UC UN UR UT UV"
_SHORT = {code.encode(): code for code in _SHORT_CODES.split()}
_LONG = {code.encode(): code for code in _LONG_CODES.split()}
_LONGEST_CREATOR = 64
_FRAGMENTED = frozenset({"OB", "OW", "OB or OW"})


class Element(NamedTuple):
    """Where a value lies; `items` are the data sets of a sequence."""

    vr: str
    start: int
    length: int
    items: "tuple[DataSet, ...] | None" = None


class DataSet(dict[int, Element]):
    """Elements by tag, ascending, with the byte order of their values."""

    __slots__ = ("little",)

    def __init__(self, little: bool) -> None:
        super().__init__()
        self.little = little


@dataclass(slots=True)
class Walked:
    """What the walk found: the tree, tags that came twice, and the fragments of encapsulated pixel data.

    `fragments` holds (offset, length) pairs, `offset_table` the Basic Offset Table's entries.
    """

    dataset: DataSet
    duplicates: set[int] = field(default_factory=set)
    fragments: "array[int] | None" = None
    offset_table: bytes = b""


class _Coding(NamedTuple):
    header: Callable[[Buffer, int], Header]
    item: Struct
    little: bool
    implicit: bool


def walk(data: Buffer, start: int, *, implicit: bool, little: bool, limits: Limits) -> Walked:
    """Walk the data set from `start` to the end of `data`; raises `Refused` and nothing else."""
    coding = _LITTLE_IMPLICIT if implicit else _LITTLE_EXPLICIT if little else _BIG_EXPLICIT
    walker = _Walker(data, limits)
    try:
        walker.found.dataset = walker.dataset(start, len(data), coding, 0, delimited=False)[0]
    except struct.error as error:
        raise Refused(_CUT) from error
    return walker.found


def explicit_header(data: Buffer, at: int) -> Header:
    """Read an explicit little endian header: tag, VR, where the value starts, its length."""
    return _LITTLE_EXPLICIT.header(data, at)


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
        if tag >= _DELIMITERS or tag == 0:
            return tag, UNKNOWN, at + 8, read_length(data, at + 4)[0]
        if not code.isalpha() or not code.isupper():
            raise Refused("The value representation is not of the transfer syntax.", tag=tag)
        if length:
            return tag, UNKNOWN, at + 8, length
        return tag, UNKNOWN, at + 12, read_length(data, at + 8)[0]

    return header


def _implicit(layout: Struct) -> Callable[[Buffer, int], Header]:
    read = layout.unpack_from

    def header(data: Buffer, at: int) -> Header:
        group, element, length = read(data, at)
        return group << 16 | element, UNKNOWN, at + 8, length

    return header


_LITTLE_ITEM, _BIG_ITEM = Struct("<HHL"), Struct(">HHL")
_LITTLE_EXPLICIT = _Coding(_explicit(Struct("<HH2sH"), Struct("<L")), _LITTLE_ITEM, True, False)
_BIG_EXPLICIT = _Coding(_explicit(Struct(">HH2sH"), Struct(">L")), _BIG_ITEM, False, False)
_LITTLE_IMPLICIT = _Coding(_implicit(_LITTLE_ITEM), _LITTLE_ITEM, True, True)


class _Walker:
    def __init__(self, data: Buffer, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._left = limits.elements
        self.found = Walked(DataSet(True))

    def dataset(
        self, at: int, end: int, coding: _Coding, depth: int, *, delimited: bool
    ) -> tuple[DataSet, int]:
        """Walk elements up to `end`, or up to the item delimiter; return them and where they end."""
        data, header, found = self._data, coding.header, DataSet(coding.little)
        highest, ordered = _META_END, True
        while at + 8 <= end:
            tag, written, start, length = header(data, at)
            if highest < tag < _DELIMITERS:
                highest = tag
            elif tag == _ITEM_END and delimited:
                return _sorted(found, ordered), start
            elif depth == 0 and tag == 0 and self._padding(at):
                return _sorted(found, ordered), end
            else:
                ordered = self._disorder(tag, found)
            self._count()
            vr = self._known(tag, found) if written == UNKNOWN else written
            if length == UNDEFINED or vr == "SQ":
                found[tag], at = self._nested((tag, written, start, length), vr, end, coding, depth)
            else:
                at = start + length
                if at > end:
                    raise Refused(_OUTSIDE if depth else _CUT, tag=tag)
                found[tag] = Element(vr, start, length)
        if delimited or (at < end and (depth or not self._padding(at))):
            raise Refused("An item or its delimiter is cut short." if depth else _CUT)
        return _sorted(found, ordered), end

    def _nested(self, header: Header, vr: str, end: int, coding: _Coding, depth: int) -> tuple[Element, int]:
        """Walk the items or the fragments of an element; return it and where it ends."""
        tag, written, start, length = header
        delimited = length == UNDEFINED
        stop = end if delimited else start + length
        if stop > end:
            raise Refused(_OUTSIDE if depth else _CUT, tag=tag)
        if depth >= self._limits.depth:
            raise Refused(f"Sequences are nested deeper than {self._limits.depth} levels.", tag=tag)
        if vr in _FRAGMENTED:
            at = self._fragments(start, stop, coding, kept=tag == PIXEL_DATA and depth == 0)
            return Element(vr, start, at - start), at
        if vr not in ("SQ", UNKNOWN):
            raise Refused("A value of this representation has no undefined length.", tag=tag)
        if written == UNKNOWN and not coding.implicit and not delimited:
            return self._opaque(start, stop, depth), stop
        inner = _LITTLE_IMPLICIT if written == UNKNOWN else coding
        items, at = self._items(start, stop, inner, depth, delimited=delimited)
        return Element("SQ", start, at - start, items), at

    def _opaque(self, start: int, stop: int, depth: int) -> Element:
        """A known sequence written as UN: implicit little endian (PS3.5 6.2.2 note 7), or left alone."""
        try:
            items, _ = self._items(start, stop, _LITTLE_IMPLICIT, depth, delimited=False)
        except (Refused, struct.error):
            return Element(UNKNOWN, start, stop - start)
        return Element("SQ", start, stop - start, items)

    def _items(
        self, at: int, stop: int, coding: _Coding, depth: int, *, delimited: bool
    ) -> tuple[tuple[DataSet, ...], int]:
        items: list[DataSet] = []
        while at < stop:
            tag, length = _item(coding, self._data, at)
            at += 8
            if tag == _SEQUENCE_END and delimited:
                return tuple(items), at
            if tag != _ITEM:
                raise Refused("A sequence holds what is not an item.")
            self._count()
            end = stop if length == UNDEFINED else at + length
            if end > stop:
                raise Refused("An item is longer than its sequence.")
            item, at = self.dataset(at, end, coding, depth + 1, delimited=length == UNDEFINED)
            items.append(item)
        if delimited:
            raise Refused("The delimiter of a sequence is missing.")
        return tuple(items), at

    def _fragments(self, at: int, stop: int, coding: _Coding, *, kept: bool) -> int:
        """Walk encapsulated fragments, keep the places of the pixel data's own; return where they end."""
        places = array("Q")
        number, limit = 0, self._limits.fragments
        while True:
            tag, length = _item(coding, self._data, at)
            at += 8
            if tag == _SEQUENCE_END:
                break
            if tag != _ITEM or at + length > stop:
                raise Refused("A fragment of the pixel data is cut short or no fragment.")
            number += 1
            if number > limit + 1:
                raise Refused(f"The pixel data has more than {limit} fragments.")
            places.extend((at, length))
            at += length
        if kept and places:
            self.found.offset_table = bytes(self._data[places[0] : places[0] + min(places[1], 4 * limit)])
            self.found.fragments = places[2:]
        return at

    def _known(self, tag: int, found: DataSet) -> str:
        """The VR of an element that does not tell it."""
        if not is_private(tag):
            return vr_of(tag)
        if is_private_creator(tag):
            return "LO"
        creator = found.get(tag & 0xFFFF0000 | (tag & 0xFF00) >> 8)
        if creator is None or creator.length > _LONGEST_CREATOR:
            return UNKNOWN
        name = self._data[creator.start : creator.start + creator.length]
        return private_vr_of(tag, name.rstrip(b" \0").decode("latin-1"))

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Refused(f"The file has more than {self._limits.elements} elements and items.")

    def _disorder(self, tag: int, found: DataSet) -> bool:
        """Note a tag that comes twice or late; refuse one that has no place in a data set."""
        if tag >= _DELIMITERS:
            raise Refused("A delimiter stands where an element belongs.")
        if tag >> 16 in _FOREIGN_GROUPS:
            raise Refused("A command or file meta element stands in the data set.", tag=tag)
        if tag in found:
            self.found.duplicates.add(tag)
        return False

    def _padding(self, at: int) -> bool:
        """Whether nothing but zeros follows: some writers fill the last block."""
        end = len(self._data)
        return all(not any(self._data[block : block + 65536]) for block in range(at, end, 65536))


def _item(coding: _Coding, data: Buffer, at: int) -> tuple[int, int]:
    group, element, length = coding.item.unpack_from(data, at)
    return group << 16 | element, length


def _sorted(found: DataSet, ordered: bool) -> DataSet:
    if ordered:
        return found
    again = DataSet(found.little)
    for tag in sorted(found):
        again[tag] = found[tag]
    return again
