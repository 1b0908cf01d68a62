"""Phantom files read as anybody would: by pydicom alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any

import numpy
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.uid import CTImageStorage, MRImageStorage

SLICED = (CTImageStorage, MRImageStorage)


@dataclass(frozen=True)
class File:
    """A file and what it says."""

    raw: bytes
    said: Any


Made = dict[str, list[File]]


def opened(files: Iterable[bytes]) -> list[File]:
    """The files with what they say."""
    return [File(raw, dcmread(BytesIO(raw))) for raw in files]


def series_of(files: list[File]) -> list[list[Dataset]]:
    """The data sets by series."""
    return [
        [each.said for each in group] for _, group in groupby(files, lambda each: each.said.SeriesInstanceUID)
    ]


def volumes(made: Made) -> Iterator[tuple[str, list[Dataset]]]:
    """Every series of slices, with the name of its study."""
    for name, files in made.items():
        for series in series_of(files):
            if series[0].SOPClassUID in SLICED:
                yield name, series


def only(files: list[File], modality: str) -> Dataset:
    """The one object of a modality."""
    (found,) = [each.said for each in files if each.said.Modality == modality]
    return found


def values_of(series: list[Dataset]) -> NDArray[Any]:
    """The measured values of a series: slices, rows, columns."""
    slope, intercept = (
        series[0].get(key, value) for key, value in (("RescaleSlope", 1), ("RescaleIntercept", 0))
    )
    return numpy.stack([each.pixel_array for each in series]).astype(float) * slope + intercept


def place_of(series: list[Dataset], point: Iterable[float]) -> tuple[int, int, int]:
    """The slice, row and column that hold a point of the patient."""
    first, second = series[0], series[1]
    origin, at = numpy.array(first.ImagePositionPatient, float), numpy.array(list(point))
    right, down = numpy.array(first.ImageOrientationPatient, float).reshape(2, 3)
    step = numpy.array(second.ImagePositionPatient, float) - origin
    row_spacing, column_spacing = first.PixelSpacing
    away = at - origin
    return (
        round(float(away @ step / (step @ step))),
        round(float(away @ down / row_spacing)),
        round(float(away @ right / column_spacing)),
    )


def run_through(line: NDArray[Any], at: int) -> int:
    """How many neighbours in a line are true without a gap, that at `at` among them."""
    assert line[at]
    before = next((step for step, each in enumerate(line[at::-1]) if not each), at + 1)
    behind = next((step for step, each in enumerate(line[at:]) if not each), len(line) - at)
    return before + behind - 1
