"""Where each frame lies in the file, so that it is served by one range read (PS3.5 8 and A.4, PS3.3 C.7.6.3).

A frame of one fragment is the fragment's own range. One of several fragments is the range from its first
fragment's item header to the end of its last: it begins with an item tag, which no codestream does, and
`codestream` takes the headers out. A frame of single bits that shares a byte with its neighbour has its place
in bits, which `byte_range` and `pixels` read. Places of a deflated file are those of the inflated data set.
Where they cannot be told the table is empty.
"""

from array import array
from collections.abc import Iterable
from itertools import pairwise
from struct import Struct
from typing import Any

from app.imaging.store.elements import PIXEL_DATA, DataSet, Element, Walked
from app.imaging.store.headers import Buffer
from app.imaging.store.limits import Limits
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import TransferSyntax

_ITEM_TAG = b"\xfe\xff\x00\xe0"
_ITEM_HEADER = 8
_PLACE = Struct("<QQ")
_ENTRY = Struct("<L")
_FLOAT_PIXELS = {0x7FE00008: 32, 0x7FE00009: 64}
_ROWS, _COLUMNS, _SAMPLES, _BITS, _FRAMES = "00280010", "00280011", "00280002", "00280100", "00280008"
_PHOTOMETRIC = "00280004"
_SUBSAMPLED = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422"})  # chroma for every second pixel only
_COLOUR = 3
_IN_BITS = 1 << 63  # of an offset: it and the length count bits
_STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51")  # SOI and a marker (ISO 10918-1), SOC and SIZ (ISO 15444-1)
_END = b"\xff\xd9"  # EOI, EOC
_LONGEST_PADDING = 16
_SHORT_KEYS = (0x00280010, 0x00280011, 0x00280002, 0x00280100)


def frame_table(
    data: Buffer, walked: Walked, document: dict[str, Any], syntax: TransferSyntax, limits: Limits
) -> bytes:
    """Pack (offset, length) of each frame as little-endian unsigned 64-bit pairs.

    Raises `Refused` when the pixel data cannot hold the frames that the file declares.
    """
    tag = next((tag for tag in (PIXEL_DATA, *_FLOAT_PIXELS) if tag in walked.dataset), None)
    if tag is None:
        return b""
    frames = _number(document, _FRAMES, 1)
    if frames < 1:
        raise Refused("The number of frames is not positive.", tag=int(_FRAMES, 16))
    _check_representations(walked.dataset)
    if walked.fragments is not None:
        places = _encapsulated(data, walked, frames, syntax)
    elif syntax.encapsulated:
        return b""
    else:
        places = _native(walked.dataset, tag, document, frames, limits)
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


def _native(
    dataset: DataSet, tag: int, document: dict[str, Any], frames: int, limits: Limits
) -> Iterable[tuple[int, int]]:
    bits_of_frame = _bits_of_frame(tag, document)
    if not bits_of_frame:
        return ()
    element = dataset[tag]
    if element.length * 8 < frames * bits_of_frame:
        raise Refused("The pixel data is shorter than its rows, columns and frames.", tag=tag)
    size, odd = divmod(bits_of_frame, 8)
    if odd and frames == 1:
        return ((element.start, size + 1),)
    if odd:
        return _native_bits(dataset, document, element, bits_of_frame, min(frames, limits.frames))
    return ((element.start + frame * size, size) for frame in range(min(frames, limits.frames)))


def _native_bits(
    dataset: DataSet, document: dict[str, Any], element: Element, size: int, frames: int
) -> Iterable[tuple[int, int]]:
    """Frames of `size` single bits, each of which begins where the last one ended (PS3.5 8.1.1)."""
    if _number(document, _BITS, 0) != 1 or (element.vr == "OW" and not dataset.little):
        return ()
    start = element.start * 8 | _IN_BITS
    return ((start + frame * size, size) for frame in range(frames))


def _bits_of_frame(tag: int, document: dict[str, Any]) -> int:
    """Bits of one native frame; 0 when the file does not say."""
    rows, columns = _number(document, _ROWS, 0), _number(document, _COLUMNS, 0)
    bits = _FLOAT_PIXELS.get(tag) or _number(document, _BITS, 0)
    samples = _number(document, _SAMPLES, 1)
    total = rows * columns * samples * bits
    photometric = document.get(_PHOTOMETRIC, {}).get("Value", [None])[0]
    return total * 2 // 3 if photometric in _SUBSAMPLED and samples == _COLOUR else total


def _encapsulated(
    data: Buffer, walked: Walked, frames: int, syntax: TransferSyntax
) -> Iterable[tuple[int, int]]:
    places: array[int] = walked.fragments or array("Q")
    fragments = list(zip(places[0::2], places[1::2], strict=True))
    if walked.unended and len(fragments) not in (1, frames) and not _is_ended(data, fragments[-1]):
        raise Refused(
            "The delimiter of the pixel data is missing, and so may be a part of it.", tag=PIXEL_DATA
        )
    if syntax.video:
        return ()
    if len(fragments) < frames:
        raise Refused("The pixel data has fewer fragments than frames.", tag=PIXEL_DATA)
    if len(fragments) == frames:
        return fragments
    if frames == 1:
        return (_spanning(fragments),)
    by_table = _by_offset_table(fragments, walked.offset_table, frames)
    return by_table or _by_codestreams(data, fragments, frames)


def _by_offset_table(fragments: list[tuple[int, int]], table: bytes, frames: int) -> list[tuple[int, int]]:
    """Group fragments by the Basic Offset Table; nothing where it does not fit them."""
    if len(table) != frames * _ENTRY.size:
        return []
    first = fragments[0][0]
    numbers = {offset - first: number for number, (offset, _) in enumerate(fragments)}
    starts = [numbers.get(entry, -1) for (entry,) in _ENTRY.iter_unpack(table)]
    if starts[0] != 0 or any(later <= earlier for earlier, later in pairwise(starts)):
        return []
    return _grouped(fragments, starts)


def _by_codestreams(data: Buffer, fragments: list[tuple[int, int]], frames: int) -> list[tuple[int, int]]:
    """Group fragments by the codestreams in them; nothing where these are not as many as the frames.

    A fragment begins a frame if it begins as a codestream does and what is before it ended one.
    """
    ended, starts = True, []
    for number, (offset, length) in enumerate(fragments):
        if ended and data[offset : offset + min(length, _ENTRY.size)].startswith(_STARTS):
            starts.append(number)
        ended = _is_ended(data, (offset, length))
    return _grouped(fragments, starts) if ended and starts[:1] == [0] and len(starts) == frames else []


def _is_ended(data: Buffer, fragment: tuple[int, int]) -> bool:
    """Whether a codestream ends with a fragment, the padding aside."""
    offset, length = fragment
    return data[offset + max(0, length - _LONGEST_PADDING) : offset + length].rstrip(b"\0").endswith(_END)


def _grouped(fragments: list[tuple[int, int]], starts: list[int]) -> list[tuple[int, int]]:
    return [_spanning(fragments[start:end]) for start, end in pairwise([*starts, len(fragments)])]


def _spanning(fragments: list[tuple[int, int]]) -> tuple[int, int]:
    if len(fragments) == 1:
        return fragments[0]
    start = fragments[0][0] - _ITEM_HEADER
    end = sum(fragments[-1])
    return start, end - start


def _number(document: dict[str, Any], key: str, default: int) -> int:
    value = document.get(key, {}).get("Value", [None])[0]
    return value if isinstance(value, int) else default
