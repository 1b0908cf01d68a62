"""A stored instance in another transfer syntax: its header with what has changed, its frames one by one.

Memory holds one frame, whatever the instance has.
"""

from collections.abc import Callable
from struct import Struct
from typing import BinaryIO

from pydicom import Dataset
from pydicom.config import settings
from pydicom.dataset import FileMetaDataset
from pydicom.filebase import DicomFileLike
from pydicom.filewriter import dcmwrite, write_file_meta_info
from pydicom.uid import UID

from app.imaging.render.description import PIXEL_DATA, PixelDescription
from app.imaging.render.encoders import NATIVE, after, encode, encoding_of
from app.imaging.render.faults import Unrenderable
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
    first = source.frame(1)
    written = after(first, source.described, transfer_syntax_uid)
    _write_header(source, written, transfer_syntax_uid, target)
    if transfer_syntax_uid in NATIVE:
        _write_native(source, written, target, note)
    else:
        _write_fragments(source, written, target, note)


def _write_header(
    source: OpenInstance, written: PixelDescription | None, transfer_syntax_uid: str, target: BinaryIO
) -> None:
    """Write everything up to the pixels, of which `written` says what they become; None: there are none."""
    header = Dataset()
    header.update(source.header.attributes)
    if written and written.samples > 1:
        header.PhotometricInterpretation = written.photometric
        header.PlanarConfiguration = 0
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


def _write_native(
    source: OpenInstance, written: PixelDescription, target: BinaryIO, note: Callable[[int], None]
) -> None:
    tag = source.header.pixel_tag or PIXEL_DATA
    count = written.rows * written.columns * written.samples
    bits = count * written.bits_allocated * source.frames
    size = (bits + 7) // 8
    if size + size % 2 >= _UNDEFINED:
        raise Unrenderable("its pixels are more than a native transfer syntax holds")
    if syntax_of(written.transfer_syntax_uid).implicit:
        target.write(_IMPLICIT.pack(tag >> 16, tag & 0xFFFF, size + size % 2))
    else:
        vr = _VR.get(tag) or (b"OW" if written.bits_allocated > _BYTE else b"OB")
        target.write(_EXPLICIT.pack(tag >> 16, tag & 0xFFFF, vr, 0, size + size % 2))
    if written.bits_allocated == 1 and count % _BYTE and source.frames > 1:
        raise Unrenderable("its frames share bytes")
    for number in range(1, source.frames + 1):
        note(number)
        target.write(encode(source.frame(number), source.described, written.transfer_syntax_uid))
    target.write(b"\0" * (size % 2))


def _write_fragments(
    source: OpenInstance, written: PixelDescription, target: BinaryIO, note: Callable[[int], None]
) -> None:
    """One fragment a frame, and their offsets in front, which are filled in at the end (PS3.5 A.4)."""
    target.write(_EXPLICIT.pack(PIXEL_DATA >> 16, PIXEL_DATA & 0xFFFF, b"OB", 0, _UNDEFINED))
    room = 4 * source.frames if 4 * source.frames <= _LONGEST_TABLE else 0
    target.write(_ITEM.pack(*_ITEM_TAG, room))
    place = target.tell()
    target.write(b"\0" * room)
    offsets, at = [], 0
    for number in range(1, source.frames + 1):
        note(number)
        fragment = encode(source.frame(number), source.described, written.transfer_syntax_uid)
        target.write(_ITEM.pack(*_ITEM_TAG, len(fragment)))
        target.write(fragment)
        offsets.append(at)
        at += _ITEM.size + len(fragment)
    target.write(_ITEM.pack(*_DELIMITER, 0))
    if room and offsets[-1] <= _UNDEFINED:
        target.seek(place)
        target.write(Struct(f"<{len(offsets)}I").pack(*offsets))
        target.seek(0, 2)
