"""A stored instance in another transfer syntax: its header with what has changed, its frames one by one.

Memory holds one frame, whatever the instance has.
"""

from collections.abc import Callable, Iterator
from functools import partial
from struct import Struct
from typing import BinaryIO

from pydicom import Dataset
from pydicom.config import settings
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import dcmwrite, write_file_meta_info
from pydicom.uid import UID

from app.imaging.render.description import PIXEL_DATA, Frame, PixelDescription
from app.imaging.render.encoders import NATIVE, after, encode, encoding_of
from app.imaging.render.faults import Unrenderable
from app.imaging.render.native import in_little_cells
from app.imaging.render.source import OpenInstance
from app.imaging.store.part10 import PREAMBLE, PREFIX
from app.imaging.store.syntaxes import syntax_of

_EXPLICIT = Struct("<HH2sHI")
_IMPLICIT = Struct("<HHI")
_ITEM = Struct("<HHI")
_ITEM_TAG, _DELIMITER = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_UNDEFINED = 0xFFFFFFFF
_LONGEST_TABLE = 1 << 20  # bytes of a basic offset table; a longer one is left empty, as it may be (A.4)
_BYTE = 8
_CHUNK = 1 << 20  # bytes, whole cells of any size
_OFFSETS = (0x7FE00001, 0x7FE00002)
_HIGH_BIT, _PHOTOMETRIC, _PLANAR = 0x00280102, 0x00280004, 0x00280006
_WORDS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}  # bytes of one
_VR = {0x7FE00008: b"OF", 0x7FE00009: b"OD"}


def check(source: OpenInstance, transfer_syntax_uid: str) -> None:
    """Raise `Unrenderable` unless this instance can be written in a transfer syntax without a loss."""
    encoding = encoding_of(source.described, transfer_syntax_uid)
    if encoding.method:  # PS3.3 C.7.6.1.1.5: what has lost is another instance, with a UID of its own
        raise Unrenderable("an instance is not given out with a loss that it did not have")
    if syntax_of(transfer_syntax_uid).deflated:
        raise Unrenderable("nothing is deflated on its way out")
    if source.frames != source.described.frames:
        raise Unrenderable("its frames do not lie in the file by themselves")
    if transfer_syntax_uid not in NATIVE and _has_overlay_within(source.header.attributes):
        raise Unrenderable("an overlay lies in its pixel cells, of which a codec keeps the values alone")


def _has_overlay_within(header: Dataset) -> bool:
    """Whether an overlay has its bits in the cells of the pixels (PS3.3 C.9.2, retired)."""
    planes = ((group << 16) for group in range(0x6000, 0x6020, 2))
    return any(plane | 0x0010 in header and plane | 0x3000 not in header for plane in planes)


def encoded_frame(source: OpenInstance, number: int, transfer_syntax_uid: str) -> bytes:
    """One frame, counted from 1, in another transfer syntax; raises `Unrenderable`."""
    return encode(source.frame(number), source.described, transfer_syntax_uid)


def transcode(
    source: OpenInstance, transfer_syntax_uid: str, target: BinaryIO, note: Callable[[int], None]
) -> None:
    """Write an instance in another transfer syntax to a file; raises `Unrenderable`.

    `note` is called with the number of each frame before it is touched.
    """
    if not source.has_pixels:
        _write_header(source, None, transfer_syntax_uid, target)
        return
    check(source, transfer_syntax_uid)
    note(1)
    if transfer_syntax_uid in NATIVE and not syntax_of(source.transfer_syntax_uid).encapsulated:
        _write_header(source, None, transfer_syntax_uid, target)
        _copy_native(source, transfer_syntax_uid, target)
        return
    first = [source.frame(1)]
    written = after(first[0], source.described, transfer_syntax_uid)
    _write_header(source, written, transfer_syntax_uid, target)
    write = _write_native if transfer_syntax_uid in NATIVE else _write_fragments
    encoded = partial(encode, described=source.described, transfer_syntax_uid=transfer_syntax_uid)
    write(source, written, target, map(encoded, _frames(source, first, note)))


def carry(
    source: OpenInstance, transfer_syntax_uid: str, target: BinaryIO, carried: Callable[[bytes], bytes]
) -> None:
    """Write an instance with the header that it has, its frames as they are, without decoding one.

    `carried` makes what is written of each compressed frame, whose syntax stays; native pixels may go from
    one native syntax to another. Raises `Unrenderable`.
    """
    if not source.has_pixels:
        _write_header(source, None, transfer_syntax_uid, target)
        return
    if source.frames != source.described.frames:
        raise Unrenderable("its frames do not lie in the file by themselves")
    _write_header(source, None, transfer_syntax_uid, target)
    if not syntax_of(source.transfer_syntax_uid).encapsulated:
        _copy_native(source, transfer_syntax_uid, target)
        return
    frames = (_even(carried(source.encoded(number))) for number in range(1, source.frames + 1))
    _write_fragments(source, source.described, target, frames)


def _even(frame: bytes) -> bytes:
    return frame + b"\0" * (len(frame) % 2)


def _frames(source: OpenInstance, first: list[Frame], note: Callable[[int], None]) -> Iterator[Frame]:
    """Each frame, decoded once: the first is in a list, out of which it is taken."""
    yield first.pop()
    for number in range(2, source.frames + 1):
        note(number)
        yield source.frame(number)


