"""Shapes in the patient's space: x to the left, y to the back, z to the head (PS3.3 C.7.6.2.1.1), in mm.

They are made of sums, products and square roots alone, which every machine rounds alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy
from numpy.typing import NDArray

Lengths: TypeAlias = NDArray[Any]


class Spot(NamedTuple):
    """A place in the patient, in millimetres."""

    x: float
    y: float
    z: float


class Station(NamedTuple):
    """An elliptic cross-section of a stack: its height, its centre and its half axes."""

    z: float
    x: float
    y: float
    across: float
    deep: float


@dataclass(frozen=True, slots=True)
class Extent:
    """The box that holds a shape."""

    low: Spot
    high: Spot


class Solid(Protocol):
    """A solid of the patient's space."""

    def extent(self) -> Extent:
        """Return the box that holds it."""
        ...

    def depth(self, x: Lengths, y: Lengths, z: Lengths) -> Lengths:
        """Return how far below the surface each place lies, about, in millimetres; negative is outside."""
        ...


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """An ellipsoid along the axes."""

    centre: Spot
    radii: Spot

    def extent(self) -> Extent:
        """Return the box that holds it."""
        pairs = list(zip(self.centre, self.radii, strict=True))
        return Extent(Spot(*(c - r for c, r in pairs)), Spot(*(c + r for c, r in pairs)))

    def depth(self, x: Lengths, y: Lengths, z: Lengths) -> Lengths:
        """Return the depth; exact on the surface."""
        parts = (((at - c) / r) ** 2 for at, c, r in zip((x, y, z), self.centre, self.radii, strict=True))
        return (1 - numpy.sqrt(sum(parts))) * numpy.float32(min(self.radii))


@dataclass(frozen=True, slots=True)
class Stack:
    """Cross-sections one above the other, with straight sides between: trunks, limbs, bones.

    The stations rise. `square` makes them rounded rectangles.
    """

    stations: tuple[Station, ...]
    square: bool = False

    def extent(self) -> Extent:
        """Return the box that holds it."""
        low = Spot(
            min(each.x - each.across for each in self.stations),
            min(each.y - each.deep for each in self.stations),
            self.stations[0].z,
        )
        high = Spot(
            max(each.x + each.across for each in self.stations),
            max(each.y + each.deep for each in self.stations),
            self.stations[-1].z,
        )
        return Extent(low, high)

    def depth(self, x: Lengths, y: Lengths, z: Lengths) -> Lengths:
        """Return the depth; exact on the sides."""
        heights = [each.z for each in self.stations]
        cx, cy, rx, ry = (
            numpy.interp(z, heights, [getattr(each, name) for each in self.stations]).astype(numpy.float32)
            for name in ("x", "y", "across", "deep")
        )
        u, v = ((x - cx) / rx) ** 2, ((y - cy) / ry) ** 2
        share = numpy.sqrt(numpy.sqrt(u * u + v * v)) if self.square else numpy.sqrt(u + v)
        sides = (1 - share) * numpy.minimum(rx, ry)
        ends: Lengths = numpy.minimum(z - heights[0], heights[-1] - z)
        return numpy.asarray(numpy.minimum(sides, ends))

    def grown(self, by: float) -> "Stack":
        """Return the stack with its sides moved outwards, or inwards where `by` is negative."""
        wider = (
            each._replace(across=max(each.across + by, 0.5), deep=max(each.deep + by, 0.5))
            for each in self.stations
        )
        return Stack(tuple(wider), self.square)


@dataclass(frozen=True, slots=True)
class Rod:
    """A straight piece with round ends, from one radius to another: vessels, ribs, tendons."""

    start: Spot
    end: Spot
    first: float
    last: float

    def extent(self) -> Extent:
        """Return the box that holds it."""
        widest = max(self.first, self.last)
        ends = list(zip(self.start, self.end, strict=True))
        return Extent(
            Spot(*(min(pair) - widest for pair in ends)), Spot(*(max(pair) + widest for pair in ends))
        )

    def depth(self, x: Lengths, y: Lengths, z: Lengths) -> Lengths:
        """Return the depth; exact along the piece."""
        away = [b - a for a, b in zip(self.start, self.end, strict=True)]
        length = sum(each * each for each in away) or 1.0
        dx, dy, dz = (at - a for at, a in zip((x, y, z), self.start, strict=True))
        along = numpy.clip((dx * away[0] + dy * away[1] + dz * away[2]) / length, 0, 1)
        squares = ((d - along * step) ** 2 for d, step in zip((dx, dy, dz), away, strict=True))
        return self.first + along * (self.last - self.first) - numpy.sqrt(sum(squares))


def ball(x: float, y: float, z: float, radius: float) -> Ellipsoid:
    """Return a sphere."""
    return Ellipsoid(Spot(x, y, z), Spot(radius, radius, radius))


def stack(*stations: tuple[float, ...], square: bool = False) -> Stack:
    """Return a stack of stations as (z, x, y, across, deep), in any order."""
    return Stack(tuple(sorted(Station(*each) for each in stations)), square)


def tube(points: Sequence[tuple[float, ...]], *radii: float) -> list[Rod]:
    """Return the pieces of a tube through points; the radii are those at its points, or one for all."""
    wide = radii if len(radii) > 1 else radii * len(points)
    ends = pairwise(zip(points, wide, strict=True))
    return [Rod(Spot(*a), Spot(*b), first, last) for (a, first), (b, last) in ends]
