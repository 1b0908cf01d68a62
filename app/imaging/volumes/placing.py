"""Where the frames of a series are (PS3.3 C.7.6.2), and the grid that they make: an affine and an order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy
from numpy.typing import NDArray
from pydicom import Dataset

from app.imaging.volumes.faults import NoVolume

Array: TypeAlias = NDArray[numpy.float64]
_SAME = 1e-4  # of direction cosines, and of spacings in mm
_IN_PLANE = 0.01  # mm that slices may be beside one another
_UNEVEN = 0.01  # of the distance of slices
_TO_RAS = numpy.diag([-1.0, -1.0, 1.0, 1.0])  # DICOM's left and back are positive, NIfTI's right and front


@dataclass(frozen=True, slots=True)
class FramePlace:
    """One frame: the centre of its first pixel and the directions of rows and columns in mm, and its values.

    `spacing` is between rows and between columns, `thickness` of the slice or between two; `slope` and
    `intercept` make values of what is stored.
    """

    position: Array
    across: Array
    down: Array
    spacing: tuple[float, float]
    thickness: float
    slope: float
    intercept: float


@dataclass(frozen=True, slots=True)
class VolumeGrid:
    """How frames make a volume: `order` are their numbers, a list of slices for each time."""

    affine: Array
    order: Sequence[Sequence[int]]

    @property
    def slices(self) -> int:
        """How many slices there are."""
        return len(self.order[0])


def places_of(header: Dataset) -> Iterator[FramePlace]:
    """The places of the frames of an instance; raises `NoVolume` where it does not say them."""
    shared = _first(header, "SharedFunctionalGroupsSequence")
    each = header.get("PerFrameFunctionalGroupsSequence")
    for own in each if each else (Dataset(),) * int(header.get("NumberOfFrames") or 1):
        yield _place(header, shared, own)


def grid_of(places: Sequence[FramePlace]) -> VolumeGrid:
    """The grid of frames in the order of their times; raises `NoVolume` where they make none."""
    first = places[0]
    normal = numpy.cross(first.across, first.down)
    if abs(float(normal @ normal) - 1) > _SAME or not all(_is_parallel(first, each) for each in places):
        raise NoVolume("its slices are not parallel, or of several sizes of pixels")
    depths = numpy.array([float(each.position @ normal) for each in places])
    slices = _by_depth(depths)
    times = {len(each) for each in slices}
    if len(times) > 1:
        raise NoVolume("some of its slices are missing at some of the times")
    step = _step([float(depths[each[0]]) for each in slices], first)
    beside = [each.position - normal * depth for each, depth in zip(places, depths, strict=True)]
    if max(float(numpy.abs(each - beside[0]).max()) for each in beside) > _IN_PLANE:
        raise NoVolume("its slices are not above one another: the gantry was tilted")
    affine = numpy.eye(4)
    affine[:3, 0] = first.across * first.spacing[1]
    affine[:3, 1] = first.down * first.spacing[0]
    affine[:3, 2] = normal * step
    affine[:3, 3] = places[slices[0][0]].position
    order = [[each[time] for each in slices] for time in range(times.pop())]
    return VolumeGrid(_TO_RAS @ affine, order)


def _place(header: Dataset, shared: Dataset, own: Dataset) -> FramePlace:
    def said(group: str, keyword: str) -> Any:
        for groups in (own, shared):
            value = _first(groups, group).get(keyword)
            if value is not None:
                return value
        return header.get(keyword)

    position = said("PlanePositionSequence", "ImagePositionPatient")
    directions = said("PlaneOrientationSequence", "ImageOrientationPatient")
    spacing = said("PixelMeasuresSequence", "PixelSpacing")
    if not (position and directions and spacing):
        raise NoVolume("it does not say where its frames are")
    thickness = said("PixelMeasuresSequence", "SpacingBetweenSlices") or said(
        "PixelMeasuresSequence", "SliceThickness"
    )
    slope = said("PixelValueTransformationSequence", "RescaleSlope")
    intercept = said("PixelValueTransformationSequence", "RescaleIntercept")
    cosines = numpy.array([float(each) for each in directions])
    return FramePlace(
        numpy.array([float(each) for each in position]),
        cosines[:3],
        cosines[3:],
        (float(spacing[0]), float(spacing[1])),
        abs(float(thickness or 1.0)),
        1.0 if slope is None else float(slope),
        0.0 if intercept is None else float(intercept),
    )


def _first(dataset: Dataset, keyword: str) -> Dataset:
    """The first item of a sequence; one without attributes where there is none."""
    items = dataset.get(keyword)
    return items[0] if items else Dataset()


def _is_parallel(one: FramePlace, other: FramePlace) -> bool:
    alike = [one.across - other.across, one.down - other.down]
    sizes = [one.spacing[0] - other.spacing[0], one.spacing[1] - other.spacing[1]]
    return all(float(numpy.abs(each).max()) < _SAME for each in alike) and max(map(abs, sizes)) < _SAME


def _by_depth(depths: Array) -> list[list[int]]:
    """The numbers of frames of one depth together, from the lowest up, those of one depth in their order."""
    slices: list[list[int]] = []
    for number in numpy.argsort(depths, kind="stable"):
        if slices and abs(depths[slices[-1][0]] - depths[number]) < _IN_PLANE:
            slices[-1].append(int(number))
        else:
            slices.append([int(number)])
    return slices


def _step(depths: Sequence[float], first: FramePlace) -> float:
    """The distance of slices in mm; raises `NoVolume` where they are not evenly apart."""
    if len(depths) == 1:
        return first.thickness
    steps = numpy.diff(depths)
    step = float(numpy.median(steps))
    if float(numpy.abs(steps - step).max()) > max(_UNEVEN * step, _IN_PLANE):
        raise NoVolume("its slices are not evenly apart: some are missing, or of several distances")
    return (depths[-1] - depths[0]) / (len(depths) - 1)
