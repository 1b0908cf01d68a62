"""Overlay planes of the groups 60xx: bits over a picture, of their own or in its cells (PS3.3 C.9)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from app.imaging.attributes import Attributes
from app.imaging.render.description import PixelDescription
from app.imaging.render.geometry import Placement
from app.imaging.render.grey import WHITE
from app.imaging.render.motif import Motif

_GROUPS = range(0x6000, 0x6020, 2)
_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FIRST_FRAME = 0x0010, 0x0011, 0x0015, 0x0050, 0x0051
_BITS_ALLOCATED, _BIT_POSITION, _ACTIVATION_LAYER, _DATA = 0x0100, 0x0102, 0x1001, 0x3000
_BYTE = 8
_PAIR = 2


@dataclass(frozen=True, slots=True)
class OverlayPlane:
    """The marks of one overlay for one frame, its first row and column from 0, its layer if it has one."""

    group: int
    top: int
    left: int
    marks: NDArray[numpy.bool_]
    layer: str = ""


def overlay_planes(motif: Motif, said: Attributes | None = None) -> Iterator[OverlayPlane]:
    """The overlays of a frame, as `said` has them where it is given; those that cannot be read are left out.

    Without the cells of the frame those are, too, which of old are in the upper bits of them (PS3.5 8.1.2).
    """
    said = said or motif.said
    for group in _GROUPS:
        if _whole(said, group, _ROWS) <= 0:
            continue
        marks = _embedded(said, group, motif.described, motif.cells)
        if marks is None:
            marks = _own(said, group, motif.number)
        if marks is not None:
            origin = said.numbers(_tag(group, _ORIGIN))
            top, left = (int(each) - 1 for each in origin) if len(origin) == _PAIR else (0, 0)
            yield OverlayPlane(group, top, left, marks, said.text(_tag(group, _ACTIVATION_LAYER)))


def burnt(
    shown: NDArray[numpy.uint8], planes: Iterable[OverlayPlane], placement: Placement, level: Any = WHITE
) -> NDArray[numpy.uint8]:
    """A part of a picture with the marks of overlays in it, of a grey level or a colour."""
    part = numpy.array(shown)
    for plane in planes:
        part[part_of_marks(plane, placement)] = level
    return part


def part_of_marks(plane: OverlayPlane, placement: Placement) -> NDArray[numpy.bool_]:
    """The marks that lie in the part of a picture that a placement touches, in its shape."""
    rows, columns = placement.rows, placement.columns
    part = numpy.zeros((rows.stop - rows.start, columns.stop - columns.start), numpy.bool_)
    top, left = plane.top - rows.start, plane.left - columns.start
    marks = plane.marks[max(0, -top) :, max(0, -left) :]
    into = part[max(0, top) :, max(0, left) :]
    height, width = min(marks.shape[0], into.shape[0]), min(marks.shape[1], into.shape[1])
    into[:height, :width] = marks[:height, :width]
    return part


def _own(said: Attributes, group: int, number: int) -> NDArray[numpy.bool_] | None:
    """Marks of Overlay Data: a bit each, frame after frame without a gap (C.9.2.1.1)."""
    rows, columns = (_whole(said, group, element) for element in (_ROWS, _COLUMNS))
    data = said.raw(_tag(group, _DATA))
    if rows <= 0 or columns <= 0 or not data:
        return None
    frame = _frame(said, group, number)
    size = rows * columns
    first = frame * size
    if frame < 0 or (first + size + _BYTE - 1) // _BYTE > len(data):
        return None
    octets = numpy.frombuffer(data[first // _BYTE : (first + size + _BYTE - 1) // _BYTE], numpy.uint8)
    bits = numpy.unpackbits(octets, bitorder="little")[first % _BYTE :][:size]
    return bits.astype(numpy.bool_).reshape(rows, columns)


def _frame(said: Attributes, group: int, number: int) -> int:
    """Which frame of an overlay goes with a frame of the picture, from 0; an overlay of one goes with all."""
    count = _whole(said, group, _FRAMES)
    if count <= 1:
        return 0
    frame = number - max(1, _whole(said, group, _FIRST_FRAME))
    return frame if frame < count else -1


def _embedded(
    said: Attributes, group: int, described: PixelDescription, cells: NDArray[Any] | None
) -> NDArray[numpy.bool_] | None:
    """Marks in a bit of each cell, which is retired; None where this overlay has its own data."""
    position = said.number(_tag(group, _BIT_POSITION))
    allocated = said.number(_tag(group, _BITS_ALLOCATED))
    if cells is None or cells.ndim != _PAIR or cells.dtype.kind not in "iu" or _own_data(said, group):
        return None
    if position is None or allocated != described.bits_allocated or not 0 <= position < allocated:
        return None
    low = described.high_bit + 1 - described.bits_stored
    if low <= position <= described.high_bit:
        return None
    return ((cells >> int(position)) & 1).astype(numpy.bool_)


def _own_data(said: Attributes, group: int) -> bool:
    return bool(said.raw(_tag(group, _DATA)))


def _whole(said: Attributes, group: int, element: int) -> int:
    return int(said.number(_tag(group, element)) or 0)


def _tag(group: int, element: int) -> int:
    return group << 16 | element
