"""Series of slices: an anatomy with its lesions, seen by CT or MR, one file a slice."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeAlias

import numpy
from numpy.typing import NDArray
from pydicom.uid import CTImageStorage, JPEGLSLossless, MRImageStorage

from app.samples.binding import Taken
from app.samples.naming import uid
from app.samples.phantoms.datasets import SeriesHead, add_pixels, head, part10, pictured
from app.samples.phantoms.grids import Grid
from app.samples.phantoms.lesions import Lesion
from app.samples.phantoms.materials import LOOKS, Look
from app.samples.phantoms.painting import BodyPart, grain, mask_of, paint

Anatomy: TypeAlias = Callable[[str], tuple[BodyPart, ...]]  # of a sex, as DICOM writes it

_BITS = 12
_HIGHEST = (1 << _BITS) - 1
_INTERCEPT = -1024
_OPEN_AIR = 5  # so near to the value of air there is hardly any noise
_CALM = 0.06


@dataclass(frozen=True, slots=True)
class OfferedWindow:
    """A window that the header offers, and what it is for."""

    center: int
    width: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One series of slices. `technique` are the keywords of its modality's image module."""

    modality: str
    description: str
    grid: Grid
    anatomy: Anatomy
    look: Look
    windows: tuple[OfferedWindow, ...]
    technique: Mapping[str, Any]
    lesions: tuple[Lesion, ...] = ()
    body_part: str
    laterality: str = ""
    noise: float = 9.0

    @property
    def sop_class_uid(self) -> str:
        """The class of its slices."""
        return CTImageStorage if self.modality == "CT" else MRImageStorage


@dataclass(frozen=True)
class Slices:
    """A series as it is written; what is drawn on it refers to its slices."""

    volume: Volume
    series: SeriesHead
    sop_uids: tuple[str, ...] = field(repr=False)

    @property
    def frame_of_reference(self) -> str:
        """The space of all volumes of the study."""
        return space_of(self.series.taken)

    @property
    def seed(self) -> int:
        """Return the seed of its noise, which follows from its UID."""
        return int(self.series.series_uid.rpartition(".")[2]) % (1 << 32)

    def mask(self, lesion: Lesion) -> NDArray[numpy.bool_]:
        """Return which voxels a lesion fills."""
        return mask_of([lesion.solid], self.volume.grid)


def space_of(taken: Taken) -> str:
    """Return the Frame of Reference UID of a study."""
    return uid(taken.study_uid, "space")


def tracking_uid(taken: Taken, lesion: Lesion) -> str:
    """Return the UID under which a lesion is followed over the studies of its patient."""
    return uid("hilum lesion", taken.owner.patient_id, lesion.name)


def slices_of(volume: Volume, taken: Taken, number: int) -> Slices:
    """Return the series of a volume, the `number`-th of its study."""
    series = SeriesHead(
        taken, number, volume.modality, volume.description, volume.body_part, volume.laterality
    )
    sop_uids = tuple(series.sop_uid(place + 1) for place in range(volume.grid.shape[0]))
    return Slices(volume, series, sop_uids)


def written_slices(slices: Slices) -> Iterator[bytes]:
    """Make the volume and yield the file of each slice."""
    volume, grid = slices.volume, slices.volume.grid
    stored = stored_values(volume, slices.series.taken.owner.sex, slices.seed)
    dataset = head(slices.series, 1, volume.sop_class_uid, **_common(slices))
    for place, sop_uid in enumerate(slices.sop_uids):
        dataset.SOPInstanceUID = sop_uid
        dataset.InstanceNumber = place + 1
        dataset.ImagePositionPatient = grid.position(place)
        dataset.SliceLocation = grid.height(place)
        yield part10(add_pixels(dataset, [stored[place]], _BITS, JPEGLSLossless), JPEGLSLossless)


def stored_values(volume: Volume, sex: str, seed: int) -> NDArray[numpy.uint16]:
    """Return what is stored of a volume of somebody of this sex, 12 bits a voxel, with noise of a seed."""
    values = healthy(volume.anatomy, sex, volume.grid, volume.look).copy()
    paint([each for lesion in volume.lesions for each in lesion.parts()], volume.grid, volume.look, values)
    noise = grain(seed, volume.grid.shape, volume.noise)
    noise *= numpy.where(
        values <= LOOKS[volume.look]["air"] + _OPEN_AIR, numpy.float32(_CALM), numpy.float32(1)
    )
    values += noise
    values = values - _INTERCEPT if volume.modality == "CT" else numpy.abs(values)  # MR tells magnitudes
    return numpy.clip(numpy.rint(values), 0, _HIGHEST).astype(numpy.uint16)


@lru_cache(maxsize=2)
def healthy(anatomy: Anatomy, sex: str, grid: Grid, look: Look) -> NDArray[numpy.float32]:
    """Return the volume of an anatomy without a lesion; the last two are kept for the studies that follow."""
    values = numpy.full(grid.shape, LOOKS[look]["air"], numpy.float32)
    paint(anatomy(sex), grid, look, values)
    return values


def _common(slices: Slices) -> dict[str, Any]:
    """What all slices of a series say: their plane, windows and technique."""
    volume, grid = slices.volume, slices.volume.grid
    measured = {"RescaleIntercept": _INTERCEPT, "RescaleSlope": 1, "RescaleType": "HU"}
    return {
        **pictured(slices.series.taken.day.strftime("%Y%m%d")),
        "PatientPosition": "HFS",
        "FrameOfReferenceUID": slices.frame_of_reference,
        "PositionReferenceIndicator": "",
        "ImageOrientationPatient": grid.orientation,
        "PixelSpacing": [grid.pixel, grid.pixel],
        "SliceThickness": grid.gap,
        "SpacingBetweenSlices": grid.gap,
        "WindowCenter": [each.center for each in volume.windows],
        "WindowWidth": [each.width for each in volume.windows],
        "WindowCenterWidthExplanation": [each.name for each in volume.windows],
        "VOILUTFunction": "LINEAR",
        **(measured if volume.modality == "CT" else {}),
        **volume.technique,
    }
