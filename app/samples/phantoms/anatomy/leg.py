"""A left leg from mid-thigh to mid-calf; the joint line of the knee lies at height 0."""

from collections.abc import Iterator
from functools import lru_cache
from math import cos, pi, sin

from app.samples.phantoms.painting import BodyPart, part
from app.samples.phantoms.shapes import Ellipsoid, Rod, Spot, Stack, ball, stack, tube

X = 90.0  # of the middle of the leg, to the left of the body's
_LOW, _HIGH = -130, 220
_SKIN = stack(
    (_LOW, X, 10, 50, 54),
    (-80, X, 12, 57, 61),
    (-30, X, 6, 56, 60),
    (0, X, 2, 60, 62),
    (45, X, -1, 63, 65),
    (110, X, -3, 73, 74),
    (_HIGH, X, -4, 86, 87),
)
_MUSCLES = (  # each with its stations: height, medial to lateral, front to back, half axes
    ("rectus femoris", ((60, X, -45, 9, 7), (110, X, -50, 20, 13), (_HIGH, X + 4, -58, 25, 18))),
    (
        "vastus medialis",
        (
            (10, X - 34, -22, 9, 14),
            (50, X - 32, -22, 19, 25),
            (110, X - 36, -24, 25, 31),
            (_HIGH, X - 32, -22, 24, 36),
        ),
    ),
    (
        "vastus lateralis",
        (
            (25, X + 36, -18, 8, 16),
            (60, X + 36, -18, 17, 26),
            (120, X + 40, -18, 22, 36),
            (_HIGH, X + 42, -16, 27, 44),
        ),
    ),
    ("vastus intermedius", ((40, X + 2, -28, 16, 8), (110, X + 4, -26, 24, 15), (_HIGH, X + 6, -24, 27, 20))),
    (
        "biceps femoris",
        (
            (-8, X + 40, 22, 5, 6),
            (40, X + 34, 30, 13, 15),
            (110, X + 26, 38, 20, 20),
            (_HIGH, X + 16, 52, 22, 20),
        ),
    ),
    (
        "semimembranosus",
        (
            (-10, X - 30, 30, 8, 8),
            (40, X - 24, 36, 17, 15),
            (110, X - 22, 42, 18, 18),
            (_HIGH, X - 24, 50, 15, 14),
        ),
    ),
    ("semitendinosus", ((20, X - 26, 52, 4, 4), (110, X - 10, 58, 12, 10), (_HIGH, X - 4, 62, 19, 15))),
    ("sartorius", ((-20, X - 42, 14, 4, 8), (60, X - 46, 18, 6, 13), (_HIGH, X - 48, -18, 8, 15))),
    ("gracilis", ((-20, X - 44, 26, 3, 4), (60, X - 44, 34, 5, 7), (_HIGH, X - 58, 20, 8, 16))),
    ("adductors", ((95, X - 24, 18, 6, 6), (150, X - 26, 18, 18, 14), (_HIGH, X - 32, 22, 25, 24))),
    (
        "medial gastrocnemius",
        (
            (_LOW, X - 16, 38, 25, 17),
            (-60, X - 18, 42, 24, 17),
            (-15, X - 19, 42, 15, 12),
            (28, X - 20, 36, 6, 6),
        ),
    ),
    (
        "lateral gastrocnemius",
        (
            (_LOW, X + 20, 36, 20, 15),
            (-60, X + 20, 40, 20, 15),
            (-15, X + 19, 40, 14, 11),
            (28, X + 20, 34, 6, 6),
        ),
    ),
    ("soleus", ((_LOW, X + 4, 24, 38, 16), (-60, X + 6, 22, 28, 11), (-28, X + 14, 20, 8, 5))),
    (
        "tibialis anterior",
        ((_LOW, X + 22, -18, 17, 20), (-60, X + 26, -18, 13, 17), (-22, X + 28, -16, 5, 7)),
    ),
    ("popliteus", ((-45, X - 2, 22, 16, 5), (-10, X + 10, 22, 14, 5))),
)
_FEMUR = stack(
    (16, X, -1, 22, 11),
    (24, X, 1, 38, 21),
    (34, X, 0, 35, 20),
    (50, X + 1, -2, 25, 17),
    (75, X + 2, -4, 18.5, 15.5),
    (105, X + 3, -6, 15.5, 15),
    (_HIGH, X + 5, -8, 14.5, 14.5),
)
_MARROW = stack(
    (75, X + 2, -4, 14, 11),
    (105, X + 3, -6, 8.5, 8),
    (_HIGH, X + 5, -8, 7, 7),
)
_TIBIA = stack(
    (_LOW, X - 4, -6, 14, 15),
    (-80, X - 4, -7, 16, 17),
    (-45, X - 3, -6, 22, 21),
    (-26, X, -2, 36, 25),
    (-7, X, 2, 40, 25),
)
_TIBIA_MARROW = stack(
    (_LOW, X - 4, -6, 8, 9), (-80, X - 4, -7, 11, 12), (-64, X - 3.5, -6.5, 8, 8), (-54, X - 3, -6, 1, 1)
)
_CONDYLES = (Spot(X - 22, 6, 20), Spot(X + 22, 7, 20))
_CONDYLE = Spot(18, 29, 21)
_SHELL = 2.0
_POINT = 16  # millimetres over which a muscle runs out
_SHAFT, _SHIN = 75, -80  # from here on the bones are tubes
_SPONGY = 2.2
_CUT = 115  # above this the femur is the patient's own


