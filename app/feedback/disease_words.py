"""What reports and diagnoses call diseases and what is seen of them, in English and Korean.

The words stand in `diseases.json`. An English one begins where a word begins and goes on as it likes
(`pneumoni` is in `pneumonic`), one with a full stop ends there (`pe.`); a Korean one stands anywhere, one
with `~` only where a word begins or behind a side.
"""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import orjson


class DiseaseFamily(StrEnum):
    """What kind of trouble a disease is, as far as pictures tell."""

    TUMOR = "tumor"
    LESION = "lesion"
    CYST = "cyst"
    INFECTION = "infection"
    INFLAMMATION = "inflammation"
    HEMORRHAGE = "hemorrhage"
    INFARCT = "infarct"
    CLOT = "clot"
    ANEURYSM = "aneurysm"
    STENOSIS = "stenosis"
    FRACTURE = "fracture"
    TEAR = "tear"
    DISC = "disc"
    DEGENERATION = "degeneration"
    STONE = "stone"
    OBSTRUCTION = "obstruction"
    AIR = "air"
    FLUID = "fluid"
    HEART = "heart"
    HERNIA = "hernia"
    SCARRING = "scarring"
    STORAGE = "storage"
    TORSION = "torsion"
    PREGNANCY = "pregnancy"
    AIRWAYS = "airways"
    SYSTEMIC = "systemic"


class Persistence(StrEnum):
    """How long a disease, once seen, is the same one."""

    ACUTE = "acute"
    LASTING = "lasting"
    CHRONIC = "chronic"


class Disease(NamedTuple):
    """A disease or a sign of one; `regions` are where it always is, empty where it may be anywhere."""

    name: str
    family: DiseaseFamily
    persistence: Persistence
    regions: tuple[str, ...]
    english: tuple[str, ...]
    korean: tuple[str, ...]


DISEASES: tuple[Disease, ...] = tuple(
    Disease(
        each["name"],
        DiseaseFamily(each["family"]),
        Persistence(each["persistence"]),
        tuple(each["regions"]),
        tuple(each["english"]),
        tuple(each["korean"]),
    )
    for each in orjson.loads(Path(__file__).with_name("diseases.json").read_bytes())
)
"""The longer word of two that begin at one place counts: `hepatocellular carcinoma` is no mere carcinoma."""
