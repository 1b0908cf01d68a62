"""Pixels as odd as they come, in every transfer syntax: a table of small files, by what is odd about each."""

import zlib
from collections.abc import Callable, Mapping
from itertools import accumulate
from struct import pack
from typing import Any

import imagecodecs
import numpy
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended
from pydicom.uid import UID

from app.imaging.store.part10 import PREAMBLE, read_meta, written_beginning
from app.imaging.store.syntaxes import syntax_of
from tests.factories.dicom import JPEG_16X16, ct_instance, part10, uid
from tests.factories.pixels import item_of

_EXPLICIT, _BIG, _IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2"
_DEFLATED = "1.2.840.10008.1.2.1.99"
_RLE, _JPEG, _JPEG_LS = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.80"
_J2K, _HTJ2K, _JXL = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.110"
_RAMP = numpy.arange(16 * 16, dtype=numpy.uint8).reshape(16, 16)
_WORDS = (numpy.arange(16 * 16, dtype=numpy.uint16) * 16).reshape(16, 16)
_COLOUR = numpy.stack([_RAMP, _RAMP.T, 255 - _RAMP], axis=-1)


def picture(name: str, pixels: bytes | NDArray[Any], syntax: str = _EXPLICIT, **keywords: Any) -> bytes:
    """A file of pixels of 16 x 16 bytes, or of what the keywords say; None leaves one out."""
    dataset = item_of(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.7",
        SOPInstanceUID=uid("odd", name),
        StudyInstanceUID=uid("study of odd pixels"),
        SeriesInstanceUID=uid("series of odd pixels"),
        PatientID="ODD",
        PatientName="Odd^Pixels",
        Modality="OT",
        Rows=16,
        Columns=16,
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        PixelRepresentation=0,
    )
    layout = syntax_of(syntax)
    vr = keywords.pop("vr", "OB" if layout.encapsulated else "OW")
    for keyword, value in keywords.items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    dataset.add_new(0x7FE00010, vr, pixels if isinstance(pixels, bytes) else pixels.tobytes())
    dataset["PixelData"].is_undefined_length = layout.encapsulated
    if UID(syntax).is_transfer_syntax:
        return part10(dataset, syntax)
    return renamed(part10(dataset, _RLE if layout.encapsulated else _IMPLICIT), syntax)


def renamed(raw: bytes, syntax: str) -> bytes:
    """A file whose meta information says that it is of another transfer syntax."""
    meta = read_meta(raw)
    return written_beginning(meta.sop_class_uid, meta.sop_uid, syntax) + raw[meta.start :]


def alone(raw: bytes) -> bytes:
    """The data set of a file, and nothing before it."""
    return raw[read_meta(raw).start :]


_WORD = {"BitsAllocated": 16, "BitsStored": 16, "HighBit": 15}
_TWELVE = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11}
_RGB = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
_FULL = _RGB | {"PhotometricInterpretation": "YBR_FULL"}
_HALF = _RGB | {"PhotometricInterpretation": "YBR_FULL_422"}
_BIT = {"BitsAllocated": 1, "BitsStored": 1, "HighBit": 0}
_TWO, _FOUR = {"NumberOfFrames": 2}, {"NumberOfFrames": 4}
_ODD_JPEG = JPEG_16X16 + b"\0" * (1 - len(JPEG_16X16) % 2)
_DWORD = {"BitsAllocated": 32, "BitsStored": 32, "HighBit": 31}


def _fragments(*parts: bytes, table: bytes = b"") -> bytes:
    """Fragments as they are given, of odd lengths too; the delimiter comes from pydicom."""
    return b"".join(b"\xfe\xff\x00\xe0" + pack("<L", len(part)) + part for part in (table, *parts))


