"""A chest from the first rib to the dome of the liver, arms up."""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, pi, sin

from app.samples.phantoms.anatomy.vessels import branches
from app.samples.phantoms.painting import BodyPart, part
from app.samples.phantoms.shapes import Ellipsoid, Rod, Spot, ball, stack, tube

_TRUNK = stack(
    (-140, 0, 4, 148, 116),
    (-60, 0, 2, 156, 118),
    (30, 0, 2, 158, 116),
    (85, 0, 6, 158, 104),
    (118, 0, 12, 146, 86),
    (140, 0, 14, 130, 74),
    square=False,
)
_RIGHT_LUNG = stack(
    (-114, -88, 70, 6, 4),
    (-104, -82, 66, 30, 20),
    (-72, -76, 40, 50, 52),
    (-40, -72, 10, 55, 86),
    (0, -69, 4, 54, 87),
    (55, -60, 8, 46, 72),
    (92, -50, 16, 34, 44),
    (112, -42, 20, 16, 18),
    (118, -40, 20, 4, 4),
)
_LEFT_LUNG = stack(
    (-118, 88, 70, 6, 4),
    (-108, 83, 66, 28, 20),
    (-76, 78, 40, 46, 52),
    (-40, 74, 10, 53, 86),
    (0, 70, 4, 53, 87),
    (55, 60, 8, 46, 72),
    (92, 50, 16, 34, 44),
    (112, 42, 20, 16, 18),
    (118, 40, 20, 4, 4),
)
_VERTEBRA, _LOWEST, _COUNT = 22, -136, 13
_SPINE_Y = 58
_RIBS = 11
_STEPS = 13
HILA = (Spot(-40, 8, 18), Spot(44, 12, 18))


@lru_cache(maxsize=2)
def chest(sex: str) -> tuple[BodyPart, ...]:
    """Return the rows of a healthy chest of somebody of this sex, as DICOM writes it."""
    return (*_wall(breasts=sex == "F"), *_lungs(), *_mediastinum(), *_belly(), *_spine(), *_cage())


def _wall(*, breasts: bool) -> Iterator[BodyPart]:
    yield part("skin", _TRUNK)
    yield part("fat", _TRUNK.grown(-2))
    if breasts:
        yield from _breasts()
    yield part("muscle", _TRUNK.grown(-19))
    for side in (-1, 1):
        yield part("muscle", Ellipsoid(Spot(side * 66, -86, 52), Spot(52, 11, 46)))
        yield part("muscle", Ellipsoid(Spot(side * 118, 50, 40), Spot(24, 36, 70)))
        yield part("muscle", stack((-140, side * 34, 96, 30, 18), (140, side * 24, 84, 24, 16)))
    yield part("fat", stack((-140, 0, -4, 124, 88), (60, 0, 2, 108, 80), (118, 0, 12, 62, 50)))


def _breasts() -> Iterator[BodyPart]:
    places = [Spot(side * 74, -98, -5) for side in (-1, 1)]
    yield part("skin", *(Ellipsoid(each, Spot(56, 44, 56)) for each in places))
    yield part("fat", *(Ellipsoid(each, Spot(54, 42, 54)) for each in places), _TRUNK.grown(-2))
    for side in (-1, 1):
        strands = [
            Rod(Spot(side * 74, -134, -5), Spot(side * (74 + x), -100 + y, -5 + z), 2, 7)
            for x, y, z in ((-22, -6, 12), (4, -4, 20), (26, 0, 6), (14, -4, -18), (-14, -2, -20))
        ]
        yield part("gland", strands)


def _lungs() -> Iterator[BodyPart]:
    yield part("tissue", _RIGHT_LUNG.grown(2), _LEFT_LUNG.grown(2))
    yield part("lung", _RIGHT_LUNG, _LEFT_LUNG)
    for number, (lung, hilum) in enumerate(zip((_RIGHT_LUNG, _LEFT_LUNG), HILA, strict=True)):
        yield part("blood", branches(hilum, lung, seed=11 + number))


def _mediastinum() -> Iterator[BodyPart]:
    yield part("fat", stack((-90, 4, 10, 34, 60), (0, 2, 8, 33, 68), (70, 0, 8, 34, 58), (118, 0, 8, 34, 40)))
    yield part("fat", Ellipsoid(Spot(22, -28, -42), Spot(65, 55, 54)))
    yield part("heart", Ellipsoid(Spot(24, -27, -42), Spot(60, 49, 49)))
    chambers = (
        Ellipsoid(Spot(42, -18, -48), Spot(27, 25, 32)),  # left ventricle
        Ellipsoid(Spot(12, -50, -46), Spot(34, 19, 32)),  # right ventricle
        Ellipsoid(Spot(8, 8, -18), Spot(31, 19, 20)),  # left atrium
        Ellipsoid(Spot(-26, -20, -38), Spot(20, 26, 30)),  # right atrium
    )
    yield part("blood", chambers)
    yield part("heart", tube([(20, -34, -70), (26, -34, -20)], 5))  # septum
    great = [
        *tube(
            [(6, -22, -12), (-8, -30, 30), (-4, -22, 58), (8, 2, 72), (20, 28, 62), (25, 44, 40)],
            15,
            15,
            14,
            13,
            12,
            12,
        ),
        *tube([(25, 44, 40), (22, 48, -60), (12, 44, -140)], 12, 11, 11),
        *tube([(14, -38, -16), (18, -28, 16), (16, -14, 30)], 14),
        *tube([(14, -14, 28), (-20, 0, 22), (-42, 8, 18)], 11, 9, 7),
        *tube([(16, -12, 30), (34, 6, 26), (46, 12, 20)], 11, 9, 7),
        *tube([(-28, -16, 92), (-29, -16, 30), (-27, -18, -14)], 8, 9, 10),
        *tube([(-24, -6, -60), (-20, 8, -140)], 11),
        *tube([(-4, -20, 66), (-14, -14, 112), (-18, -6, 140)], 6, 5, 5),
        *tube([(14, 12, 72), (24, 10, 112), (22, 0, 140)], 5, 4, 4),
        *tube([(-28, -16, 92), (-20, -26, 112), (-16, -18, 140)], 8, 6, 6),
        *tube([(-27, -18, 88), (20, -34, 100), (28, -22, 140)], 7, 6, 6),
    ]
    yield part("blood", great)
    airways = (
        ([(0, 2, 140), (0, 14, 48)], 8.5),
        ([(0, 14, 48), (-18, 16, 32), (-44, 16, 12)], 6.5),
        (
            [(0, 14, 48), (20, 18, 30), (48, 20, 8)],
            5.5,
        ),
    )
    yield part("tissue", *(tube(points, radius + 1.8) for points, radius in airways))
    yield part("gas", *(tube(points, radius) for points, radius in airways))
    yield part("muscle", tube([(7, 26, 140), (8, 36, 40), (10, 32, -80), (26, 14, -120)], 8))
    yield part("gas", tube([(7, 26, 120), (8, 36, 40)], 2))
    yield part(
        "tissue", ball(-10, -2, 44, 4), ball(12, 22, 40, 3.5), ball(-34, 18, 22, 5), ball(2, -30, 60, 3)
    )


