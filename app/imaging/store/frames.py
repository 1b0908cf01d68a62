"""Where each frame lies in the file, so that it is served by one range read (PS3.5 8 and A.4, PS3.3 C.7.6.3).

A frame of one fragment is the fragment's own range. One of several fragments is the range from its first
fragment's item header to the end of its last: it begins with an item tag, which no codestream does, and
`codestream` takes the headers out. A frame of single bits that shares a byte with its neighbour has its place
in bits, which `byte_range` and `pixels` read. Places of a deflated file are those of the inflated data set.
Where they cannot be told the table is empty; frames that the pixel data does not hold are not in it.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from struct import Struct
from typing import Any

from app.imaging.store.elements import PIXEL_DATA, DataSet, Element, Walked
from app.imaging.store.headers import Buffer, Footprint
from app.imaging.store.limits import Limits
from app.imaging.store.notes import Notes
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import TransferSyntax

_ITEM_TAG = b"\xfe\xff\x00\xe0"
_ITEM_HEADER = 8
_PLACE = Struct("<QQ")
_ENTRY, _LONG_ENTRY = Struct("<L"), Struct("<Q")
_EXTENDED_OFFSET_TABLE = 0x7FE00001
_FLOAT_PIXELS = {0x7FE00008: 32, 0x7FE00009: 64}
_ROWS, _COLUMNS, _SAMPLES, _BITS, _FRAMES = "00280010", "00280011", "00280002", "00280100", "00280008"
_PHOTOMETRIC = "00280004"
_SUBSAMPLED = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})  # chroma for every second pixel only
_COLOUR = 3
_IN_BITS = 1 << 63  # of an offset: it and the length count bits
_STARTS = (
    b"\xff\xd8\xff",  # SOI and a marker (ISO 10918-1, ISO 14495-1)
    b"\xff\x4f\xff\x51",  # SOC and SIZ (ISO 15444-1)
    b"\0\0\0\x0cjP  ",  # the signature box of a JP2 file
)
_ENDLESS_STARTS = (b"\xff\x0a", b"\0\0\0\x0cJXL ")  # ISO 18181: nothing marks its end
_LONGEST_START = 8
_END = b"\xff\xd9"  # EOI, EOC
_LONGEST_PADDING = 16
_SHORT_KEYS = (0x00280010, 0x00280011, 0x00280002, 0x00280100)


@dataclass(frozen=True, slots=True)
class Fragments:
    """The places of the fragments, offset after length as the walk keeps them: pairs are made one at a time.

    A fragment takes sixteen bytes here and ten times as many as a pair of Python.
    """

    places: "array[int]"

    def __len__(self) -> int:
        return len(self.places) // 2

    def __getitem__(self, number: int) -> tuple[int, int]:
        return self.places[2 * number], self.places[2 * number + 1]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        places = iter(self.places)
        return zip(places, places, strict=True)

    def between(self, start: int, end: int) -> tuple[int, int]:
        """The one range of the fragments from `start` to before `end`."""
        offset, length = self[start]
        if end - start == 1:
            return offset, length
        offset -= _ITEM_HEADER
        return offset, sum(self[end - 1]) - offset

    def full(self) -> "Fragments":
        """Those that are not empty."""
        return Fragments(array("Q", (number for place in self if place[1] for number in place)))


def frame_table(
    data: Buffer,
    walked: Walked,
    document: dict[str, Any],
    syntax: TransferSyntax,
    *,
    limits: Limits,
    notes: Notes,
) -> bytes:
    """Pack (offset, length) of each frame as little-endian unsigned 64-bit pairs, and note what is wrong.

    Raises `Refused` where readers would disagree about what the pixels are.
    """
    tag = next((tag for tag in (PIXEL_DATA, *_FLOAT_PIXELS) if tag in walked.dataset), None)
    if tag is None:
        return b""
    frames = _number(document, _FRAMES, 1)
    if frames < 1:
        notes.warn(int(_FRAMES, 16), "The number of frames is not positive; it is taken as one.")
        frames = 1
    _check_representations(walked.dataset)
    if (walked.fragments is not None) is not syntax.encapsulated:
        notes.warn(tag, "The pixel data is not of the kind that its transfer syntax says.")
        return b""
    if walked.fragments is not None:
        places = _encapsulated(data, walked, frames, syntax, limits=limits, notes=notes)
    else:
        places = _native(walked.dataset, tag, document, frames, limits=limits, notes=notes)
    if frames > limits.frames or (syntax.deflated and walked.fragments is not None):
        return b""
    return b"".join(_PLACE.pack(offset, length) for offset, length in places)


def codestream(piece: bytes) -> bytes:
    """The bytes of an encapsulated frame, from the range that the table gives for it."""
    if not piece.startswith(_ITEM_TAG):
        return piece
    parts, at = [], 0
    while at + _ITEM_HEADER <= len(piece):
        (length,) = _ENTRY.unpack_from(piece, at + 4)
        at += _ITEM_HEADER
        parts.append(piece[at : at + length])
        at += length
        if length % 2 and not piece.startswith(_ITEM_TAG, at):  # a byte that pads and is not counted
            at += 1
    return b"".join(parts)


def byte_range(place: tuple[int, int]) -> tuple[int, int]:
    """The bytes (offset, length) that hold the frame of a place in the table."""
    offset, length = place
    if not offset & _IN_BITS:
        return place
    first = offset ^ _IN_BITS
    start = first // 8
    return start, (first + length + 7) // 8 - start


def pixels(piece: bytes, place: tuple[int, int]) -> bytes:
    """The native frame of a place, from the bytes of its range; its first bit is the lowest (PS3.5 8.1.1)."""
    offset, length = place
    if not offset & _IN_BITS:
        return piece
    bits = int.from_bytes(piece, "little") >> offset % 8 & (1 << length) - 1
    return bits.to_bytes((length + 7) // 8, "little")


def _check_representations(dataset: DataSet) -> None:
    """Readers disagree about numbers of another VR here (CVE-2026-5442), so such a file is not taken."""
    for tag in _SHORT_KEYS:
        element = dataset.get(tag)
        if element is not None and element.vr != "US":
            raise Refused("The value representation is not US.", tag=tag)


def _note_missing(tag: int, frames: int, limits: Limits, notes: Notes) -> None:
    """Note that there are fewer frames than declared; raises `Refused` where nobody can mean their number."""
    if frames > limits.frames:
        raise Refused("The pixel data does not hold its number of frames.", tag=tag)
    notes.warn(tag, "The pixel data is shorter than its rows, columns and frames.")


def _native(
    dataset: DataSet, tag: int, document: dict[str, Any], frames: int, *, limits: Limits, notes: Notes
) -> Iterable[tuple[int, int]]:
    element = dataset[tag]
    bits_of_frame = _bits_of_frame(tag, document, element.length, frames)
    if not bits_of_frame:
        return ()
    whole = element.length * 8 // bits_of_frame
    if whole < frames:
        _note_missing(tag, frames, limits, notes)
    size, odd = divmod(bits_of_frame, 8)
    kept = min(frames, whole, limits.frames)
    if odd and frames == 1:
        return ((element.start, size + 1),) if kept else ()
    if odd:
        return _native_bits(dataset, document, element, bits_of_frame, kept)
    places = [(element.start + frame * size, size) for frame in range(kept)]
    rest = element.length - whole * size
    if rest and whole < frames and size - rest <= size // max(1, _number(document, _ROWS, 1)):
        places.append((element.start + whole * size, rest))  # all but less than a row of it is there
    return places


def _native_bits(
    dataset: DataSet, document: dict[str, Any], element: Element, size: int, frames: int
) -> Iterable[tuple[int, int]]:
    """Frames of `size` single bits, each of which begins where the last one ended (PS3.5 8.1.1)."""
    if _number(document, _BITS, 0) != 1 or (element.vr == "OW" and not dataset.little):
        return ()
    start = element.start * 8 | _IN_BITS
    return ((start + frame * size, size) for frame in range(frames))


def _bits_of_frame(tag: int, document: dict[str, Any], length: int, frames: int) -> int:
    """Bits of one native frame, of pixel data of `length` bytes; 0 when the file does not say.

    What is labelled as subsampled and has all its chroma is told by its length.
    """
    rows, columns = _number(document, _ROWS, 0), _number(document, _COLUMNS, 0)
    bits = _FLOAT_PIXELS.get(tag) or _number(document, _BITS, 0)
    samples = _number(document, _SAMPLES, 1)
    total = rows * columns * samples * bits
    photometric = document.get(_PHOTOMETRIC, {}).get("Value", [None])[0]
    subsampled = photometric in _SUBSAMPLED and samples == _COLOUR and length * 8 < frames * total
    return total * 2 // 3 if subsampled else total


def _encapsulated(
    data: Buffer, walked: Walked, frames: int, syntax: TransferSyntax, *, limits: Limits, notes: Notes
) -> Iterable[tuple[int, int]]:
    fragments = Fragments(walked.fragments or array("Q"))
    count = len(fragments)
    if walked.unended and count not in (1, frames) and not _is_ended(data, fragments[count - 1]):
        raise Refused(
            "The delimiter of the pixel data is missing, and so may be a part of it.", tag=PIXEL_DATA
        )
    if syntax.video:
        return ()
    if count < frames:
        _note_missing(PIXEL_DATA, frames, limits, notes)
        return _by_codestreams(data, fragments, count)
    if count == frames:
        return fragments
    if frames == 1:
        return (fragments.between(0, count),)
    full = fragments.full()
    if len(full) == frames:
        return full
    return (
        _by_offsets(fragments, walked.offset_table, _ENTRY, frames)
        or _by_offsets(fragments, _extended_table(data, walked.dataset), _LONG_ENTRY, frames)
        or _by_codestreams(data, full, frames)
    )


def _extended_table(data: Buffer, dataset: DataSet) -> bytes:
    """The Extended Offset Table (PS3.3 C.7.6.3.1.8); empty where there is none."""
    element = dataset.get(_EXTENDED_OFFSET_TABLE)
    return data[element.start : element.start + element.length] if element else b""


def _by_offsets(fragments: Fragments, table: bytes, entry: Struct, frames: int) -> list[tuple[int, int]]:
    """Group fragments by a table of offsets; nothing where it does not fit them."""
    if len(table) != frames * entry.size:
        return []
    first, _ = fragments[0]
    numbered = enumerate(offset - first for offset, _ in fragments)
    starts = []
    for (offset,) in entry.iter_unpack(table):  # both ascend
        number = next((number for number, each in numbered if each >= offset), -1)
        if number < 0 or fragments[number][0] - first != offset:
            return []
        starts.append(number)
    return _grouped(fragments, starts) if starts[0] == 0 else []


def _by_codestreams(data: Buffer, fragments: Fragments, frames: int) -> list[tuple[int, int]]:
    """Group fragments by the codestreams in them; nothing where these are not as many as the frames.

    A fragment begins a frame if it begins as a codestream does and what is before it ended one, where the
    codestream has an end that can be told.
    """
    endless = bool(fragments) and _beginning(data, fragments[0]).startswith(_ENDLESS_STARTS)
    marks = _ENDLESS_STARTS if endless else _STARTS
    footprint = Footprint(data)
    ended, starts = True, []
    for number, fragment in enumerate(fragments):
        footprint.at(fragment[0])
        if ended and _beginning(data, fragment).startswith(marks):
            starts.append(number)
            if len(starts) > frames:
                return []
        ended = endless or _is_ended(data, fragment)
    return _grouped(fragments, starts) if ended and starts[:1] == [0] and len(starts) == frames else []


def _beginning(data: Buffer, fragment: tuple[int, int]) -> bytes:
    offset, length = fragment
    return data[offset : offset + min(length, _LONGEST_START)]


def _is_ended(data: Buffer, fragment: tuple[int, int]) -> bool:
    """Whether a codestream ends with a fragment, the padding aside."""
    offset, length = fragment
    return data[offset + max(0, length - _LONGEST_PADDING) : offset + length].rstrip(b"\0").endswith(_END)


def _grouped(fragments: Fragments, starts: list[int]) -> list[tuple[int, int]]:
    return [fragments.between(start, end) for start, end in pairwise([*starts, len(fragments)])]


def _number(document: dict[str, Any], key: str, default: int) -> int:
    value = document.get(key, {}).get("Value", [None])[0]
    return value if isinstance(value, int) else default
