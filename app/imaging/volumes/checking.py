"""Whether a volume is the series that it was made of: the same place in space, and the same value there."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy
from numpy.typing import NDArray

from app.imaging.volumes.faults import NoVolume
from app.imaging.volumes.nifti import NiftiVolume
from app.imaging.volumes.placing import FramePlace, VolumeGrid

FrameValues: TypeAlias = Sequence[NDArray[Any]]
_OFF = 0.02  # of a voxel, at the far end of the volume
_RELATIVE = 1e-5  # of the largest value: float32 is exact to 6e-8


def require_same(
    volume: NiftiVolume, grid: VolumeGrid, places: Sequence[FramePlace], frames: FrameValues
) -> None:
    """Raise `NoVolume` unless a volume holds the frames, each where it is; every voxel is compared."""
    rows, columns = frames[0].shape
    here = (columns, rows, grid.slices)
    turn = _turn(volume, grid, here)
    if volume.stored.shape[3] != len(grid.order):
        raise NoVolume("the converter made another number of times than the series has")
    for time, numbers in enumerate(grid.order):
        for slice_number, number in enumerate(numbers):
            expected = frames[number].T * places[number].slope + places[number].intercept
            _compare(_slice(volume, turn, slice_number, time), expected)


def _turn(volume: NiftiVolume, grid: VolumeGrid, here: tuple[int, int, int]) -> NDArray[numpy.int64]:
    """Which axis of the volume each axis of the series is, with the sign of its direction.

    Raises `NoVolume` where a voxel of one is not a voxel of the other.
    """
    into = numpy.linalg.inv(volume.affine) @ grid.affine
    turn = numpy.rint(into[:3, :3]).astype(numpy.int64)
    if not (numpy.abs(turn).sum(0) == 1).all() or not (numpy.abs(turn).sum(1) == 1).all():
        raise NoVolume("the converter turned the volume otherwise than along its axes")
    there = numpy.array(volume.stored.shape[:3])
    if (numpy.abs(turn) @ numpy.array(here) != there).any():
        raise NoVolume("the converter made a volume of another size than the series has")
    corners = numpy.array([[0, 0, 0], [each - 1 for each in here]])
    found = corners @ into[:3, :3].T + into[:3, 3]
    first = numpy.where(turn.sum(1) < 0, there - 1, 0)
    expected = numpy.array([first, first + turn @ corners[1]])
    if numpy.abs(found - expected).max() > _OFF:
        raise NoVolume("the converter put the volume elsewhere than the series is")
    return turn


def _slice(
    volume: NiftiVolume,
    turn: NDArray[numpy.int64],
    slice_number: int,
    time: int,
) -> NDArray[numpy.float64]:
    """The values of the volume where a slice of the series is, by column and row."""
    axes = [int(numpy.flatnonzero(turn[:, axis])[0]) for axis in range(3)]
    moved = numpy.transpose(volume.stored[..., time], axes)
    for axis in range(3):
        if turn[axes[axis], axis] < 0:
            moved = numpy.flip(moved, axis)
    found: NDArray[numpy.float64] = moved[..., slice_number] * volume.slope + volume.intercept
    return found


def _compare(found: NDArray[numpy.float64], expected: NDArray[numpy.float64]) -> None:
    tolerance = _RELATIVE * max(1.0, float(numpy.abs(expected).max()))
    if not numpy.allclose(found, expected, rtol=0, atol=tolerance, equal_nan=True):
        raise NoVolume("the values of the converter are not those of the series")
