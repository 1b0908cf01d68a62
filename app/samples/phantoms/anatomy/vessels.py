"""Vessels of the lung: they part in two again and again and become thinner, until they reach the wall."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from random import Random

import numpy

from app.samples.phantoms.shapes import Rod, Spot, Stack

_FIRST = (
    (0.2, 0.3, 1.0),
    (0.7, -0.5, 0.6),
    (1.0, 0.4, 0.2),
    (0.9, -0.7, -0.4),
    (0.6, 0.9, -0.3),
    (0.4, 0.3, -1.0),
    (0.9, 0.2, -0.8),
    (0.7, 0.9, 0.5),
)
_ROOT, _LENGTH = 4.2, 24.0
_THINNER, _SHORTER = 0.77, 0.86
_THINNEST = 0.8
_BEND = 0.62
_DISTANCE = 3.0  # from the wall


def branches(hilum: Spot, lung: Stack, *, seed: int) -> list[Rod]:
    """Return the vessels of one lung, from its hilum."""
    tree = _Tree(lung, Random(seed))  # noqa: S311  the same every time
    away = 1 if hilum.x > 0 else -1
    found: list[Rod] = []
    for x, y, z in _FIRST:
        found.extend(tree.grown(hilum, _unit(away * x, y, z), _LENGTH, _ROOT))
    return found


@dataclass(frozen=True, slots=True)
class _Tree:
    lung: Stack
    chance: Random

    def grown(self, at: Spot, way: Spot, length: float, radius: float) -> Iterator[Rod]:
        """Yield a vessel and what it parts into; a shorter one where it would leave the lung."""
        end = Spot(*(place + length * step for place, step in zip(at, way, strict=True)))
        if not self._holds(end):
            if length > _LENGTH / 4:
                yield from self.grown(at, way, length / 2, radius)
            return
        thinner = radius * _THINNER
        yield Rod(at, end, radius, thinner)
        if thinner < _THINNEST:
            return
        for _ in range(2):
            bent = _unit(*(step + _BEND * (2 * self.chance.random() - 1) for step in way))
            yield from self.grown(end, bent, length * _SHORTER, thinner)

    def _holds(self, place: Spot) -> bool:
        x, y, z = (numpy.array(each, numpy.float32) for each in place)
        return float(self.lung.depth(x, y, z)) > _DISTANCE


def _unit(x: float, y: float, z: float) -> Spot:
    long = sqrt(x * x + y * y + z * z) or 1.0
    return Spot(x / long, y / long, z / long)
