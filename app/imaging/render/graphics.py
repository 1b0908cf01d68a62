"""Graphics and texts of a presentation state, drawn over a picture, layer by layer (PS3.3 C.10.5)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.imaging.attributes import Attributes
from app.imaging.render.annotation import font, write, written
from app.imaging.render.lab import Colour, to_srgb

Point: TypeAlias = tuple[float, float]

MOST_OBJECTS = 2000
MOST_POINTS = 20_000  # of all graphics together
_MOST_LINES = 40  # of one text
_WHITE = 255
_WORD_LARGEST = 65535
_TURN = 72  # corners of a circle
_STEPS = 8  # between two points of a curve
_SMALLEST, _LARGEST = 9, 60  # pixels that a line of text is high
_THIN = 512  # pixels of the shorter side for each pixel that a line is wide
_FAR = 1 << 15  # pixels outside of a picture that lines are followed
_PAIR, _ELLIPSE_POINTS = 2, 4
_CROSS = 4
_GREY_AXES = 2


@dataclass(frozen=True, slots=True)
class Projection:
    """Where places of a source are in the picture: an area of it, turned clockwise, flipped, scaled.

    The area is in pixels of the source from its top left corner, `turned` in degrees, the size in pixels.
    """

    left: float
    top: float
    right: float
    bottom: float
    turned: int
    flipped: bool
    width: int
    height: int

    def of_pixel(self, point: Point) -> Point:
        """The place of a point given in pixels of the source, 0 at its corner."""
        across = (point[0] - self.left) / (self.right - self.left)
        down = (point[1] - self.top) / (self.bottom - self.top)
        across, down = _TURNS[self.turned](across, down)
        return self.of_display((1 - across if self.flipped else across, down))

    def of_display(self, point: Point) -> Point:
        """The place of a point given in shares of the displayed area."""
        return _near(point[0] * self.width), _near(point[1] * self.height)

    def of_units(self, units: str) -> Callable[[Point], Point]:
        """The way of points in these annotation units."""
        return self.of_display if units == "DISPLAY" else self.of_pixel


@dataclass(frozen=True, slots=True)
class Layer:
    """A graphic layer: its place in the order, and what it is drawn in, a colour where it has one."""

    order: float = 0
    level: int = _WHITE
    colour: Colour | None = None


def layers_of(state: Attributes) -> dict[str, Layer]:
    """The graphic layers of a presentation state by their names (PS3.3 C.10.7)."""
    layers = {}
    for item in state.items("GraphicLayerSequence")[:MOST_OBJECTS]:
        level = item.number("GraphicLayerRecommendedDisplayGrayscaleValue")
        layers[item.text("GraphicLayer")] = Layer(
            item.number("GraphicLayerOrder") or 0,
            _WHITE if level is None else level_of(level),
            to_srgb(item.numbers("GraphicLayerRecommendedDisplayCIELabValue")),
        )
    return layers


def level_of(p_value: float) -> int:
    """The grey level of a value from 0 to 65535 (PS3.3 C.10.7.1.1)."""
    return round(min(max(p_value, 0), _WORD_LARGEST) * _WHITE / _WORD_LARGEST)


def drawn_over(
    shown: NDArray[numpy.uint8],
    annotations: Sequence[Attributes],
    layers: dict[str, Layer],
    projection: Projection,
) -> NDArray[numpy.uint8]:
    """A picture with the items of Graphic Annotation Sequence over it, the lowest layer first."""
    placed = sorted(
        ((layers.get(item.text("GraphicLayer"), Layer()), item) for item in annotations),
        key=lambda pair: pair[0].order,
    )
    if not placed:
        return shown
    coloured = shown.ndim > _GREY_AXES or any(layer.colour for layer, _ in placed)
    image = Image.fromarray(shown).convert("RGB" if coloured else "L")
    canvas = ImageDraw.Draw(image)
    budget = iter(range(MOST_POINTS))
    for layer, item in placed[:MOST_OBJECTS]:
        ink: Any = (layer.colour or (layer.level,) * 3) if coloured else layer.level
        for graphic in item.items("GraphicObjectSequence")[:MOST_OBJECTS]:
            _draw(canvas, graphic, projection, ink, budget)
        for text in item.items("TextObjectSequence")[:MOST_OBJECTS]:
            _write(canvas, text, projection, ink, budget)
    return numpy.asarray(image)


def _draw(
    canvas: ImageDraw.ImageDraw, graphic: Attributes, projection: Projection, ink: Any, budget: Iterator[int]
) -> None:
    kind = graphic.text("GraphicType")
    outline = _OUTLINES.get(kind)
    points = list(_pairs(graphic.numbers("GraphicData"), budget))
    if outline is None or not points:
        return
    place = projection.of_units(graphic.text("GraphicAnnotationUnits"))
    corners = [place(point) for point in outline(points)]
    width = max(1, min(projection.width, projection.height) // _THIN)
    if kind == "POINT":
        across, down = corners[0]
        size = _CROSS * width
        canvas.line([(across - size, down), (across + size, down)], ink, width)
        canvas.line([(across, down - size), (across, down + size)], ink, width)
    elif graphic.text("GraphicFilled") == "Y" and len(corners) > _PAIR:
        canvas.polygon(corners, fill=ink, outline=ink)
    elif len(corners) > 1:
        canvas.line(corners, ink, width, joint="curve")


def _write(
    canvas: ImageDraw.ImageDraw, text: Attributes, projection: Projection, ink: Any, budget: Iterator[int]
) -> None:
    """A text in its box, or beside its anchor, to which a line leads from the box where it is visible."""
    lines = [written(line) for line in text.text("UnformattedTextValue").splitlines()[:_MOST_LINES]]
    if not lines or next(budget, None) is None:
        return
    anchor = _one_point(text, "AnchorPoint", projection, "AnchorPointAnnotationUnits")
    box = [
        _one_point(text, f"BoundingBox{corner}HandCorner", projection, "BoundingBoxAnnotationUnits")
        for corner in ("TopLeft", "BottomRight")
    ]
    if box[0] is None or box[1] is None:
        if anchor:
            _lines(canvas, lines, anchor, _SMALLEST * 2, ink)
        return
    (left, top), (right, bottom) = (
        (min(box[0][0], box[1][0]), min(box[0][1], box[1][1])),
        (max(box[0][0], box[1][0]), max(box[0][1], box[1][1])),
    )
    size = min(max(int((bottom - top) / len(lines)) - 2, _SMALLEST), _LARGEST)
    longest = max(font(size).getlength(line) for line in lines)
    if longest > right - left > 0:
        size = max(int(size * (right - left) / longest), _SMALLEST)
    if anchor and text.text("AnchorPointVisibility") == "Y":
        nearest = (min(max(anchor[0], left), right), min(max(anchor[1], top), bottom))
        canvas.line([nearest, anchor], ink)
    _lines(canvas, lines, (left, top), size, ink)


def _lines(canvas: ImageDraw.ImageDraw, lines: list[str], place: Point, size: int, ink: Any) -> None:
    for number, line in enumerate(lines):
        write(canvas, (place[0], place[1] + number * (size + 2)), line, size=size, ink=ink)


def _one_point(text: Attributes, keyword: str, projection: Projection, units: str) -> Point | None:
    pair = text.numbers(keyword)
    return projection.of_units(text.text(units))((pair[0], pair[1])) if len(pair) == _PAIR else None


def _pairs(numbers: list[float], budget: Iterator[int]) -> Iterator[Point]:
    for pair in zip(numbers[::2], numbers[1::2], strict=False):
        if next(budget, None) is None:
            return
        yield pair


def _near(number: float) -> float:
    return min(max(number, -_FAR), _FAR)


def _straight(points: list[Point]) -> list[Point]:
    return points


def _curved(points: list[Point]) -> list[Point]:
    """A curve through all points (Catmull and Rom); what lies between them is the display's to choose."""
    ends = [points[0], *points, points[-1]]
    curve = [points[0]]
    for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(1, _STEPS + 1):
            share = step / _STEPS
            curve.append(
                (
                    _between(share, before[0], start[0], end[0], after[0]),
                    _between(share, before[1], start[1], end[1], after[1]),
                )
            )
    return curve


