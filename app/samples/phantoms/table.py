"""The phantom studies as the sample data knows them; making one is left until it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.samples.binding import Taken


@dataclass(frozen=True, slots=True)
class PhantomSet:
    """The computed files of one study: `recipe` names a row of `studies.RECIPES`, `count` are its files."""

    modality: str
    description: str
    recipe: str
    count: int

    def made(self, taken: Taken) -> Iterator[bytes]:
        """Make the files of the study, in order."""
        from app.samples.phantoms.studies import RECIPES  # noqa: PLC0415  brings encoders, needed once

        return RECIPES[self.recipe].files(taken)


PHANTOMS: dict[str, PhantomSet] = {
    "ct chest years before": PhantomSet("CT", "CT chest", "chest, years before", 50),
    "ct chest at diagnosis": PhantomSet("CT", "CT chest, contrast", "chest at diagnosis", 50),
    "ct chest with nodules": PhantomSet("CT", "CT chest, contrast", "chest with nodules", 51),
    "ct chest after chemotherapy": PhantomSet("CT", "CT chest", "chest after chemotherapy", 50),
    "ct chest with progress": PhantomSet("CT", "CT chest", "chest with progress", 51),
    "ct thigh with tumour": PhantomSet("CT", "CT left thigh, contrast", "thigh with tumour", 49),
    "ct thigh with prosthesis": PhantomSet("CT", "CT left thigh", "thigh with prosthesis", 48),
    "mr knee with tumour": PhantomSet("MR", "MR left knee", "knee with tumour", 46),
    "mr knee after chemotherapy": PhantomSet("MR", "MR left knee", "knee after chemotherapy", 46),
    "us heart": PhantomSet("US", "Echocardiography", "heart", 1),
    "mammogram": PhantomSet("MG", "Mammography, both breasts, two views", "breasts", 4),
    "ct head": PhantomSet("CT", "CT head", "head", 26),
    "mr head": PhantomSet("MR", "MR head", "head by MR", 40),
    "ct chest": PhantomSet("CT", "CT chest, low dose", "thick chest", 20),
    "ct chest nodules": PhantomSet("CT", "CT chest, low dose", "thick chest with nodules", 20),
    "ct thigh tumour": PhantomSet("CT", "CT left thigh", "thick thigh with tumour", 14),
    "ct thigh resected": PhantomSet("CT", "CT left thigh", "thick thigh with prosthesis", 14),
    "mr knee": PhantomSet("MR", "MR left knee", "thick knee with tumour", 18),
}
