"""A bounded walk over the element headers of a data set (PS3.5 section 7 and annex A.4).

It runs before anything else reads a file: every length lies inside what encloses it, depth and numbers are
capped. Values are skipped by their length, so pixel data is never read. What it returns is the tree that the
metadata is written from. What real writers get wrong and leaves no doubt is let pass and told as an oddity: a
delimiter too many at the end of what encloses it, or the last one missing there.
"""

import struct
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from struct import pack
from typing import NamedTuple, TypeAlias

from app.imaging.store.dictionary import UNKNOWN, is_private, is_private_creator, private_vr_of, vr_of
from app.imaging.store.headers import (
    BIG_EXPLICIT,
    DELIMITERS,
    LITTLE_EXPLICIT,
    LITTLE_IMPLICIT,
    Buffer,
    Footprint,
    Header,
    HeaderCoding,
    is_code,
    item_header,
)
from app.imaging.store.limits import Limits
from app.imaging.store.refusal import Refused

UNDEFINED = 0xFFFFFFFF
PIXEL_DATA = 0x7FE00010
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_EMPTY_DELIMITERS = frozenset(
    pack(order + "HHL", 0xFFFE, end, 0)
    for order in "<>"
    for end in (_ITEM_END & 0xFFFF, _SEQUENCE_END & 0xFFFF)
)
_COMMANDS, _META = 0x0000, 0x0002  # groups that have no place in a data set
_META_END = 0x0002FFFF
_CUT = "The file ends inside an element."
_OUTSIDE = "An element is longer than what encloses it."
_MISSING = "The delimiter is missing at the end of what encloses it."
_STRAY = "A delimiter stands at the end of what needs none."
_PASSED_OVER = "An empty item or a delimiter stands between elements; it is passed over."
_TWICE = "The attribute comes twice; its last value counts."
_IN_ITEM = "An element of the file meta information stands in an item; it is left out."
_COMMAND = "A command element stands in the data set; it is left out."
_PADDED = "A fragment of odd length is padded by a byte that its length does not count."
_NO_VR = "The value representation is none; that of the dictionary counts."

_LONGEST_CREATOR = 64
_ITEM_HEADER = 8
_OF_FRAGMENTS = frozenset({_ITEM, _SEQUENCE_END})
_FRAGMENTED = frozenset({"OB", "OW", "OB or OW"})


class Element(NamedTuple):
    """Where a value lies; `items` are the data sets of a sequence."""

    vr: str
    start: int
    length: int
    items: "Items | None" = None


class DataSet(dict[int, Element]):
    """Elements by tag, ascending, with the byte order of their values."""

    __slots__ = ("little",)

    def __init__(self, little: bool) -> None:
        super().__init__()
        self.little = little


@dataclass(frozen=True, slots=True)
class LongSequence:
    """The items of a sequence of many: the first are `held`, the others are walked again when asked for."""

    held: tuple[DataSet, ...]
    places: "array[int]"
    again: Callable[[int, int, int], DataSet]

    def later(self) -> Iterator[DataSet]:
        """Walk the items that are not held, one after the other."""
        return map(self.again, self.places[0::3], self.places[1::3], self.places[2::3])

    def __len__(self) -> int:
        return len(self.held) + len(self.places) // 3

    def __getitem__(self, number: int) -> DataSet:
        """The item at an index from 0; raises `IndexError` where there is none."""
        if number < len(self.held):
            return self.held[number]
        at = 3 * (number - len(self.held))
        if at >= len(self.places):
            raise IndexError(number)
        return self.again(*self.places[at : at + 3])


Items: TypeAlias = tuple[DataSet, ...] | LongSequence


@dataclass(slots=True)
class Walked:
    """What the walk found: the tree, its tags that came twice, and the fragments of encapsulated pixel data.

    `oddities` says of tags what is wrong and was let pass. `fragments` holds (offset, length) pairs,
    `offset_table` the Basic Offset Table's entries; `unended` ones only the end of the file ends.
    """

    dataset: DataSet
    duplicates: set[int] = field(default_factory=set)
    oddities: dict[int, str] = field(default_factory=dict)
    fragments: "array[int] | None" = None
    offset_table: bytes = b""
    unended: bool = False


class _Closing(IntEnum):
    """Whether an item delimiter ends a data set: never one of a known length, perhaps in a known sequence."""

    NEVER = 0
    PERHAPS = 1
    ALWAYS = 2


def walk(data: Buffer, start: int, *, implicit: bool, little: bool, limits: Limits) -> Walked:
    """Walk the data set from `start` to the end of `data`; raises `Refused` and nothing else."""
    coding = LITTLE_IMPLICIT if implicit else LITTLE_EXPLICIT if little else BIG_EXPLICIT
    walker = _Walker(data, limits)
    try:
        walker.found.dataset = walker.dataset(start, len(data), coding, 0, _Closing.NEVER)[0]
    except struct.error as error:
        raise Refused(_CUT) from error
    return walker.found


