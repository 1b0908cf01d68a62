"""A decoded frame as a picture of eight bits: what it shows, how it lies, what is written on it."""

from dataclasses import dataclass, replace
from typing import Any

import numpy
from numpy.typing import NDArray
from pydicom import Dataset

from app.imaging.attributes import Attributes
from app.imaging.render.annotation import annotated
from app.imaging.render.attributes import attributes_of
from app.imaging.render.colour import to_rgb
from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.geometry import Placement, part_of, pixel_ratio, place, scaled
from app.imaging.render.grey import shade, shading_of
from app.imaging.render.motif import Motif
from app.imaging.render.overlays import burnt, overlay_planes
from app.imaging.render.palette import enhanced_path, paint, paint_over, paint_path, read_palette
from app.imaging.render.presentation import present
from app.imaging.render.profiles import profiled
from app.imaging.render.segments import is_segmentation, show_segments
from app.imaging.render.wishes import Wish

_MILLISECONDS = 1000
_IN_COLOUR = ("COLOR", "MIXED")  # of Pixel Presentation: a supplemental palette over grey levels


@dataclass(frozen=True, slots=True)
class Picture:
    """Grey levels (rows, columns) or colours (rows, columns, 3) of eight bits.

    `profile` is the ICC profile that describes its colours, None where none is to be told; `milliseconds` how
    long the picture is shown among others, None where the header does not say.
    """

    values: NDArray[numpy.uint8]
    profile: bytes | None = None
    milliseconds: float | None = None

    @property
    def is_blank(self) -> bool:
        """Whether it is of one colour."""
        return bool((self.values == self.values[:1, :1]).all())


def draw(
    frame: Frame,
    described: PixelDescription,
    header: Dataset,
    number: int,
    wish: Wish,
    *,
    cells: NDArray[Any] | None = None,
) -> Picture:
    """Draw a frame, counted from 1, as somebody wishes to see it.

    `cells` are the whole cells of an uncompressed frame, where overlays may be in the bits that its values
    leave. Raises `Unrenderable` where they cannot be shown, and `Invalid` where the wish does not fit them.
    """
    said = attributes_of(header, number)
    motif = Motif(frame, replace(described, photometric=frame.photometric), said, number, cells)
    if wish.presentation is None:
        shown = _as_it_says(motif, wish)
    else:
        shown = present(motif, wish.presentation, wish.viewport)
    if wish.annotation:
        shown = annotated(shown, said, number, wish.annotation)
    finished = profiled(shown, said, wish.iccprofile)
    return Picture(finished.values, finished.profile, _lasting(said, number))


def _as_it_says(motif: Motif, wish: Wish) -> NDArray[numpy.uint8]:
    """A frame as its own header says that it is shown."""
    placement = place(wish.viewport, motif.rows, motif.columns, pixel_ratio(motif.said))
    shown = _shown(motif, wish, placement)
    if wish.overlays:
        shown = burnt(shown, overlay_planes(motif), placement)
    return scaled(shown, placement)


def _shown(motif: Motif, wish: Wish, placement: Placement) -> NDArray[numpy.uint8]:
    """Grey levels or colours of the part that is shown; a range of values is that of the whole."""
    frame, described, said = motif.frame, motif.described, motif.said
    part = part_of(frame.values, placement)
    if motif.coloured:
        return to_rgb(Frame(part, frame.photometric), described)
    if frame.photometric == "PALETTE COLOR":
        return paint(part, described, read_palette(said, described))
    if path := enhanced_path(said):
        return paint_path(part, described, said, path)
    if is_segmentation(said):
        return show_segments(part, described, said)
    levels = shade(part, described, shading_of(said, described, frame.values, wish.window))
    if said.text("PixelPresentation") in _IN_COLOUR and said.value("RedPaletteColorLookupTableDescriptor"):
        return paint_over(levels, part, described, read_palette(said, described))
    return levels


def _lasting(said: Attributes, number: int) -> float | None:
    """How long a frame is shown, in milliseconds (PS3.3 C.7.6.5); None where nothing says."""
    steps = said.numbers("FrameTimeVector")
    if number < len(steps):  # each is the time since the frame before
        return steps[number]
    if time := said.number("FrameTime"):
        return time
    rate = said.number("RecommendedDisplayFrameRate") or said.number("CineRate")
    return _MILLISECONDS / rate if rate and rate > 0 else None