def _belly() -> Iterator[BodyPart]:
    yield part("fat", Ellipsoid(Spot(0, 6, -158), Spot(128, 92, 66)))
    yield part("liver", Ellipsoid(Spot(-58, 4, -132), Spot(84, 84, 72)))
    yield part("blood", tube([(-20, 8, -110), (-58, -10, -124), (-90, -20, -128)], 5, 3, 2))
    yield part("spleen", Ellipsoid(Spot(98, 52, -132), Spot(32, 38, 46)))
    yield part("muscle", Ellipsoid(Spot(58, -18, -134), Spot(46, 48, 48)))
    yield part("water", Ellipsoid(Spot(58, -10, -138), Spot(42, 40, 42)))
    yield part("gas", Ellipsoid(Spot(58, -36, -128), Spot(32, 20, 34)))


def _spine() -> Iterator[BodyPart]:
    column = (-140, 0, _SPINE_Y, 17, 13), (140, 0, _SPINE_Y - 10, 14, 12)
    yield part("disc", stack(*column))
    for number in range(_COUNT):
        z = _LOWEST + _VERTEBRA * number
        y = _SPINE_Y - 10 * (z + 140) / 280
        body = stack((z - 9, 0, y, 19, 15), (z, 0, y, 17, 13.5), (z + 9, 0, y, 19, 15))
        yield part("cortex", body, stack((z - 6, 0, y + 26, 16, 14), (z + 6, 0, y + 26, 16, 14)))
        yield part("spongy", body.grown(-2))
        yield part("cortex", tube([(0, y + 36, z - 2), (0, y + 58, z - 16)], 4.5, 3.5))
        for side in (-1, 1):
            yield part("cortex", tube([(side * 10, y + 24, z), (side * 32, y + 36, z + 3)], 5.5, 4.5))
            yield part("spongy", tube([(side * 12, y + 25, z), (side * 31, y + 35, z + 3)], 3, 2.5))
    y = _SPINE_Y + 25
    yield part("fat", stack((-140, 0, y, 10.5, 8.5), (140, 0, y - 10, 10.5, 8.5)))
    yield part("brain fluid", stack((-140, 0, y, 8.5, 7), (140, 0, y - 10, 8.5, 7)))
    yield part("cord", stack((-140, 0, y, 5, 4), (140, 0, y - 10, 5.5, 4.2)))


def _cage() -> Iterator[BodyPart]:
    breastbone = stack((-48, 0, -92, 14, 5), (40, 0, -92, 17, 6), (66, 0, -84, 24, 7))
    yield part("cortex", breastbone)
    yield part("spongy", breastbone.grown(-2))
    for side in (-1, 1):
        for number in range(_RIBS):
            rib = _rib(side, number)
            yield part("cortex", tube(rib, 5))
            yield part("spongy", tube(rib, 2.8))
        collar = [(side * 20, -76, 78), (side * 60, -70, 96), (side * 110, -30, 112)]
        yield part("cortex", tube(collar, 6.5))
        yield part("spongy", tube(collar, 4))
        blade = [(side * 66, 92, 96), (side * 84, 96, 50), (side * 100, 92, 0)]
        yield part(
            "cortex", tube(blade, 4), tube([blade[0], (side * 122, 66, 92), (side * 132, 46, 96)], 4.5)
        )
        yield part(
            "cortex", tube([(side * 128, 52, 94), blade[2]], 4), tube([(side * 104, 80, 60), blade[1]], 2.2)
        )


def _rib(side: int, number: int) -> list[tuple[float, ...]]:
    """The course of a rib from its vertebra round to the front, where it lies lower."""
    z = _LOWEST + _VERTEBRA * (number + 2)
    points: list[tuple[float, ...]] = []
    last = _STEPS - (3 if number > 1 else 5)  # the lower ones end in cartilage
    for step in range(last):
        turn = pi * step / (_STEPS - 1)
        low = z - 62 * step / (_STEPS - 1)
        wide, deep = _girth(low)
        points.append((side * (wide * sin(turn) + 18 * (1 - step / _STEPS)), deep * cos(turn) + 6, low))
    return points


def _girth(z: float) -> tuple[float, float]:
    """The half axes of the cage at a height."""
    if z < 0:
        return 122, 90
    return 122 - 58 * (z / 118) ** 2, 90 - 42 * (z / 118) ** 2
