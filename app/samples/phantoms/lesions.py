"""Lesions as the chart tells them: where they are, how long, and what they are painted with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

from app.samples.phantoms.anatomy.leg import X
from app.samples.phantoms.painting import BodyPart, part
from app.samples.phantoms.shapes import Ellipsoid, Rod, Spot, ball

_LARGE = 50.0  # millimetres: a smaller one has drawn back into the bone


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion at one time: an ellipsoid whose half axes are `radii`.

    `name` is the same over the years, `label` is what a segmentation and a structure set call it.
    """

    name: str
    label: str
    centre: Spot
    radii: Spot
    material: str
    rows: tuple[BodyPart, ...] = ()

    @property
    def solid(self) -> Ellipsoid:
        """The shape of the whole."""
        return Ellipsoid(self.centre, self.radii)

    @property
    def diameter(self) -> float:
        """The longest diameter in millimetres, which lies along an axis of the patient."""
        return 2 * max(self.radii)

    def parts(self) -> tuple[BodyPart, ...]:
        """Return the rows of it, painted over an anatomy."""
        return (*_around(self), part(self.material, self.solid), *self.rows)


def nodule(name: str, label: str, centre: Spot, diameter: float, material: str = "nodule") -> Lesion:
    """Return a round nodule."""
    radius = diameter / 2
    return Lesion(name, label, centre, Spot(radius, radius, radius), material)


def osteosarcoma(length: float, *, share: float = 0.35, seed: int = 3) -> Lesion:
    """Return a tumour of the distal femur that breaks through the lateral cortex, `length` from head to foot.

    `share` says how much of it is mineralised: more, once it responded.
    """
    half = length / 2
    radii = Spot(half * 0.72, half * 0.66, half)
    centre = Spot(X + (16 if length > _LARGE else 12), 1, 57)
    solid = Ellipsoid(centre, radii)
    rows = (
        part("tumour matrix", list(_islands(solid, share, seed))),
        part("spicule", list(_rays(solid))),
    )
    return Lesion("distal femur", "Osteosarcoma of the left distal femur", centre, radii, "tumour", rows)


def _around(lesion: Lesion) -> Iterator[BodyPart]:
    """The oedema around a tumour of bone, which only MR shows; CT gives it the value of soft tissue."""
    if lesion.material == "tumour":
        grown = Spot(*(each + 5 for each in lesion.radii))
        yield part("oedema", Ellipsoid(lesion.centre, grown))


def _islands(solid: Ellipsoid, share: float, seed: int) -> Iterator[Ellipsoid]:
    """Clouds of mineral within the tumour."""
    chance = Random(seed)  # noqa: S311  the same every time
    for _ in range(int(170 * share)):
        at = [2 * chance.random() - 1 for _ in range(3)]
        if sum(each * each for each in at) < 0.72:  # noqa: PLR2004  away from the surface
            x, y, z = (c + r * each for c, r, each in zip(solid.centre, solid.radii, at, strict=True))
            yield ball(x, y, z, 1.4 + 2.6 * chance.random())


def _rays(solid: Ellipsoid) -> Iterator[Rod]:
    """Rays of new bone towards the side, as the sun's."""
    for row in range(-3, 4):
        for column in range(-3, 4):
            way: Sequence[float] = (1.0, 0.26 * column, 0.3 * row)
            long = sqrt(sum(each * each for each in way))
            ends = (
                Spot(
                    *(
                        c + r * reach * each / long
                        for c, r, each in zip(solid.centre, solid.radii, way, strict=True)
                    )
                )
                for reach in (0.5, 0.93)
            )
            start, end = ends
            yield Rod(start, end, 1.0, 0.6)
