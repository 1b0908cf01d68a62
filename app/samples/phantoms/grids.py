"""Where the voxels of a volume lie in the patient, and how that is said in DICOM (PS3.3 C.7.6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy

from app.samples.phantoms.shapes import Extent, Lengths, Spot


class Plane(StrEnum):
    """How the slices of a volume lie."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"


class Places(NamedTuple):
    """Where voxels lie, along each axis of the patient."""

    x: Lengths
    y: Lengths
    z: Lengths


class _Axis(NamedTuple):
    """One axis of an array: the patient's axis that it runs along, and whether up or down that."""

    along: int
    sign: int


_AXES = {  # of slices, rows and columns; they are right-handed: columns by rows are slices
    Plane.AXIAL: (_Axis(2, 1), _Axis(1, 1), _Axis(0, 1)),
    Plane.SAGITTAL: (_Axis(0, -1), _Axis(2, -1), _Axis(1, 1)),
    Plane.CORONAL: (_Axis(1, 1), _Axis(2, -1), _Axis(0, 1)),
}


@dataclass(frozen=True)
class Grid:
    """A volume of `shape` (slices, rows, columns) around `centre`; spacings are millimetres: `pixel` within a
    slice, `gap` from one to the next.

    The middle slice lies at the centre.
    """

    plane: Plane
    shape: tuple[int, ...]
    centre: Spot
    pixel: float
    gap: float

    @cached_property
    def places(self) -> Places:
        """The patient's x, y and z of the voxels, each along its own axis of the array."""
        found: list[Lengths] = [numpy.zeros(0)] * 3
        for number, axis in enumerate(_AXES[self.plane]):
            steps = numpy.arange(self.shape[number], dtype=numpy.float64) - self.shape[number] // 2
            at = self.centre[axis.along] + axis.sign * self._step(number) * steps
            form = [1, 1, 1]
            form[number] = -1
            found[axis.along] = at.astype(numpy.float32).reshape(form)
        return Places(*found)

    @property
    def orientation(self) -> list[float]:
        """The direction cosines of the rows and of the columns: Image Orientation (Patient)."""
        _, down, right = _AXES[self.plane]
        return [*_cosines(right), *_cosines(down)]

    @property
    def spacings(self) -> tuple[float, ...]:
        """The distances of slices, rows and columns."""
        return self.gap, self.pixel, self.pixel

    def position(self, number: int) -> list[float]:
        """Return Image Position (Patient) of a slice, counted from 0."""
        index = (number, 0, 0)
        at = [0.0, 0.0, 0.0]
        for place, axis in enumerate(_AXES[self.plane]):
            offset = index[place] - self.shape[place] // 2
            at[axis.along] = round(self.centre[axis.along] + axis.sign * self._step(place) * offset, 4)
        return at

    def height(self, number: int) -> float:
        """Return where a slice lies along the patient's axis that the slices follow: Slice Location."""
        return self.position(number)[_AXES[self.plane][0].along]

    def window(self, extent: Extent) -> tuple[slice, ...]:
        """Return the part of the array in which a shape of this extent may be, with a voxel around it."""
        return tuple(self._between(number, extent) for number in range(3))

    def index_of(self, point: Sequence[float]) -> tuple[float, ...]:
        """Return the slice, row and column of a place, as fractions."""
        return tuple(
            (point[axis.along] - self.centre[axis.along]) / (axis.sign * self._step(number))
            + self.shape[number] // 2
            for number, axis in enumerate(_AXES[self.plane])
        )

    def _step(self, number: int) -> float:
        return self.spacings[number]

    def _between(self, number: int, extent: Extent) -> slice:
        axis = _AXES[self.plane][number]
        ends = sorted(
            (end[axis.along] - self.centre[axis.along]) / (axis.sign * self._step(number))
            for end in (extent.low, extent.high)
        )
        first, last = int(ends[0] // 1), int(ends[1] // 1) + 2
        middle = self.shape[number] // 2
        return slice(max(0, first + middle), max(0, min(self.shape[number], last + middle)))


def _cosines(axis: _Axis) -> list[float]:
    return [float(axis.sign) if number == axis.along else 0.0 for number in range(3)]
