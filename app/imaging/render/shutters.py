"""Shutters: what of a picture is covered, by a shape or by an overlay (PS3.3 C.7.6.11, C.7.6.15)."""

from collections.abc import Callable, Iterable
from types import MappingProxyType

import numpy
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.imaging.attributes import Attributes
from app.imaging.render.overlays import OverlayPlane

_MOST_VERTICES = 10_000
_TRIANGLE = 3
_FAR = 1 << 17  # beyond every picture, and near enough to count with


def covered(
    said: Attributes, rows: int, columns: int, planes: Iterable[OverlayPlane] = ()
) -> NDArray[numpy.bool_] | None:
    """The pixels that the shutters of a presentation state cover; None where it has none.

    Of several shapes, what one of them covers is covered (C.7.6.11).
    """
    open_parts = [
        shape(said, rows, columns)
        for name in said.text("ShutterShape").split("\\")
        if (shape := _SHAPES.get(name.strip())) is not None
    ]
    group = said.number("ShutterOverlayGroup")
    marks = [plane for plane in planes if group is not None and plane.group == int(group)]
    if not open_parts and not marks:
        return None
    hidden = numpy.zeros((rows, columns), numpy.bool_)
    for part in open_parts:
        hidden |= ~part
    for plane in marks:
        height, width = min(rows, plane.marks.shape[0]), min(columns, plane.marks.shape[1])
        hidden[:height, :width] |= plane.marks[:height, :width]
    return hidden


def _rectangle(said: Attributes, rows: int, columns: int) -> NDArray[numpy.bool_]:
    """Edges are columns and rows counted from 1, and are seen themselves."""
    left, right = _edge(said, "ShutterLeftVerticalEdge", 1), _edge(said, "ShutterRightVerticalEdge", columns)
    top, bottom = (
        _edge(said, "ShutterUpperHorizontalEdge", 1),
        _edge(said, "ShutterLowerHorizontalEdge", rows),
    )
    seen = numpy.zeros((rows, columns), numpy.bool_)
    seen[max(0, top - 1) : max(0, bottom), max(0, left - 1) : max(0, right)] = True
    return seen


def _circle(said: Attributes, rows: int, columns: int) -> NDArray[numpy.bool_]:
    center = said.numbers("CenterOfCircularShutter") or [rows / 2, columns / 2]
    radius = said.number("RadiusOfCircularShutter") or 0
    down, across = numpy.ogrid[1 : rows + 1, 1 : columns + 1]
    seen: NDArray[numpy.bool_] = (down - center[0]) ** 2 + (across - center[-1]) ** 2 <= radius**2
    return seen


def _polygon(said: Attributes, rows: int, columns: int) -> NDArray[numpy.bool_]:
    numbers = said.numbers("VerticesOfThePolygonalShutter")[: 2 * _MOST_VERTICES]
    points = [
        (_near(across - 1), _near(down - 1))
        for down, across in zip(numbers[::2], numbers[1::2], strict=False)
    ]
    mask = Image.new("1", (columns, rows))
    if len(points) >= _TRIANGLE:
        ImageDraw.Draw(mask).polygon(points, fill=1, outline=1)
    return numpy.asarray(mask)


def _edge(said: Attributes, keyword: str, default: int) -> int:
    value = said.number(keyword)
    return default if value is None else int(_near(value))


def _near(number: float) -> float:
    return min(max(number, -_FAR), _FAR)


_SHAPES: MappingProxyType[str, Callable[[Attributes, int, int], NDArray[numpy.bool_]]] = MappingProxyType(
    {"RECTANGULAR": _rectangle, "CIRCULAR": _circle, "POLYGONAL": _polygon}
)
