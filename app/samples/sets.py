"""Every set of pictures that a sample study may be made of, bound or computed, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from app.samples.phantoms.table import PHANTOMS, PhantomSet
from app.samples.pictures import SETS, PictureSet

PICTURES: Mapping[str, PictureSet | PhantomSet] = MappingProxyType({**SETS, **PHANTOMS})