def _cut(stream: bytes, pieces: int) -> list[bytes]:
    size = -(-len(stream) // (2 * pieces)) * 2
    return [stream[at : at + size] for at in range(0, len(stream), size)]


_LS = imagecodecs.jpegls_encode(_RAMP)
_2000 = imagecodecs.jpeg2k_encode(_RAMP, level=0, codecformat="j2k", reversible=True)
_2000_FILE = imagecodecs.jpeg2k_encode(_RAMP, level=0, codecformat="jp2", reversible=True)
_HT = imagecodecs.htj2k_encode(_RAMP)
_XL = imagecodecs.jpegxl_encode(_RAMP, lossless=True)


def _runs(*planes: NDArray[numpy.uint8]) -> bytes:
    """A frame of RLE in literal runs, a segment a plane (PS3.5 G.3)."""
    segments = [
        b"".join(b"\x7f" + plane.tobytes()[at : at + 128] for at in range(0, plane.size, 128))
        for plane in planes
    ]
    offsets = [64, *accumulate((len(segment) for segment in segments), initial=64)][1:-1]
    return pack("<16L", len(planes), *offsets, *[0] * (15 - len(planes))) + b"".join(segments)


_RUNS = _runs(_RAMP)


def _extended() -> bytes:
    data, offsets, lengths = encapsulate_extended([_2000, _2000])
    return picture(
        "extended",
        data,
        _J2K,
        NumberOfFrames=2,
        ExtendedOffsetTable=offsets,
        ExtendedOffsetTableLengths=lengths,
    )


def _palette(bits: int, name: str) -> bytes:
    values = numpy.linspace(0, 65535, 256).astype("<u2").tobytes()
    tables = {
        f"{colour}PaletteColorLookupTable{kind}": value
        for colour in ("Red", "Green", "Blue")
        for kind, value in (("Descriptor", [256, 0, 16]), ("Data", values))
    }
    words = _WORD if bits == 16 else {}
    pixels = _RAMP.astype(f"<u{bits // 8}")
    return picture(name, pixels, PhotometricInterpretation="PALETTE COLOR", **words, **tables)


def _floats(name: str, kind: str) -> bytes:
    dataset = Dataset()
    tag, vr = (0x7FE00008, "OF") if kind == "f4" else (0x7FE00009, "OD")
    values = numpy.linspace(-2, 2, 256).astype(f"<{kind}").tobytes()
    dataset.update(
        item_of(
            SOPClassUID="1.2.840.10008.5.1.4.1.1.30",
            SOPInstanceUID=uid("odd", name),
            StudyInstanceUID=uid("study of odd pixels"),
            SeriesInstanceUID=uid("series of odd pixels"),
            PatientID="ODD",
            Rows=16,
            Columns=16,
            SamplesPerPixel=1,
            PhotometricInterpretation="MONOCHROME2",
            BitsAllocated=32 if kind == "f4" else 64,
        )
    )
    dataset.add_new(tag, vr, values)
    return part10(dataset)


def _deflated_frames() -> bytes:
    def frame(raw: bytes) -> bytes:
        stream = zlib.compressobj(wbits=-15)
        return stream.compress(raw) + stream.flush()

    return picture(
        "deflated frames",
        encapsulate([frame(_RAMP.tobytes()), frame(_RAMP.T.tobytes())]),
        "1.2.840.10008.1.2.8.1",
        NumberOfFrames=2,
    )


def _bits(frames: int, rows: int, columns: int) -> bytes:
    raw = numpy.random.default_rng(1).integers(0, 2, frames * rows * columns).astype(numpy.uint8)
    packed = numpy.packbits(raw, bitorder="little").tobytes()
    return packed + b"\0" * (len(packed) % 2)


ODD_PIXELS: Mapping[str, Callable[[], bytes]] = {
    "bytes": lambda: picture("bytes", _RAMP),
    "words": lambda: picture("words", _WORDS, **_WORD),
    "12 bits at the bottom": lambda: picture("12 low", _WORDS >> 4, **_TWELVE),
    "12 bits at the top": lambda: picture("12 high", _WORDS, **_TWELVE | {"HighBit": 15}),
    "12 bits in the middle": lambda: picture("12 middle", _WORDS >> 2, **_TWELVE | {"HighBit": 13}),
    "signed": lambda: picture("signed", _WORDS.astype("<i2") - 2048, **_WORD, PixelRepresentation=1),
    "signed 12 bits": lambda: picture("signed 12", (_WORDS >> 4) & 0xFFF, **_TWELVE, PixelRepresentation=1),
    "32 bits": lambda: picture("32", _WORDS.astype("<u4") << 12, **_DWORD),
    "32 bits big endian": lambda: picture("32 big", _WORDS.astype("<u4") << 12, _BIG, **_DWORD),
    "floats": lambda: _floats("floats", "f4"),
    "doubles": lambda: _floats("doubles", "f8"),
    "big endian words": lambda: picture("big", _WORDS.astype(">u2"), _BIG, **_WORD),
    "big endian bytes in words": lambda: picture("big bytes", _RAMP, _BIG),
    "big endian bytes": lambda: picture("big OB", _RAMP, _BIG, vr="OB"),
    "implicit": lambda: picture("implicit", _WORDS, _IMPLICIT, **_WORD),
    "deflated": lambda: picture("deflated", _WORDS, _DEFLATED, **_WORD),
    "deflated frames": _deflated_frames,
    "GE private": lambda: picture("GE", _WORDS.astype(">u2"), "1.2.840.113619.5.2", **_WORD),
    "encapsulated, uncompressed": lambda: picture(
        "encapsulated", encapsulate([_RAMP.tobytes()]), "1.2.840.10008.1.2.1.98"
    ),
    "single bits": lambda: picture("bit", _bits(1, 16, 16), **_BIT),
    "single bits, odd": lambda: picture("bit odd", _bits(1, 5, 7), **_BIT, Rows=5, Columns=7),
    "single bits, frames that share bytes": lambda: picture(
        "bit shared", _bits(5, 5, 7), **_BIT, Rows=5, Columns=7, NumberOfFrames=5
    ),
    "odd rows and columns": lambda: picture("odd", bytes(range(35)) + b"\0", Rows=5, Columns=7),
    "odd frames": lambda: picture(
        "odd frames", bytes(range(105)) + b"\0", Rows=5, Columns=7, NumberOfFrames=3
    ),
    "colour by pixel": lambda: picture("RGB", _COLOUR, **_RGB),
    "colour by plane": lambda: picture(
        "planes", numpy.ascontiguousarray(_COLOUR.transpose(2, 0, 1)), **_RGB | {"PlanarConfiguration": 1}
    ),
    "colour of words": lambda: picture("RGB 16", _COLOUR.astype("<u2") * 257, **_RGB, **_WORD),
    "YBR_FULL": lambda: picture("YBR", _COLOUR, **_FULL),
    "YBR_FULL_422": lambda: picture("422", _RAMP.tobytes() * 2, **_HALF),
    "YBR_FULL_422 with all its chroma": lambda: picture("422 full", _COLOUR, **_HALF),
    "YBR_PARTIAL_422": lambda: picture(
        "partial", _RAMP.tobytes() * 2, **_HALF | {"PhotometricInterpretation": "YBR_PARTIAL_422"}
    ),
    "palette": lambda: _palette(8, "palette 8"),
    "palette of words": lambda: _palette(16, "palette 16"),
    "MONOCHROME1": lambda: picture("mono1", _RAMP, PhotometricInterpretation="MONOCHROME1"),
    "CMYK": lambda: picture(
        "CMYK", _RAMP.tobytes() * 4, **_RGB | {"SamplesPerPixel": 4, "PhotometricInterpretation": "CMYK"}
    ),
    "ARGB": lambda: picture(
        "ARGB", _RAMP.tobytes() * 4, **_RGB | {"SamplesPerPixel": 4, "PhotometricInterpretation": "ARGB"}
    ),
    "HSV": lambda: picture("HSV", _COLOUR, **_RGB | {"PhotometricInterpretation": "HSV"}),
    "a colour nobody knows": lambda: picture("XYZ", _COLOUR, **_RGB | {"PhotometricInterpretation": "XYZ"}),
    "no photometric interpretation": lambda: picture("no PI", _RAMP, PhotometricInterpretation=None),
    "colour of one sample": lambda: picture("RGB 1", _RAMP, PhotometricInterpretation="RGB"),
    "two samples": lambda: picture("two", _RAMP.tobytes() * 2, SamplesPerPixel=2, PlanarConfiguration=0),
    "no samples": lambda: picture("no samples", _RAMP, SamplesPerPixel=None),
    "no bits stored": lambda: picture("no stored", _RAMP, BitsStored=None, HighBit=None),
    "no pixel representation": lambda: picture("no repr", _RAMP, PixelRepresentation=None),
    "12 bits allocated": lambda: picture(
        "12 allocated", bytes(384), BitsAllocated=12, BitsStored=12, HighBit=11
    ),
    "no bits allocated": lambda: picture("0 allocated", _RAMP, BitsAllocated=0, BitsStored=0, HighBit=0),
    "more bits stored than allocated": lambda: picture("stored", _RAMP, BitsStored=12, HighBit=11),
    "a high bit outside": lambda: picture("high bit", _RAMP, HighBit=8),
    "24 bits allocated": lambda: picture("24", bytes(768), BitsAllocated=24, BitsStored=24, HighBit=23),
    "no rows": lambda: picture("rows 0", b"", Rows=0),
    "rows that are missing": lambda: picture("rows none", _RAMP, Rows=None),
    "all rows there can be": lambda: picture("rows 65535", _RAMP, Rows=65535, Columns=65535),
    "longer": lambda: picture("longer", _RAMP.tobytes() + bytes(64)),
    "shorter by a row": lambda: picture("shorter", _RAMP.tobytes()[:-16]),
    "shorter by half": lambda: picture("half", _RAMP.tobytes()[:128]),
    "empty": lambda: picture("empty", b""),
    "frames that are not all there": lambda: picture("lacking", _RAMP.tobytes() * 2, NumberOfFrames=3),
    "no frames": lambda: picture("frames 0", _RAMP, NumberOfFrames=0),
    "a number of frames that is empty": lambda: picture("frames empty", _RAMP, NumberOfFrames=""),
    "a number of frames that is none": lambda: picture("frames 1A", _RAMP, NumberOfFrames=1).replace(
        b"\x28\0\x08\0IS\x02\x001 ", b"\x28\0\x08\0IS\x02\x001A"
    ),
    "frames that nobody counts": lambda: picture("uncounted", _RAMP.tobytes() * 3),
    "RLE": lambda: picture("RLE", encapsulate([_RUNS]), _RLE),
    "RLE frames": lambda: picture("RLE 3", encapsulate([_RUNS] * 3), _RLE, NumberOfFrames=3),
    "RLE too short": lambda: picture("RLE short", encapsulate([_RUNS[:100]]), _RLE),
    "RLE colour": lambda: picture(
        "RLE RGB", encapsulate([_runs(_COLOUR[..., 0], _COLOUR[..., 1], _COLOUR[..., 2])]), _RLE, **_RGB
    ),
    "JPEG": lambda: picture("JPEG", encapsulate([JPEG_16X16]), _JPEG),
    "JPEG of another size": lambda: picture("JPEG size", encapsulate([JPEG_16X16]), _JPEG, Rows=32),
    "JPEG in pieces": lambda: picture("JPEG pieces", _fragments(*_cut(JPEG_16X16, 3)), _JPEG),
    "JPEG frames in pieces": lambda: picture(
        "JPEG frames", _fragments(*_cut(JPEG_16X16, 3) * 2), _JPEG, NumberOfFrames=2
    ),
    "JPEG with an empty first fragment": lambda: picture("JPEG empty", _fragments(b"", JPEG_16X16), _JPEG),
    "JPEG of odd length": lambda: picture(
        "JPEG odd", _fragments(JPEG_16X16 + b"\0" * (1 - len(JPEG_16X16) % 2)), _JPEG
    ),
    "JPEG with rubbish behind": lambda: picture(
        "JPEG rubbish", encapsulate([JPEG_16X16 + b"rubbish."]), _JPEG
    ),
    "JPEG that is cut": lambda: picture("JPEG cut", encapsulate([JPEG_16X16[:-40]]), _JPEG),
    "JPEG that is none": lambda: picture("JPEG none", encapsulate([b"this is no codestream"]), _JPEG),
    "no JPEG at all": lambda: picture("no JPEG", _fragments(), _JPEG),
    "JPEG of fewer frames": lambda: picture("JPEG fewer", encapsulate([JPEG_16X16]), _JPEG, **_FOUR),
    "JPEG-LS": lambda: picture("LS", encapsulate([_LS]), _JPEG_LS),
    "JPEG-LS frames in pieces": lambda: picture(
        "LS frames", _fragments(*_cut(_LS, 2) * 2), _JPEG_LS, NumberOfFrames=2
    ),
    "JPEG 2000": lambda: picture("J2K", encapsulate([_2000]), _J2K),
    "JPEG 2000 in its file": lambda: picture(
        "JP2",
        encapsulate([imagecodecs.jpeg2k_encode(_RAMP, level=0, codecformat="jp2", reversible=True)]),
        _J2K,
    ),
    "JPEG 2000 with an extended offset table": _extended,
    "JPEG 2000 under the name of JPEG": lambda: picture("J2K as JPEG", encapsulate([_2000]), _JPEG),
    "HTJ2K": lambda: picture("HT", encapsulate([_HT]), _HTJ2K),
    "JPEG XL": lambda: picture("XL", encapsulate([_XL]), _JXL),
    "JPEG XL frames in pieces": lambda: picture(
        "XL frames", _fragments(*_cut(_XL, 2) * 2), _JXL, NumberOfFrames=2
    ),
    "a video": lambda: picture(
        "video", encapsulate([bytes(2000)]), "1.2.840.10008.1.2.4.102", NumberOfFrames=20, **_RGB
    ),
    "a private syntax": lambda: picture("private", encapsulate([_RUNS]), "1.2.3.4.5"),
    "native pixels under the name of JPEG": lambda: renamed(picture("native JPEG", _RAMP), _JPEG),
    "compressed pixels under the name of native ones": lambda: renamed(
        picture("JPEG native", encapsulate([JPEG_16X16]), _JPEG), _EXPLICIT
    ),
    "no representations in a syntax of them": lambda: renamed(picture("no VR", _RAMP, _IMPLICIT), _EXPLICIT),
    "representations in a syntax without": lambda: renamed(picture("with VR", _RAMP), _IMPLICIT),
    "nothing before the data set": lambda: alone(picture("no meta", _RAMP)),
    "no preamble": lambda: picture("no preamble", _RAMP)[PREAMBLE:],
    "no spacing": lambda: ct_instance(sop_uid=uid("no spacing"), PixelSpacing=None),
    "a class of one's own": lambda: picture("own class", _RAMP, SOPClassUID="1.2.3.4.5.6"),
}