def _between(share: float, before: float, start: float, end: float, after: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * share
        + (2 * before - 5 * start + 4 * end - after) * share**2
        + (3 * start - before - 3 * end + after) * share**3
    )


def _circle(points: list[Point]) -> list[Point]:
    """The first point is the center, the second one of the circle."""
    if len(points) < _PAIR:
        return []
    (across, down), rim = points[:_PAIR]
    radius = hypot(rim[0] - across, rim[1] - down)
    return _oval(points[0], (radius, 0), (0, radius))


def _ellipse(points: list[Point]) -> list[Point]:
    """The ends of the major axis, then those of the minor."""
    if len(points) < _ELLIPSE_POINTS:
        return []
    first, second, third, fourth = points[:_ELLIPSE_POINTS]
    center = ((first[0] + second[0]) / 2, (first[1] + second[1]) / 2)
    major = ((second[0] - first[0]) / 2, (second[1] - first[1]) / 2)
    return _oval(center, major, ((fourth[0] - third[0]) / 2, (fourth[1] - third[1]) / 2))


def _oval(center: Point, major: Point, minor: Point) -> list[Point]:
    turns = [2 * pi * step / _TURN for step in range(_TURN + 1)]
    return [
        (
            center[0] + major[0] * cos(turn) + minor[0] * sin(turn),
            center[1] + major[1] * cos(turn) + minor[1] * sin(turn),
        )
        for turn in turns
    ]


_OUTLINES: MappingProxyType[str, Callable[[list[Point]], list[Point]]] = MappingProxyType(
    {
        "POINT": _straight,
        "POLYLINE": _straight,
        "INTERPOLATED": _curved,
        "CIRCLE": _circle,
        "ELLIPSE": _ellipse,
    }
)
_TURNS: MappingProxyType[int, Callable[[float, float], Point]] = MappingProxyType(
    {
        0: lambda across, down: (across, down),
        90: lambda across, down: (1 - down, across),
        180: lambda across, down: (1 - across, 1 - down),
        270: lambda across, down: (down, 1 - across),
    }
)