def _write_header(
    source: OpenInstance, written: PixelDescription | None, transfer_syntax_uid: str, target: BinaryIO
) -> None:
    """Write everything up to the pixels, of which `written` says what they become; None: there are none."""
    header = _header_of(source, written)
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(transfer_syntax_uid)
    meta.MediaStorageSOPClassUID = header.get("SOPClassUID")
    meta.MediaStorageSOPInstanceUID = header.get("SOPInstanceUID")
    implicit = syntax_of(transfer_syntax_uid).implicit
    settings.writing_validation_mode = 0  # what was stored is given out, whatever is to be said of it
    try:
        target.write(b"\0" * PREAMBLE + PREFIX)
        write_file_meta_info(DicomFileLike(target), meta)
        dcmwrite(target, header, implicit_vr=implicit, little_endian=True, force_encoding=True)
    except (AttributeError, KeyError, NotImplementedError, OSError, TypeError, ValueError) as refused:
        raise Unrenderable(f"its header cannot be written anew ({type(refused).__name__})") from None


def _header_of(source: OpenInstance, written: PixelDescription | None) -> Dataset:
    """The attributes of a file; those of the instance are remembered, and so replaced, not changed."""
    header = Dataset()
    header.update(source.header.attributes)
    if not syntax_of(source.transfer_syntax_uid).little:
        header = _in_little_words(header)
    for tag in _OFFSETS:  # of the fragments that were (PS3.3 C.7.6.3.1.8)
        header.pop(tag, None)
    if written:
        header.add_new(_HIGH_BIT, "US", written.bits_stored - 1)
    if written and written.samples > 1:
        header.add_new(_PHOTOMETRIC, "CS", written.photometric)
        header.add_new(_PLANAR, "US", 0)
    return header


def _in_little_words(dataset: Dataset) -> Dataset:
    """A data set whose words are little endian ones (PS3.5 7.3): its reader leaves them as they lie."""
    turned = Dataset()
    for each in dataset:
        size = _WORDS.get(each.VR)
        if each.VR == "SQ":
            turned.add_new(each.tag, "SQ", [_in_little_words(item) for item in each.value])
        elif size and isinstance(each.value, bytes):
            turned.add_new(each.tag, each.VR, in_little_cells(each.value, size))
        else:
            turned.add(each)
    return turned


def _copy_native(source: OpenInstance, transfer_syntax_uid: str, target: BinaryIO) -> None:
    """The pixels as they lie in their cells, with all that is in these beside the values (PS3.5 8.1.1)."""
    start, end = source.extent
    little = syntax_of(source.transfer_syntax_uid).little
    bits = source.described.bits_allocated
    cell = 1 if little else bits // _BYTE if bits > _BYTE else 2 if source.header.pixel_vr == "OW" else 1
    size = end - start
    end += size % cell and cell - size % cell  # the last word is whole in the file
    _write_pixel_header(source, transfer_syntax_uid, size, target)
    for at in range(start, end, _CHUNK):
        target.write(in_little_cells(bytes(source.data[at : min(at + _CHUNK, end)]), cell))
    target.write(b"\0" * ((end - start) % 2))


def _write_pixel_header(source: OpenInstance, transfer_syntax_uid: str, size: int, target: BinaryIO) -> None:
    """The header of native pixels of `size` bytes; raises `Unrenderable` where a value is not that long."""
    if size + size % 2 >= _UNDEFINED:
        raise Unrenderable("its pixels are more than a native transfer syntax holds")
    tag = source.header.pixel_tag or PIXEL_DATA
    if syntax_of(transfer_syntax_uid).implicit:
        target.write(_IMPLICIT.pack(tag >> 16, tag & 0xFFFF, size + size % 2))
        return
    vr = _VR.get(tag) or (b"OW" if source.described.bits_allocated > _BYTE else b"OB")
    target.write(_EXPLICIT.pack(tag >> 16, tag & 0xFFFF, vr, 0, size + size % 2))


def _write_native(
    source: OpenInstance, written: PixelDescription, target: BinaryIO, frames: Iterator[bytes]
) -> None:
    count = written.rows * written.columns * written.samples
    bits = count * written.bits_allocated * source.frames
    size = (bits + 7) // 8
    _write_pixel_header(source, written.transfer_syntax_uid, size, target)
    if written.bits_allocated == 1 and count % _BYTE and source.frames > 1:
        raise Unrenderable("its frames share bytes")
    for frame in frames:
        target.write(frame)
    target.write(b"\0" * (size % 2))


def _write_fragments(
    source: OpenInstance, written: PixelDescription, target: BinaryIO, fragments: Iterator[bytes]
) -> None:
    """One fragment a frame, and their offsets in front, which are filled in at the end (PS3.5 A.4)."""
    target.write(_EXPLICIT.pack(PIXEL_DATA >> 16, PIXEL_DATA & 0xFFFF, b"OB", 0, _UNDEFINED))
    room = 4 * source.frames if 4 * source.frames <= _LONGEST_TABLE else 0
    target.write(_ITEM.pack(*_ITEM_TAG, room))
    place = target.tell()
    target.write(b"\0" * room)
    offsets, at = [], 0
    for fragment in fragments:
        target.write(_ITEM.pack(*_ITEM_TAG, len(fragment)))
        target.write(fragment)
        offsets.append(at)
        at += _ITEM.size + len(fragment)
    target.write(_ITEM.pack(*_DELIMITER, 0))
    if room and offsets[-1] <= _UNDEFINED:
        target.seek(place)
        target.write(Struct(f"<{len(offsets)}I").pack(*offsets))
        target.seek(0, 2)