class _Walker:
    def __init__(self, data: Buffer, limits: Limits, footprint: Footprint | None = None) -> None:
        self._data = data
        self._footprint = footprint or Footprint(data)
        self._limits = limits
        self._left = limits.elements
        self._headers = limits.header_bytes
        self._strays = limits.depth
        self.found = Walked(DataSet(True))

    def dataset(
        self, at: int, end: int, coding: HeaderCoding, depth: int, closing: _Closing
    ) -> tuple[DataSet, int]:
        """Walk elements up to `end`, or up to the item delimiter; return them and where they end."""
        data, header, found = self._data, coding.header, DataSet(coding.little)
        highest, ordered = _META_END, True
        while at + 8 <= end:
            tag, written, start, length = header(data, at)
            if highest < tag < DELIMITERS:
                highest = tag
            elif tag >= DELIMITERS and depth == 0 and length == 0 and self._between(tag, start, end):
                at = start
                continue
            elif tag >= DELIMITERS:
                return _sorted(found, ordered), self._delimited((tag, start, length), end, depth, closing)
            elif depth == 0 and tag == 0 and self._padding(at):
                return _sorted(found, ordered), end
            else:
                ordered = self._disorder(tag, found, depth)
            self._count(at)
            vr = written if written != UNKNOWN else self._known(tag, found, at, coding)
            if length == UNDEFINED or vr == "SQ":
                found[tag], at = self._nested((tag, written, start, length), vr, end, coding, depth)
            else:
                at = start + length
                if at > end:
                    raise Refused(_OUTSIDE if depth else _CUT, tag=tag)
                found[tag] = Element(vr, start, length)
        if closing is _Closing.ALWAYS or (at < end and (depth or not self._padding(at))):
            raise Refused("An item or its delimiter is cut short." if depth else _CUT)
        if closing is _Closing.PERHAPS:
            self._odd(_ITEM_END, _MISSING)
        return _sorted(found, ordered), end

    def _delimited(self, header: tuple[int, int, int], end: int, depth: int, closing: _Closing) -> int:
        """Where a data set ends that a delimiter ends: after it, or with what has its own end."""
        tag, start, length = header
        if tag == _ITEM_END and closing is not _Closing.NEVER:
            return start
        if tag == _ITEM or length or closing is not _Closing.NEVER or not self._ends(start, end, depth):
            raise Refused("A delimiter stands where an element belongs.")
        self._odd(tag, _STRAY)
        return end

    def _between(self, tag: int, at: int, end: int) -> bool:
        """Whether a few empty items or delimiters, which belong in sequences, stand among the elements."""
        self._strays -= 1
        if self._strays < 0 or self._ends(at, end, 0):
            return False
        self._odd(tag, _PASSED_OVER)
        return True

    def _ends(self, at: int, end: int, depth: int) -> bool:
        """Whether nothing follows up to `end` but a few more delimiters, and zeros at the end of the file."""
        for _ in range(self._limits.depth):
            if self._data[at : at + 8] not in _EMPTY_DELIMITERS:
                break
            at += 8
        return at == end or (depth == 0 and self._padding(at))

    def _nested(
        self, header: Header, vr: str, end: int, coding: HeaderCoding, depth: int
    ) -> tuple[Element, int]:
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
        inner = LITTLE_IMPLICIT if written == UNKNOWN else coding
        items, at = self._items(start, stop, inner, depth, delimited=delimited)
        return Element("SQ", start, at - start, items), at

    def _opaque(self, start: int, stop: int, depth: int) -> Element:
        """A known sequence written as UN: implicit little endian (PS3.5 6.2.2 note 7), or left alone."""
        before = dict(self.found.oddities)
        try:
            items, _ = self._items(start, stop, LITTLE_IMPLICIT, depth, delimited=False)
        except (Refused, struct.error):
            self.found.oddities = before
            return Element(UNKNOWN, start, stop - start)
        return Element("SQ", start, stop - start, items)

    def _items(
        self, at: int, stop: int, coding: HeaderCoding, depth: int, *, delimited: bool
    ) -> tuple[Items, int]:
        held: list[DataSet] = []
        later = array("Q")
        full = self._left - self._limits.held_elements
        while at < stop:
            tag, length = item_header(coding, self._data, at)
            start = at + 8
            if tag == _SEQUENCE_END and (delimited or (start == stop and not length)):
                if not delimited:
                    self._odd(tag, _STRAY)
                return self._sequence(held, later, coding), start
            if tag != _ITEM:
                raise Refused("A sequence holds what is not an item.")
            end, closing = start + length, _Closing.NEVER
            if length == UNDEFINED:
                end, closing = stop, _Closing.ALWAYS if delimited else _Closing.PERHAPS
            if end > stop or start > stop:
                raise Refused("An item is longer than its sequence.")
            left = self._left
            self._count(start)
            item, at = self.dataset(start, end, coding, depth + 1, closing)
            if depth or left > full:
                held.append(item)
            else:
                later.extend((start, at, closing))
                self._release(item, left)
        if delimited:
            if not held:
                raise Refused("The delimiter of a sequence is missing.")
            self._odd(_SEQUENCE_END, _MISSING)
        return self._sequence(held, later, coding), at

    def _release(self, item: DataSet, left: int) -> None:
        """Count an item that is not held by its headers; one that holds nothing is counted as if it were."""
        self._headers -= _ITEM_HEADER * (left - self._left)
        if self._headers < 0:
            raise Refused(f"The sequences have more than {self._limits.header_bytes} bytes of headers.")
        if item:
            self._left = left

    def _sequence(self, held: list[DataSet], later: "array[int]", coding: HeaderCoding) -> Items:
        if not later:
            return tuple(held)
        data, limits, footprint = self._data, self._limits, self._footprint

        def again(start: int, end: int, closing: int) -> DataSet:
            return _Walker(data, limits, footprint).dataset(start, end, coding, 1, _Closing(closing))[0]

        return LongSequence(tuple(held), later, again)

    def _fragments(self, at: int, stop: int, coding: HeaderCoding, *, kept: bool) -> int:
        """Walk encapsulated fragments, keep the places of the pixel data's own; return where they end."""
        places = array("Q")
        number, limit = 0, self._limits.fragments
        while True:
            if at == stop and number > 1:  # the offset table and a fragment are there
                self._odd(_SEQUENCE_END, _MISSING)
                self.found.unended = self.found.unended or kept
                break
            tag, length = item_header(coding, self._data, at)
            if tag not in _OF_FRAGMENTS and number and places[-1] % 2 and not self._data[at]:
                at += 1  # a byte that pads a fragment and is not of its length
                tag, length = item_header(coding, self._data, at)
                self._odd(PIXEL_DATA, _PADDED)
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
            self._footprint.at(at)
        if kept and places:
            self.found.offset_table = bytes(self._data[places[0] : places[0] + min(places[1], 4 * limit)])
            self.found.fragments = places[2:]
        return at

    def _known(self, tag: int, found: DataSet, at: int, coding: HeaderCoding) -> str:
        """The VR of an element that does not tell it."""
        if not coding.implicit and not is_code(self._data[at + 4 : at + 6]):
            self._odd(tag, _NO_VR)
        if not is_private(tag):
            return vr_of(tag)
        if is_private_creator(tag):
            return "LO"
        creator = found.get(tag & 0xFFFF0000 | (tag & 0xFF00) >> 8)
        if creator is None or creator.length > _LONGEST_CREATOR:
            return UNKNOWN
        name = self._data[creator.start : creator.start + creator.length]
        return private_vr_of(tag, name.rstrip(b" \0").decode("latin-1"))

    def _count(self, at: int) -> None:
        self._footprint.at(at)
        self._left -= 1
        if self._left < 0:
            raise Refused(f"The file has more than {self._limits.elements} elements and items.")

    def _odd(self, tag: int, message: str) -> None:
        """Note what is wrong and let pass, up to the number of warnings."""
        if len(self.found.oddities) < self._limits.warnings:
            self.found.oddities.setdefault(tag, message)

    def _disorder(self, tag: int, found: DataSet, depth: int) -> bool:
        """Note a tag that comes twice or late; refuse one that has no place in a data set."""
        group = tag >> 16
        if group == _META and depth:  # copies of whole files, in private items
            self._odd(tag, _IN_ITEM)
        elif group == _COMMANDS and depth == 0 and tag:
            self._odd(tag, _COMMAND)
        elif group in (_COMMANDS, _META):
            raise Refused("A command or file meta element stands in the data set.", tag=tag)
        elif tag in found:
            if depth:
                self._odd(tag, _TWICE)
            else:
                self.found.duplicates.add(tag)
        return False

    def _padding(self, at: int) -> bool:
        """Whether nothing but zeros follows: some writers fill the last block."""
        for block in range(at, len(self._data), 65536):
            self._footprint.at(block)
            if any(self._data[block : block + 65536]):
                return False
        return True


def _sorted(found: DataSet, ordered: bool) -> DataSet:
    if ordered:
        return found
    again = DataSet(found.little)
    for tag in sorted(found):
        if tag >> 16 not in (_COMMANDS, _META):
            again[tag] = found[tag]
    return again
