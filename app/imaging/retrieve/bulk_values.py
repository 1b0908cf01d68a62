"""Which bulk data a file holds, and where each value lies in it (PS3.18 10.4.3.3.5).

What is found here is what the metadata names by a BulkDataURI: both walk the same tree by the same rules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from app.imaging.bulk_paths import BulkPath
from app.imaging.store.binary import PIXELS, binary_vr, is_binary, is_fragmented, word_width
from app.imaging.store.elements import PIXEL_DATA, DataSet, Element, Items, LongSequence, Walked
from app.imaging.store.headers import Buffer, Footprint
from graph.errors import NotFound

_DOCUMENT, _DOCUMENT_TYPE, _DOCUMENT_LENGTH = 0x00420011, 0x00420012, 0x00420015
_BITS_ALLOCATED = 0x00280100
_MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9][a-z0-9.+-]{0,62}/[a-z0-9][a-z0-9.+-]{0,62}")
_LONGEST_TYPE = 128
_ITEM_HEADER = 8
_OCTET = 8
_NONE = "the instance has no such bulk data"


@dataclass(frozen=True, slots=True)
class BulkValue:
    """A value, and the pieces (offset, length) of the data set that it is made of.

    `width` is the size of the words whose bytes trade places to be little endian; 1 where they are.
    `media_type` is that of an encapsulated document; `fragmented`: the pieces are of compressed pixel data.
    """

    path: BulkPath
    vr: str
    pieces: tuple[tuple[int, int], ...]
    width: int = 1
    media_type: str | None = None
    fragmented: bool = False

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return sum(length for _, length in self.pieces)

    @property
    def is_pixels(self) -> bool:
        """Whether it is the pixel data of the instance, not of an icon in it (10.4.3.3.6)."""
        return not self.path.items and self.path.tag in PIXELS


def value_at(data: Buffer, walked: Walked, path: BulkPath) -> BulkValue:
    """The value at a path, whatever its representation; raises `NotFound` where none is."""
    dataset = walked.dataset
    for tag, number in path.items:
        dataset = _item(dataset.get(tag), number)
    element = dataset.get(path.tag)
    if element is None or element.items is not None or not element.length:
        raise NotFound(_NONE, location="bulkdata")
    return _value(data, walked, dataset, path)


def values_of(data: Buffer, walked: Walked, *, inline: int) -> Iterator[BulkValue]:
    """Every value that the metadata names, in their order; those of up to `inline` bytes stand in them."""
    for path, dataset in _binaries(data, walked.dataset, ()):
        element = dataset[path.tag]
        if element.length > inline or path.tag in PIXELS or is_fragmented(data, element.start):
            yield _value(data, walked, dataset, path)


def _item(element: Element | None, number: int) -> DataSet:
    if element is None or element.items is None or number > len(element.items):
        raise NotFound(_NONE, location="bulkdata")
    return element.items[number - 1]


def _binaries(
    data: Buffer, dataset: DataSet, items: tuple[tuple[int, int], ...]
) -> Iterator[tuple[BulkPath, DataSet]]:
    for tag, element in dataset.items():
        if element.items is not None:
            for number, item in enumerate(_each(element.items), 1):
                yield from _binaries(data, item, (*items, (tag, number)))
        elif element.length and tag & 0xFFFF and is_binary(data, dataset, tag):
            yield BulkPath(items, tag), dataset


def _each(items: Items) -> Iterator[DataSet]:
    if not isinstance(items, LongSequence):
        yield from items
        return
    yield from items.held
    yield from items.later()


def _value(data: Buffer, walked: Walked, dataset: DataSet, path: BulkPath) -> BulkValue:
    element = dataset[path.tag]
    fragmented = is_fragmented(data, element.start)
    vr = binary_vr(element.vr, fragmented=fragmented)
    if fragmented:
        return BulkValue(path, vr, _fragments(data, walked, element, path), fragmented=True)
    length, media_type = element.length, None
    if path.tag == _DOCUMENT:
        length, media_type = _document_length(data, dataset, length), _document_type(data, dataset)
    width = 1 if dataset.little else _width(data, dataset, path.tag, vr)
    return BulkValue(path, vr, ((element.start, length),), width, media_type)


def _width(data: Buffer, dataset: DataSet, tag: int, vr: str) -> int:
    """Cells of pixels that are larger than a word are turned as a whole (PS3.5 8.1.1)."""
    width = word_width(vr)
    if tag == PIXEL_DATA and vr == "OW":
        return max(width, _number(data, dataset, _BITS_ALLOCATED) // _OCTET)
    return width


def _fragments(data: Buffer, walked: Walked, element: Element, path: BulkPath) -> tuple[tuple[int, int], ...]:
    """The fragments behind the offset table (PS3.5 A.4); the walk has seen that they end inside the file."""
    if path == BulkPath((), PIXEL_DATA) and walked.fragments is not None:
        return tuple(zip(walked.fragments[0::2], walked.fragments[1::2], strict=True))
    return tuple(islice(_items_of_fragments(data, element), 1, None))


def _items_of_fragments(data: Buffer, element: Element) -> Iterator[tuple[int, int]]:
    footprint, at, end = Footprint(data), element.start, element.start + element.length
    while at + _ITEM_HEADER <= end and data[at : at + 4] == b"\xfe\xff\x00\xe0":
        length = int.from_bytes(data[at + 4 : at + _ITEM_HEADER], "little")
        yield at + _ITEM_HEADER, length
        at += _ITEM_HEADER + length
        footprint.at(at)


def _document_type(data: Buffer, dataset: DataSet) -> str | None:
    """MIME Type of Encapsulated Document; None for what is no plain media type."""
    element = dataset.get(_DOCUMENT_TYPE)
    if element is None or element.length > _LONGEST_TYPE:
        return None
    text = data[element.start : element.start + element.length].decode("latin-1").strip(" \0").lower()
    return text if _MEDIA_TYPE.fullmatch(text) else None


def _document_length(data: Buffer, dataset: DataSet, padded: int) -> int:
    """The length of an encapsulated document without the byte that made it even (PS3.3 C.24.2)."""
    told = _number(data, dataset, _DOCUMENT_LENGTH)
    return told if padded - 1 == told else padded


def _number(data: Buffer, dataset: DataSet, tag: int) -> int:
    element = dataset.get(tag)
    if element is None or element.length > _OCTET:
        return 0
    raw = data[element.start : element.start + element.length]
    return int.from_bytes(raw, "little" if dataset.little else "big")
