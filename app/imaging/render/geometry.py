"""Where a picture lies in its source and how large it is shown: regions, flips, square pixels, scaling."""

from dataclasses import dataclass
from math import floor
from typing import Any, NamedTuple

import numpy
from numpy.typing import NDArray
from PIL import Image

from app.imaging.attributes import Attributes
from app.imaging.render.faults import Unrenderable
from app.imaging.render.wishes import MOST_PIXELS_A_SIDE, Viewport
from graph.errors import Invalid

MOST_PIXELS = MOST_PIXELS_A_SIDE**2
_SPACINGS = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing")
_PAIR = 2
_MOST_OBLONG = 20.0  # a pixel that is said to be longer than that is a mistake
_COARSE = (
    3.0  # pixels averaged into one at least, so that which they are is told well enough by their centres
)


@dataclass(frozen=True, slots=True)
class Placement:
    """The region of a source in its pixels, the size that it is shown in, and whether it is flipped."""

    left: float
    top: float
    right: float
    bottom: float
    width: int
    height: int
    mirrored: bool = False
    upside_down: bool = False

    @property
    def rows(self) -> slice:
        """The rows that the region touches."""
        return slice(floor(self.top), -floor(-self.bottom))

    @property
    def columns(self) -> slice:
        """The columns that the region touches."""
        return slice(floor(self.left), -floor(-self.right))


def pixel_ratio(said: Attributes) -> float:
    """How high a pixel is for its width; 1 where the header does not say, or says what cannot be."""
    for keyword in ("PixelAspectRatio", *_SPACINGS):
        pair = said.numbers(keyword)
        if len(pair) == _PAIR and min(pair) > 0:
            ratio = pair[0] / pair[1]
            return ratio if 1 / _MOST_OBLONG <= ratio <= _MOST_OBLONG else 1.0
    return 1.0


def place(viewport: Viewport | None, rows: int, columns: int, ratio: float = 1.0) -> Placement:
    """Where the picture of a source of `rows` and `columns` lies, and how large it is.

    Without a viewport it is the source's own matrix (PS3.18 8.3.5.1.3). Else it fills the viewport as far as
    its shape allows, with pixels of a height of `ratio` widths shown square. Raises `Invalid` where the
    region is outside of the source, and `Unrenderable` where the picture would be too large.
    """
    if viewport is None:
        return _limited(Placement(0, 0, columns, rows, columns, rows))
    scale = (columns, rows) if viewport.relative else (1, 1)
    left, top = viewport.left * scale[0], viewport.top * scale[1]
    across = columns if viewport.across is None else abs(viewport.across) * scale[0]
    down = rows if viewport.down is None else abs(viewport.down) * scale[1]
    right, bottom = min(left + across, columns), min(top + down, rows)
    if left >= columns or top >= rows:
        raise Invalid("The region lies outside of the picture.", location="viewport")
    width, height = _fitted(viewport, right - left, (bottom - top) * ratio)
    mirrored, upside_down = (side is not None and side < 0 for side in (viewport.across, viewport.down))
    return _limited(Placement(left, top, right, bottom, width, height, mirrored, upside_down))


class Box(NamedTuple):
    """A region in pixels of what it is cut from, which may begin and end within one."""

    left: float
    top: float
    right: float
    bottom: float


def part_of(values: NDArray[Any], placement: Placement) -> NDArray[Any]:
    """The part of a picture that a placement touches."""
    return values[placement.rows, placement.columns]


def scaled(part: NDArray[numpy.uint8], placement: Placement) -> NDArray[numpy.uint8]:
    """Scale a part to its size, and flip it.

    Where it shrinks, areas are averaged; where it grows, pixels are put between neighbours.
    """
    box = _box(placement)
    height, width = part.shape[:2]
    if box != (0, 0, width, height) or (placement.width, placement.height) != (width, height):
        part = resized(part, placement.width, placement.height, box)
    if placement.mirrored:
        part = part[:, ::-1]
    if placement.upside_down:
        part = part[::-1]
    return numpy.ascontiguousarray(part)


def resized(
    part: NDArray[numpy.uint8], width: int, height: int, box: Box | None = None
) -> NDArray[numpy.uint8]:
    """Scale a picture, or what is in the box of it, to a size."""
    box = box or Box(0, 0, part.shape[1], part.shape[0])
    shrunk = min((box.right - box.left) / width, (box.bottom - box.top) / height)
    whole = shrunk.is_integer()
    averaging = Image.Resampling.BOX if whole or shrunk >= _COARSE else Image.Resampling.HAMMING
    resampling = averaging if shrunk > 1 else Image.Resampling.BICUBIC
    image = Image.fromarray(numpy.ascontiguousarray(part))
    gap = None if whole else _COARSE
    return numpy.asarray(image.resize((width, height), resampling, box, gap))


def _box(placement: Placement) -> Box:
    """The region within the part of the source that it touches."""
    left, top = placement.columns.start, placement.rows.start
    return Box(placement.left - left, placement.top - top, placement.right - left, placement.bottom - top)


def _fitted(viewport: Viewport, across: float, down: float) -> tuple[int, int]:
    factors = [
        side / source
        for side, source in ((viewport.width, across), (viewport.height, down))
        if side is not None
    ]
    factor = min(factors, default=1.0)
    width, height = max(1, round(across * factor)), max(1, round(down * factor))
    return min(width, viewport.width or width), min(height, viewport.height or height)


def _limited(placement: Placement) -> Placement:
    if placement.width * placement.height > MOST_PIXELS:
        raise Unrenderable("the picture is too large to be shown whole: ask for a viewport")
    return placement
