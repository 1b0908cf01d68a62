"""What each material of an anatomy looks like: Hounsfield units, and signals of two MR sequences."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

AIR = "air"
_CT, _T1, _T2 = range(3)
_ROWS: dict[str, tuple[float, float, float]] = {
    # material: HU, T1 weighted, fluid-sensitive with suppressed fat
    AIR: (-1000, 0, 0),
    "lung": (-865, 40, 60),
    "gas": (-990, 0, 0),
    "fat": (-102, 900, 150),
    "skin": (25, 520, 300),
    "muscle": (56, 360, 260),
    "tissue": (38, 380, 340),
    "gland": (32, 400, 420),
    "blood": (42, 90, 620),
    "heart": (48, 380, 300),
    "water": (6, 200, 1350),
    "liver": (58, 460, 240),
    "spleen": (50, 340, 420),
    "disc": (80, 330, 380),
    "cord": (32, 380, 330),
    "tendon": (88, 70, 45),
    "meniscus": (92, 90, 60),
    "cartilage": (72, 480, 640),
    "cortex": (1150, 35, 25),
    "spongy": (240, 560, 170),
    "marrow": (-35, 840, 140),
    "tumour": (72, 300, 980),
    "tumour matrix": (520, 130, 240),
    "spicule": (760, 80, 120),
    "oedema": (40, 430, 620),
    "nodule": (44, 330, 500),
    "calcium": (720, 40, 30),
    "titanium": (2900, 5, 5),
    "cobalt chrome": (3050, 5, 5),
    "polyethylene": (-60, 20, 20),
    "scalp": (20, 700, 220),
    "diploe": (420, 620, 160),
    "brain fluid": (7, 190, 1350),
    "grey matter": (38, 460, 620),
    "white matter": (29, 640, 470),
    "dura": (62, 260, 180),
}


class Look(StrEnum):
    """How a scanner sees the materials."""

    CT = "CT"
    CONTRAST = "CT with contrast medium"
    T1 = "MR, T1 weighted"
    T2 = "MR, T2 weighted without fat"


_PLAIN = {name: row[_CT] for name, row in _ROWS.items()}
_ENHANCED = {"blood": 175.0, "heart": 95.0, "liver": 88.0, "spleen": 118.0, "tumour": 98.0, "nodule": 62.0}
LOOKS: Mapping[Look, Mapping[str, float]] = MappingProxyType(
    {
        Look.CT: _PLAIN,
        Look.CONTRAST: _PLAIN | _ENHANCED,
        Look.T1: {name: row[_T1] for name, row in _ROWS.items()},
        Look.T2: {name: row[_T2] for name, row in _ROWS.items()},
    }
)
