"""A head from the base of the skull to the crown."""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, pi, sin

from app.samples.phantoms.painting import BodyPart, part
from app.samples.phantoms.shapes import Ellipsoid, Rod, Spot, tube

_FURROWS = 330
_GOLDEN = 2.399963  # the angle by which each furrow is turned from the one before


@lru_cache(maxsize=1)
def skull_and_brain(_sex: str) -> tuple[BodyPart, ...]:
    """Return the rows of a healthy head."""
    return (*_skull(), *_brain(), *_deep())


def _round(across: float, deep: float, high: float) -> Ellipsoid:
    return Ellipsoid(Spot(0, 0, 0), Spot(across, deep, high))


def _skull() -> Iterator[BodyPart]:
    yield part("skin", _round(77, 95, 98))
    yield part("scalp", _round(75.5, 93.5, 96.5))
    yield part("cortex", _round(71, 89, 92))
    yield part("diploe", _round(69, 87, 90))
    yield part("cortex", _round(66.5, 84.5, 87.5))
    yield part("brain fluid", _round(64.5, 82.5, 85.5))


def _brain() -> Iterator[BodyPart]:
    yield part("grey matter", _round(63, 81, 84))
    yield part("white matter", _round(59.5, 77.5, 80.5))
    yield part("grey matter", *(Rod(*ends, 4.2, 3.0) for ends in _furrows(0.98, 0.76)))
    yield part("brain fluid", *(Rod(*ends, 1.5, 0.6) for ends in _furrows(1.0, 0.80)))
    yield part("brain fluid", tube([(0, -84, 10), (0, -40, 70), (0, 40, 70), (0, 84, 10)], 2.2))
    yield part("dura", Ellipsoid(Spot(0, 0, 34), Spot(1.0, 80, 50)))
    yield part("white matter", Ellipsoid(Spot(0, -2, 14), Spot(14, 34, 7)))  # corpus callosum


def _furrows(outer: float, inner: float) -> Iterator[tuple[Spot, Spot]]:
    """Furrows all over the surface, each from the outside inwards and a little aside."""
    for number in range(_FURROWS):
        height = 1 - 1.5 * (number + 0.5) / _FURROWS
        wide = (1 - height * height) ** 0.5
        turn = _GOLDEN * number
        way = (wide * cos(turn), wide * sin(turn), height)
        if abs(way[0]) < 0.12:  # noqa: PLR2004  between the halves
            continue
        swing = 0.10 * sin(7 * turn)
        yield (
            Spot(62 * outer * way[0], 80 * outer * way[1], 83 * outer * way[2]),
            Spot(62 * inner * (way[0] + swing), 80 * inner * (way[1] - swing), 83 * inner * way[2]),
        )


def _deep() -> Iterator[BodyPart]:
    for side in (-1, 1):
        horn = [(side * 9, -30, 14), (side * 11, -8, 20), (side * 16, 22, 17), (side * 25, 36, 8)]
        yield part("grey matter", Ellipsoid(Spot(side * 16, -16, 8), Spot(6, 15, 10)))  # caudate
        yield part("grey matter", Ellipsoid(Spot(side * 25, -4, 2), Spot(7, 17, 11)))  # lentiform
        yield part("grey matter", Ellipsoid(Spot(side * 11, 12, 2), Spot(9, 14, 10)))  # thalamus
        yield part("brain fluid", tube(horn, 4.2, 4.6, 4.4, 3.2))
        yield part("brain fluid", tube([(side * 44, -30, -2), (side * 38, 4, 6), (side * 42, 26, 10)], 2.2))
        yield part("grey matter", Ellipsoid(Spot(side * 20, 42, -38), Spot(21, 20, 18)))  # cerebellum
        yield part("white matter", Ellipsoid(Spot(side * 18, 41, -38), Spot(12, 12, 10)))
    yield part("brain fluid", Ellipsoid(Spot(0, 6, 1), Spot(2.4, 13, 9)))  # third ventricle
    yield part("white matter", tube([(0, 12, -14), (0, 18, -44), (0, 26, -80)], 13, 13, 9))
    yield part("brain fluid", Ellipsoid(Spot(0, 28, -32), Spot(6, 4, 10)))
    yield part("calcium", Ellipsoid(Spot(0, 28, 8), Spot(2, 2, 2)))  # pineal
    yield part("brain fluid", *(tube([_rim(side), _rim(side, 0.7)], 3.4, 2) for side in (-1, 1)))


def _rim(side: int, share: float = 1.0) -> Spot:
    """Where the Sylvian fissure opens, and a part of the way in."""
    return Spot(side * 60 * share, -18 * cos(pi / 6) * share, -4 + 4 * sin(pi / 6))
