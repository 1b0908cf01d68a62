"""Mammograms in two views of each breast, with a mass in one of them (PS3.3 A.27)."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin
from random import Random

import numpy
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import DigitalMammographyXRayImageStorageForPresentation, JPEGLSLossless

from app.samples.binding import Taken
from app.samples.phantoms.datasets import SeriesHead, add_pixels, code, head, part10, pictured
from app.samples.phantoms.painting import grain

ROWS, COLUMNS = 600, 440
PIXEL = 0.3  # millimetres
_BITS, _HIGHEST = 12, 4095
_CORE, _EDGE = 1450.0, 16.0
_NOISE = 26.0
_MASS_LEVEL = 820.0


@dataclass(frozen=True, slots=True)
class MammogramView:
    """One picture: which breast, which view, and where in it the mass lies, if there is one."""

    side: str
    name: str
    view: tuple[str, str, str]
    orientation: tuple[str, str]
    seed: int
    mass: tuple[float, float] | None = None


_CC = ("399162004", "SCT", "cranio-caudal")
_MLO = ("399368009", "SCT", "medio-lateral oblique")
MASS = 12.0  # millimetres across
VIEWS = (
    MammogramView("R", "CC", _CC, ("P", "L"), 51),
    MammogramView("L", "CC", _CC, ("A", "R"), 52, (262, 196)),
    MammogramView("R", "MLO", _MLO, ("P", "FL"), 53),
    MammogramView("L", "MLO", _MLO, ("A", "FR"), 54, (236, 190)),
)


def written_views(taken: Taken) -> Iterator[bytes]:
    """Yield the file of each view, a series each."""
    for number, view in enumerate(VIEWS, 1):
        series = SeriesHead(taken, number, "MG", f"{view.side} {view.name}", "BREAST")
        side = {"L": ("7771000", "SCT", "Left"), "R": ("24028007", "SCT", "Right")}[view.side]
        region = code("76752008", "SCT", "Breast")
        dataset = head(
            series,
            1,
            DigitalMammographyXRayImageStorageForPresentation,
            **pictured(taken.day.strftime("%Y%m%d")),
            ImageType=["DERIVED", "PRIMARY"],
            PresentationIntentType="FOR PRESENTATION",
            ImageLaterality=view.side,
            ViewPosition=view.name,
            ViewCodeSequence=[_view_code(view)],
            AnatomicRegionSequence=[region],
            PrimaryAnatomicStructureModifierSequence=[code(*side)],
            PatientOrientation=list(view.orientation),
            OrganExposed="BREAST",
            PositionerType="MAMMOGRAPHIC",
            KVP=29,
            AnodeTargetMaterial="TUNGSTEN",
            FilterMaterial="RHODIUM",
            BodyPartThickness=52,
            CompressionForce=105,
            BreastImplantPresent="NO",
            PartialView="NO",
            ImagerPixelSpacing=[PIXEL, PIXEL],
            PixelSpacing=[PIXEL, PIXEL],
            DetectorType="DIRECT",
            PixelIntensityRelationship="LOG",
            PixelIntensityRelationshipSign=-1,
            RescaleIntercept=0,
            RescaleSlope=1,
            RescaleType="US",
            PresentationLUTShape="IDENTITY",
            WindowCenter=1750,
            WindowWidth=3300,
            VOILUTFunction="LINEAR",
            AcquisitionContextSequence=[],
        )
        pixels = [view_pixels(view)]
        yield part10(add_pixels(dataset, pixels, _BITS, JPEGLSLossless), JPEGLSLossless)


def _view_code(view: MammogramView) -> Dataset:
    made = code(*view.view)
    made.ViewModifierCodeSequence = []
    return made


def view_pixels(view: MammogramView) -> NDArray[numpy.uint16]:
    """Return the stored values of a view; a left breast points to the right, a right one to the left."""
    row, column = numpy.mgrid[:ROWS, :COLUMNS].astype(numpy.float32)
    oblique = view.name == "MLO"
    middle, deep, high = (310.0, 365.0, 262.0) if oblique else (300.0, 345.0, 235.0)
    upwards = numpy.where((row < middle) & oblique, numpy.float32(1.75 * high), numpy.float32(high))
    share = (column / deep) ** 2 + ((row - middle) / upwards) ** 2
    body = numpy.sqrt(numpy.clip(1 - share, 0, 1))
    thick = numpy.clip(body * 3.2, 0, 1)  # compressed flat, round at the rim
    levels = thick * 700
    levels += _gland(row, column, middle, view.seed) * thick
    if oblique:
        levels += _muscle(row, column) * thick
    if view.mass:
        levels += _mass(row, column, view.mass)
    rim = numpy.clip(1 - numpy.abs(share - 0.985) / 0.02, 0, 1)
    levels += 260 * rim + 40 * (share < 1)
    levels += grain(view.seed, (1, ROWS, COLUMNS), _NOISE)[0] * (share < 1)
    stored = numpy.clip(numpy.rint(levels), 0, _HIGHEST).astype(numpy.uint16)
    return numpy.asarray(stored if view.side == "L" else stored[:, ::-1].copy())


def _gland(
    row: NDArray[numpy.float32], column: NDArray[numpy.float32], middle: float, seed: int
) -> NDArray[numpy.float32]:
    """Lobes and strands behind the nipple."""
    chance = Random(seed)  # noqa: S311  the same every time
    found = numpy.zeros_like(row)
    for _ in range(46):
        y, x = middle + 150 * (chance.random() - 0.5), 60 + 210 * chance.random()
        long, wide = 20 + 50 * chance.random(), 8 + 22 * chance.random()
        turn = pi * (chance.random() - 0.5) * 0.7
        along = (column - x) * cos(turn) + (row - y) * sin(turn)
        across = (row - y) * cos(turn) - (column - x) * sin(turn)
        distance = (along / long) ** 2 + (across / wide) ** 2
        found += 210 * numpy.clip(1 - distance, 0, 1)
    for _ in range(40):
        y, slope = middle + 400 * (chance.random() - 0.5), (chance.random() - 0.5) * 0.9
        towards = y + slope * (column - 60) - (y - middle) * (column / 380) ** 2
        found += (
            130 * numpy.clip(1.6 - numpy.abs(row - towards), 0, 1) * (column > 30 + 200 * chance.random())
        )
    return numpy.minimum(found, numpy.float32(_CORE))


def _muscle(row: NDArray[numpy.float32], column: NDArray[numpy.float32]) -> NDArray[numpy.float32]:
    """The pectoral muscle, across the upper corner at the chest wall."""
    depth = 165 - 0.48 * row - column
    return numpy.asarray(numpy.clip(depth / _EDGE, 0, 1) * 900, numpy.float32)


def _mass(
    row: NDArray[numpy.float32], column: NDArray[numpy.float32], centre: tuple[float, float]
) -> NDArray[numpy.float32]:
    """An oval mass with a sharp margin, `MASS` across from front to back."""
    half = MASS / PIXEL / 2
    distance = numpy.sqrt(((column - centre[1]) / half) ** 2 + ((row - centre[0]) / (half * 0.8)) ** 2)
    return numpy.asarray(numpy.clip((1 - distance) * half / 2 + 0.5, 0, 1) * _MASS_LEVEL, numpy.float32)
