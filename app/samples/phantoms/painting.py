"""Anatomies painted into volumes: part after part, each over those before, with soft edges and grain."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from app.samples.phantoms.grids import Grid
from app.samples.phantoms.materials import LOOKS, Look
from app.samples.phantoms.shapes import Lengths, Solid

_BYTES = 4  # whose sum is a grain: nearly normal, and the same on every machine
_SPREAD = 147.8  # the standard deviation of such a sum
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class BodyPart:
    """Shapes of one material: a row of an anatomy."""

    material: str
    shapes: tuple[Solid, ...]


def part(material: str, *shapes: Solid | Sequence[Solid]) -> BodyPart:
    """Return a row of an anatomy; tubes come as their pieces."""
    flat = (each for given in shapes for each in (given if isinstance(given, Sequence) else (given,)))
    return BodyPart(material, tuple(flat))


def paint(parts: Iterable[BodyPart], grid: Grid, look: Look, volume: NDArray[numpy.float32]) -> None:
    """Paint rows into a volume, each material with the value that the look gives it."""
    for each in parts:
        value = numpy.float32(LOOKS[look][each.material])
        for shape in each.shapes:
            window = grid.window(shape.extent())
            region = volume[window]
            if region.size:
                region += (value - region) * _share(shape, grid, window)


def mask_of(shapes: Iterable[Solid], grid: Grid) -> NDArray[numpy.bool_]:
    """Return which voxels of a grid have their centre in one of the shapes."""
    mask = numpy.zeros(grid.shape, numpy.bool_)
    for shape in shapes:
        window = grid.window(shape.extent())
        if mask[window].size:
            mask[window] |= _share(shape, grid, window) >= _HALF
    return mask


def grain(seed: int, shape: tuple[int, ...], deviation: float) -> NDArray[numpy.float32]:
    """Return noise of a standard deviation, alike in neighbours of a slice as that of a scanner is."""
    size = int(numpy.prod(shape))
    raw = numpy.frombuffer(Generator(PCG64(seed)).bytes(size * _BYTES), numpy.uint8)
    noise = raw.reshape(_BYTES, *shape).sum(axis=0, dtype=numpy.int16) - numpy.int16(_BYTES * 255 // 2)
    rows = noise + numpy.roll(noise, 1, axis=-1)
    mixed = (rows + numpy.roll(rows, 1, axis=-2)).astype(numpy.float32)
    return numpy.asarray(mixed * numpy.float32(deviation / (2 * _SPREAD)), numpy.float32)


def _share(shape: Solid, grid: Grid, window: tuple[slice, ...]) -> Lengths:
    """How much of each voxel of a window a shape fills, from its depth there."""
    near = []
    for at in grid.places:
        axis = next((number for number, length in enumerate(at.shape) if length > 1), 0)
        near.append(at[tuple(window[axis] if number == axis else slice(None) for number in range(3))])
    depth = shape.depth(*near)
    return numpy.asarray(numpy.clip(depth * numpy.float32(1 / grid.pixel) + numpy.float32(_HALF), 0, 1))
