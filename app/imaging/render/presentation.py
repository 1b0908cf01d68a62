"""A frame as a presentation state shows it (PS3.4 N.2): the state alone says how, not the frame's header.

Grayscale, color and pseudo-color states are applied, and those of XA and XRF without their masks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
from numpy.typing import NDArray
from pydicom import Dataset

from app.imaging.attributes import Attributes
from app.imaging.render.colour import to_rgb
from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.faults import Unrenderable
from app.imaging.render.geometry import MOST_PIXELS, pixel_ratio, place, scaled
from app.imaging.render.graphics import Layer, Projection, drawn_over, layers_of, level_of
from app.imaging.render.grey import (
    Shading,
    by_rows,
    extremes,
    measured_by,
    modality_of,
    read_interest,
    shade,
    stored_range,
)
from app.imaging.render.lab import Colour, to_srgb
from app.imaging.render.lookup import read_table
from app.imaging.render.motif import Motif
from app.imaging.render.overlays import OverlayPlane, overlay_planes, part_of_marks
from app.imaging.render.palette import paint, read_palette
from app.imaging.render.shutters import covered
from app.imaging.render.windows import GreyWindow, window_over
from app.imaging.render.wishes import Viewport

GRAYSCALE, COLOR, PSEUDO_COLOR, XA_XRF = (f"1.2.840.10008.5.1.4.1.1.11.{kind}" for kind in (1, 2, 3, 5))
_APPLIED = frozenset({"", GRAYSCALE, COLOR, PSEUDO_COLOR, XA_XRF})
_GREY_AXES = 2
_PAIR = 2
_QUARTERS = (0, 90, 180, 270)
_MOST_MAGNIFIED = 32.0
_LARGEST_INPUT = 65535


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """The part of a source that is displayed, in pixels from its corner, which may reach beyond it.

    `ratio` is how high its pixels are for their width, `magnified` how large one is shown where no viewport
    says.
    """

    left: int
    top: int
    right: int
    bottom: int
    ratio: float = 1.0
    magnified: float = 1.0


def present(motif: Motif, state: Dataset, viewport: Viewport | None = None) -> NDArray[numpy.uint8]:
    """Grey levels or colours of a frame as a presentation state shows it, in a viewport.

    Raises `Unrenderable` where the state is of a kind that is not applied, or asks for what cannot be.
    """
    told = Attributes(state)
    if told.text("SOPClassUID") not in _APPLIED:
        raise Unrenderable("presentation states of this kind are not applied")

    def of_frame(keyword: str) -> list[Attributes]:
        return [item for item in told.items(keyword) if _concerns(item, motif)]

    layers = layers_of(told)
    planes = list(overlay_planes(motif, motif.said.under(state)))
    shown = _values_shown(motif, told, of_frame("SoftcopyVOILUTSequence"))
    shown = _marked(_shut(shown, told, planes), planes, layers)
    area = _area(of_frame("DisplayedAreaSelectionSequence"), motif)
    turned = int(told.number("ImageRotation") or 0) % 360
    turned = turned if turned in _QUARTERS else 0
    flipped = told.text("ImageHorizontalFlip") == "Y"
    shown = _fitted(_turned(_cut(shown, area), turned, flipped), area, turned, viewport)
    height, width = shown.shape[:2]
    projection = Projection(area.left, area.top, area.right, area.bottom, turned, flipped, width, height)
    return drawn_over(shown, of_frame("GraphicAnnotationSequence"), layers, projection)


def _concerns(item: Attributes, motif: Motif) -> bool:
    """Whether an item is for a frame: for all of them where it names no image (PS3.3 C.11.8)."""
    references = item.items("ReferencedImageSequence")
    uid, number = motif.said.text("SOPInstanceUID"), motif.number
    return not references or any(
        each.text("ReferencedSOPInstanceUID") == uid
        and number in (each.numbers("ReferencedFrameNumber") or [number])
        for each in references
    )


def _values_shown(motif: Motif, told: Attributes, interests: Sequence[Attributes]) -> NDArray[numpy.uint8]:
    frame, described = motif.frame, motif.described
    if motif.coloured:
        return to_rgb(frame, described)
    if frame.photometric == "PALETTE COLOR":
        return paint(frame.values, described, read_palette(motif.said, described))
    shading = _shading(frame, described, told, interests)
    if told.text("SOPClassUID") == PSEUDO_COLOR:
        palette = read_palette(told, described)
        return by_rows(frame.values, lambda stored: palette.spread_over(shading.shares(stored)))
    return shade(frame.values, described, shading)


def _shading(
    frame: Frame, described: PixelDescription, told: Attributes, interests: Sequence[Attributes]
) -> Shading:
    """The grayscale pipeline of a state, which overrides the Photometric Interpretation (PS3.4 N.2.1.4)."""
    modality = modality_of(told, described)
    found = next((read_interest(item, modality, described) for item in interests), None)
    tables = [
        read_table(item, "LUTDescriptor", "LUTData", largest_input=_LARGEST_INPUT)
        for item in told.items("PresentationLUTSequence")[:1]
    ]
    return Shading(
        modality=modality,
        interest=found or _everything(frame, described, told),
        presentation=next(iter(tables), None),
        inverted=told.text("PresentationLUTShape") == "INVERSE",
    )


def _everything(frame: Frame, described: PixelDescription, told: Attributes) -> GreyWindow:
    """The window of no change: all that the modality LUT can give."""
    ends: tuple[float, float] = stored_range(described)
    if described.floating:
        ends = extremes(frame.values) or (0, 1)
    modality = modality_of(told, described)
    outputs = measured_by(modality, numpy.array(ends, numpy.float64))
    return window_over(float(outputs.min()), float(outputs.max()))


def _shut(
    shown: NDArray[numpy.uint8], told: Attributes, planes: Sequence[OverlayPlane]
) -> NDArray[numpy.uint8]:
    hidden = covered(told, shown.shape[0], shown.shape[1], planes)
    if hidden is None:
        return shown
    level = level_of(told.number("ShutterPresentationValue") or 0)
    return _inked(shown, hidden, level, to_srgb(told.numbers("ShutterPresentationColorCIELabValue")))


def _marked(
    shown: NDArray[numpy.uint8], planes: Sequence[OverlayPlane], layers: dict[str, Layer]
) -> NDArray[numpy.uint8]:
    """A picture with the overlays that the state activates, in what their layers are drawn in (C.11.7)."""
    whole = place(None, *shown.shape[:2])
    for plane in planes:
        if plane.layer:
            layer = layers.get(plane.layer, Layer())
            shown = _inked(shown, part_of_marks(plane, whole), layer.level, layer.colour)
    return shown


def _inked(
    shown: NDArray[numpy.uint8], marks: NDArray[numpy.bool_], level: int, colour: Colour | None
) -> NDArray[numpy.uint8]:
    inked = numpy.stack([shown] * 3, axis=-1) if colour and shown.ndim == _GREY_AXES else numpy.array(shown)
    inked[marks] = colour if colour and inked.ndim > _GREY_AXES else level
    return inked


def _area(items: Sequence[Attributes], motif: Motif) -> DisplayedArea:
    """The displayed area (PS3.3 C.10.4), whose corners are pixels counted from 1 and both displayed."""
    item = next(iter(items), Attributes())
    corners = [item.numbers(f"DisplayedArea{corner}HandCorner") for corner in ("TopLeft", "BottomRight")]
    spacing = item.numbers("PresentationPixelSpacing") or item.numbers("PresentationPixelAspectRatio")
    square = len(spacing) != _PAIR or min(spacing) <= 0
    ratio = pixel_ratio(motif.said) if square else spacing[0] / spacing[1]
    magnified = item.number("PresentationPixelMagnificationRatio") or 1.0
    if item.text("PresentationSizeMode") != "MAGNIFY" or magnified <= 0:
        magnified = 1.0
    if any(len(corner) != _PAIR for corner in corners):
        return DisplayedArea(0, 0, motif.columns, motif.rows, ratio, magnified)
    across, down = (sorted(int(corner[axis]) for corner in corners) for axis in (0, 1))
    return DisplayedArea(
        across[0] - 1, down[0] - 1, across[1], down[1], ratio, min(magnified, _MOST_MAGNIFIED)
    )


def _cut(shown: NDArray[numpy.uint8], area: DisplayedArea) -> NDArray[numpy.uint8]:
    """The displayed area of a picture, black where it reaches beyond."""
    rows, columns = shown.shape[:2]
    height, width = area.bottom - area.top, area.right - area.left
    if height * width > MOST_PIXELS:
        raise Unrenderable("the displayed area is too large")
    cut = numpy.zeros((height, width, *shown.shape[2:]), numpy.uint8)
    top, left = max(area.top, 0), max(area.left, 0)
    bottom, right = min(area.bottom, rows), min(area.right, columns)
    if top < bottom and left < right:
        into = cut[top - area.top : bottom - area.top, left - area.left : right - area.left]
        into[...] = shown[top:bottom, left:right]
    return cut


def _turned(cut: NDArray[numpy.uint8], turned: int, flipped: bool) -> NDArray[numpy.uint8]:
    """Turned clockwise first, then flipped (PS3.3 C.10.6)."""
    image = numpy.rot90(cut, -turned // 90)
    return image[:, ::-1] if flipped else image


def _fitted(
    image: NDArray[numpy.uint8], area: DisplayedArea, turned: int, viewport: Viewport | None
) -> NDArray[numpy.uint8]:
    rows, columns = image.shape[:2]
    ratio = area.ratio if turned % 180 == 0 else 1 / area.ratio
    width = max(1, round(columns * max(1, 1 / ratio) * area.magnified))
    height = max(1, round(rows * max(1, ratio) * area.magnified))
    placement = place(viewport or Viewport(width=width, height=height), rows, columns, ratio)
    return scaled(image, placement)
