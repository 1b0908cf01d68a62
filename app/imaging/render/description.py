"""What the pixels of an instance are, as its header says (PS3.3 C.7.6.3), checked before one is decoded."""

from dataclasses import dataclass, replace

import numpy
from numpy.typing import NDArray
from pydicom import Dataset

from app.imaging.render.faults import Unrenderable

PIXEL_DATA = 0x7FE00010
MOST_BYTES = 1 << 30  # of one decoded frame
_COLOUR = 3
_UNDONE = frozenset({"YBR_RCT", "YBR_ICT"})
_WHOLE_BYTES = frozenset({8, 16, 32, 64})
FLOATING = {0x7FE00008: 32, 0x7FE00009: 64}  # FloatPixelData, DoubleFloatPixelData


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelDescription:
    """The attributes of the Image Pixel Module that say how its bytes become numbers.

    `floating` tells that the values are of FloatPixelData or DoubleFloatPixelData, of BitsAllocated each.
    """

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool
    frames: int
    transfer_syntax_uid: str
    floating: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a decoded frame: (rows, columns), and the samples where there are several."""
        return (self.rows, self.columns) if self.samples == 1 else (self.rows, self.columns, self.samples)

    @property
    def dtype(self) -> numpy.dtype:
        """The type of a decoded value, in the machine's order of bytes."""
        if self.floating:
            return numpy.dtype(f"f{self.bits_allocated // 8}")
        return numpy.dtype(f"{'i' if self.signed else 'u'}{max(self.bits_allocated, 8) // 8}")

    @property
    def decoded_photometric(self) -> str:
        """What its colours are once decoded: decoders of JPEG 2000 undo its transform (PS3.5 8.2.4)."""
        return "RGB" if self.photometric in _UNDONE else self.photometric

    def with_syntax(self, transfer_syntax_uid: str) -> "PixelDescription":
        """The same pixels in another transfer syntax."""
        return replace(self, transfer_syntax_uid=transfer_syntax_uid)


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame: its stored values in the shape of its description, and what colour they are in.

    `photometric` is the Photometric Interpretation of these values, which a codec may have changed: a
    JPEG 2000 stream of YBR_RCT decodes to RGB.
    """

    values: NDArray[numpy.generic]
    photometric: str


def describe(header: Dataset, transfer_syntax_uid: str, pixel_tag: int = PIXEL_DATA) -> PixelDescription:
    """Read the description from a header; raises `Unrenderable` where it says too little, or too much.

    `pixel_tag` is the tag of the element with the pixels, which is not in the header.
    """
    floating = FLOATING.get(pixel_tag)
    bits_allocated = floating or _number(header, "BitsAllocated")
    bits_stored = _number(header, "BitsStored", bits_allocated)
    described = PixelDescription(
        rows=_number(header, "Rows"),
        columns=_number(header, "Columns"),
        samples=_number(header, "SamplesPerPixel", 1),
        bits_allocated=bits_allocated,
        bits_stored=bits_stored,
        high_bit=_high_bit(header, bits_allocated, bits_stored),
        signed=bool(_number(header, "PixelRepresentation", 0)),
        photometric=str(header.get("PhotometricInterpretation") or "MONOCHROME2").strip(),
        planar=bool(_number(header, "PlanarConfiguration", 0)),
        frames=frames_of(header),
        transfer_syntax_uid=transfer_syntax_uid,
        floating=floating is not None,
    )
    _check(described)
    return described


def _high_bit(header: Dataset, bits_allocated: int, bits_stored: int) -> int:
    """The high bit; where the header says one that cannot be, that of bits at the bottom."""
    high_bit = _number(header, "HighBit", bits_stored - 1)
    return high_bit if bits_stored - 1 <= high_bit < bits_allocated else bits_stored - 1


def frames_of(header: Dataset) -> int:
    """The number of frames; one where the header does not say a number that can be."""
    try:
        return max(1, _number(header, "NumberOfFrames", 1))
    except Unrenderable:
        return 1


def _check(described: PixelDescription) -> None:
    if not (described.rows and described.columns):
        raise Unrenderable("the picture has no rows or no columns")
    if described.bits_allocated not in _WHOLE_BYTES | {1}:
        raise Unrenderable(f"values of {described.bits_allocated} allocated bits are not read")
    if not 0 < described.bits_stored <= described.bits_allocated:
        raise Unrenderable("more bits are stored than allocated")
    if not 1 <= described.samples <= _COLOUR + 1:
        raise Unrenderable(f"pictures of {described.samples} samples a pixel are not read")
    size = described.rows * described.columns * described.samples * described.dtype.itemsize
    if size > MOST_BYTES:
        raise Unrenderable("a frame is larger than can be decoded")


def _number(header: Dataset, keyword: str, default: int | None = None) -> int:
    try:
        value = header.get(keyword)
        if value is not None and value != "":
            return int(value)
    except (TypeError, ValueError):
        raise Unrenderable(f"{keyword} is not one number") from None
    if default is None:
        raise Unrenderable(f"{keyword} is missing")
    return default