@lru_cache(maxsize=1)
def leg(_sex: str) -> tuple[BodyPart, ...]:
    """Return the rows of a healthy leg."""
    return (*_soft(), *_cartilages(), *_bones(), *_joint())


def _soft() -> Iterator[BodyPart]:
    yield part("skin", _SKIN)
    yield part("fat", _SKIN.grown(-2))
    bellies = [_belly(stack(*stations).grown(2.5)) for _, stations in _MUSCLES]
    yield part("muscle", bellies)
    yield part("fat", *(tube(points, 0.9) for points in _planes()))
    yield part(
        "blood", tube([(X + 2, 40, _LOW), (X + 2, 34, 20), (X - 10, 24, 100), (X - 26, -2, _HIGH)], 3.6)
    )
    yield part("blood", tube([(X + 8, 44, _LOW), (X + 8, 42, 20), (X - 6, 32, 100), (X - 24, 8, _HIGH)], 4.6))
    yield part("blood", tube([(X - 44, 30, _LOW), (X - 50, 36, 20), (X - 62, 0, _HIGH)], 2.2))
    yield part(
        "tissue",
        tube([(X + 10, 50, _LOW), (X + 10, 54, 20), (X + 4, 50, 110), (X + 2, 36, _HIGH)], 3.6, 4, 5, 6),
    )


def _belly(muscle: Stack) -> Stack:
    """A muscle that runs out into a point where it ends within the leg."""
    low, *_, high = muscle.stations
    below = [low._replace(z=low.z - _POINT, across=1, deep=1)] if low.z > _LOW else []
    above = [high._replace(z=high.z + _POINT, across=1, deep=1)] if high.z < _HIGH else []
    return Stack((*below, *muscle.stations, *above))


def _planes() -> Iterator[list[tuple[float, ...]]]:
    """Strands of fat within the large muscles."""
    for number in range(16):
        turn = 2 * pi * number / 16
        x, y = X + 44 * cos(turn), -4 + 44 * sin(turn)
        yield [(x, y, 70 + 6 * (number % 5)), (x + 4 * cos(turn * 3), y + 4 * sin(turn * 3), _HIGH)]


def _cartilages() -> Iterator[BodyPart]:
    grown = Spot(*(each + 2.6 for each in _CONDYLE))
    yield part(
        "water", Ellipsoid(Spot(X, -28, 46), Spot(22, 3, 18)), Ellipsoid(Spot(X, 0, -3), Spot(39, 24, 4))
    )
    yield part("cartilage", *(Ellipsoid(each, grown) for each in _CONDYLES))
    yield part("cartilage", Stack(tuple(each._replace(z=each.z + 2.4) for each in _TIBIA.stations)))


