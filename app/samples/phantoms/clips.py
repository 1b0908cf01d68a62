"""A clip of a beating heart by ultrasound: four chambers from the apex, one beat (PS3.3 A.7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from pydicom.uid import RLELossless, UltrasoundMultiFrameImageStorage

from app.samples.binding import Taken
from app.samples.phantoms.datasets import SeriesHead, add_pixels, code, head, item, part10, pictured
from app.samples.phantoms.painting import grain

FRAMES = 20
_MILLISECONDS = 45
_ROWS, _COLUMNS = 240, 272
PIXEL = 0.7  # millimetres
_APEX = (6.0, _COLUMNS / 2)  # row and column where the sound leaves
_REACH, _WIDE = 226.0, 0.78  # pixels; the tangent of half the fan's angle
_SYSTOLE_WIDE, _SYSTOLE_LONG = 0.64, 0.86  # what is left of the chamber's axes
_DARK, _BLOOD, _WALL, _THIN, _BRIGHT = 40.0, 9.0, 108.0, 78.0, 205.0
_SPECKLE = 0.42


class Chamber(NamedTuple):
    """A chamber in the picture, in pixels; `beat` is the share of the contraction that it takes part in."""

    row: float
    column: float
    long: float
    wide: float
    beat: float


LEFT_VENTRICLE = Chamber(90, 155, 50, 23, 1.0)
_CHAMBERS = (
    LEFT_VENTRICLE,
    Chamber(98, 108, 42, 16, 0.8),
    Chamber(172, 158, 26, 25, -0.5),
    Chamber(172, 110, 25, 22, -0.5),
)
_HEART = Chamber(118, 134, 112, 66, 0.1)
_VALVES = 141.0  # the row of their rings


@dataclass(frozen=True, slots=True)
class _Pixels:
    row: NDArray[numpy.float32]
    column: NDArray[numpy.float32]


def contraction(frame: int) -> float:
    """Return how far the heart is contracted in a frame, from 0 to 1; frames are counted from 0."""
    return (1 - cos(2 * pi * frame / FRAMES)) / 2


def ejection_fraction() -> float:
    """Return the ejection fraction in percent, by area and length of the left ventricle (single plane)."""
    area = _SYSTOLE_WIDE * _SYSTOLE_LONG
    return 100 * (1 - area * area / _SYSTOLE_LONG)


def inside(chamber: Chamber, frame: int, grown: float = 0.0) -> NDArray[numpy.float32]:
    """Return how far inside a chamber each pixel of a frame is: 1 in the middle, 0 on its wall."""
    at = contraction(frame) * chamber.beat
    long = chamber.long * (1 - (1 - _SYSTOLE_LONG) * at) + grown
    wide = chamber.wide * (1 - (1 - _SYSTOLE_WIDE) * at) + grown
    pixels = _pixels()
    row, column = (pixels.row - chamber.row) / long, (pixels.column - chamber.column) / wide
    return numpy.asarray(1 - numpy.sqrt(row * row + column * column), numpy.float32)


def written_clip(taken: Taken) -> Iterator[bytes]:
    """Yield the file of the clip."""
    series = SeriesHead(taken, 1, "US", "Apical four chambers", "HEART")
    region = item(
        RegionSpatialFormat=1,
        RegionDataType=1,
        RegionFlags=0,
        RegionLocationMinX0=0,
        RegionLocationMinY0=0,
        RegionLocationMaxX1=_COLUMNS - 1,
        RegionLocationMaxY1=_ROWS - 1,
        PhysicalUnitsXDirection=3,
        PhysicalUnitsYDirection=3,
        PhysicalDeltaX=PIXEL / 10,
        PhysicalDeltaY=PIXEL / 10,
    )
    dataset = head(
        series,
        1,
        UltrasoundMultiFrameImageStorage,
        **pictured(taken.day.strftime("%Y%m%d")),
        ImageType=["ORIGINAL", "PRIMARY", "ADULT ECHO", "0001"],
        SequenceOfUltrasoundRegions=[region],
        UltrasoundColorDataPresent=0,
        NumberOfFrames=FRAMES,
        FrameIncrementPointer=0x00181063,
        FrameTime=_MILLISECONDS,
        CineRate=round(1000 / _MILLISECONDS),
        RecommendedDisplayFrameRate=round(1000 / _MILLISECONDS),
        HeartRate=round(60_000 / (_MILLISECONDS * FRAMES)),
        StartTrim=1,
        StopTrim=FRAMES,
        PatientOrientation="",
        AnatomicRegionSequence=[code("80891009", "SCT", "Heart")],
        TransducerType="SECTOR_PHASED",
    )
    yield part10(add_pixels(dataset, frames_of_clip(), 8, RLELossless), RLELossless)


def frames_of_clip() -> list[NDArray[numpy.uint8]]:
    """Return the frames of the clip, grey levels of eight bits."""
    speckle = 1 + grain(41, (1, _ROWS, _COLUMNS), _SPECKLE)[0]
    pixels = _pixels()
    down, aside = pixels.row - _APEX[0], pixels.column - _APEX[1]
    fan = (numpy.abs(aside) <= _WIDE * down) & (down * down + aside * aside <= _REACH * _REACH)
    fading = 1.1 - 0.5 * down / _REACH
    return [
        numpy.where(fan, numpy.clip(numpy.rint(_echoes(frame) * speckle * fading), 0, 255), 0).astype(
            numpy.uint8
        )
        for frame in range(FRAMES)
    ]


def _pixels() -> _Pixels:
    row, column = numpy.mgrid[:_ROWS, :_COLUMNS].astype(numpy.float32)
    return _Pixels(row, column)


def _echoes(frame: int) -> NDArray[numpy.float32]:
    """How much of the sound comes back: walls more than blood, what lies across the beam most."""
    pixels = _pixels()
    levels = numpy.full((_ROWS, _COLUMNS), _DARK, numpy.float32)
    heart = inside(_HEART, frame)
    levels = numpy.where(heart > 0, _THIN, levels)
    levels = numpy.where((numpy.abs(heart) < 0.02) & (pixels.row > _HEART.row - 60), _BRIGHT, levels)  # noqa: PLR2004
    for chamber in _CHAMBERS[:2]:
        levels = numpy.where(inside(chamber, frame, 11 + 4 * contraction(frame)) > 0, _WALL, levels)
    for chamber in _CHAMBERS:
        hollow = numpy.clip(inside(chamber, frame) * chamber.wide / 3 + 0.5, 0, 1)
        levels += (_BLOOD - levels) * hollow
    return _with_valves(levels, frame)


def _with_valves(levels: NDArray[numpy.float32], frame: int) -> NDArray[numpy.float32]:
    """The leaflets between chambers, shut while the heart contracts."""
    pixels = _pixels()
    open_by = 20 * (1 - contraction(frame))
    for chamber in _CHAMBERS[:2]:
        offset = numpy.abs(pixels.column - chamber.column)
        reach = chamber.wide * 0.8
        passage = (offset < reach) & (numpy.abs(pixels.row - _VALVES) < 9)  # noqa: PLR2004
        levels = numpy.where(passage, _BLOOD, levels)
        leaf = _VALVES - open_by * (1 - offset / reach)
        wide = 2.5 * (1 - contraction(frame))  # between the leaflets
        near = (numpy.abs(pixels.row - leaf) < 1.3) & (offset < reach + 2) & (offset >= wide)  # noqa: PLR2004
        levels = numpy.where(near, _BRIGHT * 0.8, levels)
    return levels
