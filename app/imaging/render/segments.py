"""Segmentations: what is in a segment white, shares of it grey, label maps in colours of their segments."""

from colorsys import hsv_to_rgb
from typing import Any

import numpy
from numpy.typing import NDArray

from app.imaging.attributes import Attributes
from app.imaging.render.description import PixelDescription
from app.imaging.render.grey import WHITE, Rescale, Shading, shade
from app.imaging.render.lab import Colour, to_srgb
from app.imaging.render.palette import Palette, paint
from app.imaging.render.windows import window_over

BINARY, FRACTIONAL, LABELMAP = "BINARY", "FRACTIONAL", "LABELMAP"
_MOST_LABELS = 65536
_WORD_LARGEST = 65535
_GOLDEN = 0.618034  # of a turn between the hues of two labels, so that neighbours are told apart


def is_segmentation(said: Attributes) -> bool:
    """Whether a picture is a segmentation (PS3.3 C.8.20.2)."""
    return said.text("SegmentationType") in (BINARY, FRACTIONAL, LABELMAP)


def show_segments(
    values: NDArray[Any], described: PixelDescription, said: Attributes
) -> NDArray[numpy.uint8]:
    """Grey levels of a binary or fractional segmentation, or the colours of a label map.

    Raises `Unrenderable` where labels have more than 16 bits.
    """
    kind = said.text("SegmentationType")
    if kind == LABELMAP:
        return paint(values, described, label_palette(said))
    largest = (said.number("MaximumFractionalValue") or 0) if kind == FRACTIONAL else 1
    return shade(values, described, Shading(modality=Rescale(), interest=window_over(0, max(largest, 1))))


def label_palette(said: Attributes) -> Palette:
    """The colours of the labels: those that their segments recommend, black for what is in none.

    A segment that recommends no colour gets its grey level, or a hue by its number.
    """
    colours: dict[int, Colour] = {}
    for segment in said.items("SegmentSequence")[:_MOST_LABELS]:
        number = segment.number("SegmentNumber")
        if number is not None and 0 <= number < _MOST_LABELS:
            colours[int(number)] = _colour(segment, int(number))
    rows = numpy.zeros((max(colours, default=0) + 2, 3), numpy.uint8)
    for number, colour in colours.items():
        rows[number] = colour
    return Palette(0, rows.tobytes())


def _colour(segment: Attributes, number: int) -> Colour:
    recommended = to_srgb(segment.numbers("RecommendedDisplayCIELabValue"))
    if recommended is not None:
        return recommended
    level = segment.number("RecommendedDisplayGrayscaleValue")
    if level is not None:
        share = round(min(max(level, 0), _WORD_LARGEST) * WHITE / _WORD_LARGEST)
        return share, share, share
    if number == 0:  # what is in no segment (PS3.3 C.8.20.2.5)
        return 0, 0, 0
    red, green, blue = (round(WHITE * each) for each in hsv_to_rgb(number * _GOLDEN % 1, 0.7, 1))
    return red, green, blue
