"""A stored instance as its pixels are read: the header without them, and the frames one by one.

The file comes open, from whoever may open it; where each frame lies in it was noted when it was stored.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, BinaryIO, cast

from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag

from app.imaging.render.decoders import decode
from app.imaging.render.description import PIXEL_DATA, Frame, PixelDescription, describe
from app.imaging.render.faults import Unrenderable
from app.imaging.render.native import of_words
from app.imaging.store.frames import byte_range, codestream, pixels
from app.imaging.store.inflating import inflated
from app.imaging.store.layouts import layout_of
from app.imaging.store.part10 import read_meta
from app.imaging.store.syntaxes import TransferSyntax, syntax_of

_PIXELS = frozenset({0x7FE00008, 0x7FE00009, PIXEL_DATA})
_LARGEST = 64 << 20  # bytes of a value of the header that is read
_MOST_INFLATED = 4 << 30
_BYTE = 8
PLACE = 16  # bytes of a place in the table of frames


@dataclass(slots=True)
class ReadHeader:
    """The attributes of an instance but its pixels, and the tag and VR of these; no tag where it has none."""

    attributes: Dataset
    pixel_tag: int | None = None
    pixel_vr: str = ""


@dataclass(slots=True)
class OpenInstance:
    """One instance that is open: `data` is its file, or what its data set inflates to."""

    data: Any
    header: ReadHeader
    transfer_syntax_uid: str
    table: bytes
    _described: PixelDescription | None = None

    @property
    def has_pixels(self) -> bool:
        """Whether there are pixels in it."""
        return self.header.pixel_tag is not None

    @property
    def described(self) -> PixelDescription:
        """What its pixels are; raises `Unrenderable` where it has none, or none that can be described."""
        if self.header.pixel_tag is None:
            raise Unrenderable("it has no pixels")
        if self._described is None:
            attributes, uid = self.header.attributes, self.transfer_syntax_uid
            self._described = describe(attributes, uid, self.header.pixel_tag)
        return self._described

    @property
    def frames(self) -> int:
        """How many frames lie in the file by themselves."""
        return len(self.table) // PLACE

    @property
    def extent(self) -> tuple[int, int]:
        """Where native pixels begin in the data, and where they end."""
        start, _ = byte_range(self._place(1))
        last, length = byte_range(self._place(self.frames))
        return start, last + length

    def _place(self, number: int) -> tuple[int, int]:
        at = (number - 1) * PLACE
        return (
            int.from_bytes(self.table[at : at + 8], "little"),
            int.from_bytes(self.table[at + 8 : at + PLACE], "little"),
        )

    def encoded(self, number: int) -> bytes:
        """The bytes of one frame, counted from 1, as they are stored; raises `Unrenderable`."""
        if not 1 <= number <= self.frames:
            raise Unrenderable("the file does not hold this frame, or not where it can be told from others")
        place = self._place(number)
        start, length = byte_range(place)
        syntax = syntax_of(self.transfer_syntax_uid)
        if syntax.encapsulated:
            return codestream(bytes(self.data[start : start + length]))
        if syntax.little or self.header.pixel_vr != "OW" or self.described.bits_allocated > _BYTE:
            return pixels(bytes(self.data[start : start + length]), place)
        if length % 2 and self.frames > 1:
            raise Unrenderable("its frames share 16-bit words")
        return of_words(bytes(self.data[start : start + length + length % 2]))[:length]

    def frame(self, number: int) -> Frame:
        """One frame, counted from 1, decoded; raises `Unrenderable`."""
        return decode(self.encoded(number), self.described)

    def cells(self, number: int) -> NDArray[Any] | None:
        """The whole cells of an uncompressed frame of one sample; None where its values fill them.

        Raises `Unrenderable`.
        """
        described = self.described
        bits = described.bits_allocated
        one = described.samples == 1 and not described.floating
        if syntax_of(self.transfer_syntax_uid).encapsulated or not one or described.bits_stored == bits:
            return None
        whole = replace(described, bits_stored=bits, high_bit=bits - 1, signed=False)
        return decode(self.encoded(number), whole).values


@contextmanager
def opened(
    file: BinaryIO, transfer_syntax_uid: str, table: bytes, scratch: Path, header: ReadHeader | None = None
) -> Iterator[OpenInstance]:
    """Open an instance; `header` is one that was read from it before.

    Raises `Refused` where the file is damaged.
    """
    syntax = syntax_of(transfer_syntax_uid)
    with mmap(file.fileno(), 0, access=ACCESS_READ) as whole:
        start = read_meta(whole).start
        if not syntax.deflated:
            yield OpenInstance(whole, header or _header(whole, start, syntax), transfer_syntax_uid, table)
            return
        with inflated(whole, start, limit=_MOST_INFLATED, folder=scratch) as data:
            yield OpenInstance(data, header or _header(data, 0, syntax), transfer_syntax_uid, table)


def read_header(file: BinaryIO, transfer_syntax_uid: str, scratch: Path) -> Dataset:
    """Read the attributes of an instance but its pixels; raises `Refused` where the file is damaged."""
    syntax = syntax_of(transfer_syntax_uid)
    with mmap(file.fileno(), 0, access=ACCESS_READ) as whole:
        start = read_meta(whole).start
        if not syntax.deflated:
            return _header(whole, start, syntax).attributes
        with inflated(whole, start, limit=_MOST_INFLATED, folder=scratch) as data:
            return _header(data, 0, syntax).attributes


def _header(data: Any, start: int, syntax: TransferSyntax) -> ReadHeader:
    """Read a data set up to its pixels."""
    layout = layout_of(data, start, syntax)
    found = ReadHeader(Dataset())

    def at_pixels(tag: BaseTag, vr: str | None, _length: int) -> bool:
        if tag not in _PIXELS:
            return False
        found.pixel_tag, found.pixel_vr = int(tag), vr or "OW"
        return True

    data.seek(start)
    found.attributes = read_dataset(
        cast(BinaryIO, data), layout.implicit, layout.little, stop_when=at_pixels, defer_size=_LARGEST
    )
    return found