def _bones() -> Iterator[BodyPart]:
    condyles = [Ellipsoid(each, _CONDYLE) for each in _CONDYLES]
    inner = [Ellipsoid(each, Spot(*(r - _SHELL for r in _CONDYLE))) for each in _CONDYLES]
    yield part("cortex", _FEMUR, condyles, _TIBIA)
    yield part("spongy", _FEMUR.grown(-_SPONGY), inner)
    yield part("spongy", Stack(tuple(each._replace(z=each.z - 2) for each in _TIBIA.grown(-_SHELL).stations)))
    yield part("cortex", _FEMUR_SHAFT, _TIBIA_SHAFT)
    yield part("marrow", _MARROW, _TIBIA_MARROW)
    notch = Ellipsoid(Spot(X, 24, 8), Spot(9, 22, 22))
    yield part("fat", notch)
    patella = Ellipsoid(Spot(X, -44, 24), Spot(22, 10, 21))
    yield part("cartilage", Ellipsoid(Spot(X, -38, 24), Spot(19, 8, 17)))
    yield part("cortex", patella)
    yield part("spongy", Ellipsoid(patella.centre, Spot(20, 8, 19)))
    fibula = stack(
        (_LOW, X + 36, 16, 7, 7), (-40, X + 40, 18, 7, 7), (-24, X + 42, 18, 11, 11), (-14, X + 42, 18, 6, 6)
    )
    yield part("cortex", fibula)
    yield part("marrow", fibula.grown(-2.6))


_FEMUR_SHAFT = Stack(tuple(each for each in _FEMUR.stations if each.z >= _SHAFT))
_TIBIA_SHAFT = Stack(tuple(each for each in _TIBIA.stations if each.z <= _SHIN))


def _joint() -> Iterator[BodyPart]:
    yield part("fat", Ellipsoid(Spot(X, -33, 2), Spot(20, 12, 15)))  # Hoffa's
    yield part("tendon", tube([(X, -53, 10), (X, -50, -14), (X, -32, -38)], 5, 4, 4))
    yield part("tendon", tube([(X, -52, 40), (X, -48, 64), (X, -46, 100)], 6, 6, 4))
    yield part(
        "tendon", tube([(X - 4, -12, -6), (X + 8, 16, 18)], 4), tube([(X + 2, 26, -14), (X - 6, 6, 14)], 5)
    )
    yield part(
        "tendon",
        tube([(X - 42, 4, 26), (X - 42, 4, -34)], 2),
        tube([(X + 42, 6, 26), (X + 46, 16, -14)], 2.4),
    )
    for side in (-1, 1):
        ring = [(X + side * 22 + 16 * cos(a), 4 + 20 * sin(a), -2.6) for a in _turns(side)]
        yield part("meniscus", tube(ring, 3.4))
    yield part("tissue", ball(X + 2, 44, 30, 4))


def _turns(side: int) -> list[float]:
    """The course of a meniscus: a ring that is open towards the middle of the knee."""
    start = pi + pi / 5 if side > 0 else pi / 5
    return [start + (2 * pi - 2 * pi / 5) * step / 10 for step in range(11)]


@lru_cache(maxsize=1)
def resected_leg(sex: str) -> tuple[BodyPart, ...]:
    """Return the rows of a leg whose distal femur was replaced by a prosthesis."""
    scar = Stack(tuple(each for each in _FEMUR.grown(5).stations if each.z < _CUT))
    bed = [Ellipsoid(each, Spot(22, 31, 23)) for each in _CONDYLES]
    stem = [Rod(Spot(X + 4, -6, 110), Spot(X + 5, -8, _HIGH), 6.5, 5.5)]
    shaft = stack((28, X, -1, 24, 16), (42, X + 1, -2, 17, 14), (110, X + 3, -6, 15, 15))
    runners = [Ellipsoid(Spot(each.x, each.y, each.z + 1), Spot(15, 25, 17)) for each in _CONDYLES]
    tray = stack((-12, X, 2, 38, 23), (-8, X, 2, 38, 23))
    return (
        *leg(sex),
        part("tissue", scar, bed, Ellipsoid(Spot(X, 2, 0), Spot(38, 28, 10))),
        part("polyethylene", stack((-8, X, 2, 36, 22), (2, X, 2, 36, 22))),
        part("titanium", shaft, stem),
        part("cobalt chrome", runners, tray, tube([(X, 2, -8), (X, 0, -50)], 6, 5)),
    )
