"""Volumes as they are handed over: a series is a NIfTI file with a sidecar, named as in BIDS, or nothing.

What goes to the converter is de-identified already, so that nothing it writes can name anybody.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from pydicom import Dataset

from app.imaging.deidentify import Withheld
from app.imaging.render.faults import Unrenderable
from app.imaging.store.refusal import Refused
from app.imaging.volumes import NoVolume, VolumeConverter, sidecar_of
from app.imaging.volumes.folders import IN
from app.work.extracts.files import ExtractFolder
from app.work.extracts.pictures import HandedOver, OpenBlob, PictureHand
from graph.errors import Unavailable

_CHUNK = 1 << 20
_FOLDER = "series"


class NiftiPictures:
    """A volume for each series."""

    together = None

    def __init__(self, open_blob: OpenBlob, converter: VolumeConverter) -> None:
        self._open = open_blob
        self._converter = converter

    def write(self, folder: ExtractFolder, hand: PictureHand) -> HandedOver:
        """Write the volume of a series; raises `StorageFull`."""
        made = HandedOver()
        work = folder.work / _FOLDER
        shutil.rmtree(work, ignore_errors=True)  # what a worker left that was killed
        try:
            header = self._gather(work, hand)
            volume, told = self._converter.convert(work)
            made.files.append(self._published(folder, hand, volume, told, header))
            made.instances = len(hand.instances)
        except (NoVolume, Withheld, Unrenderable) as refused:
            made.errors.append(hand.told() | {"reason": str(refused)})
        except (Refused, _Lost) as failed:
            made.errors.append(hand.told() | {"reason": failed.message})
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return made

    def _gather(self, work: Path, hand: PictureHand) -> Dataset:
        """Write the files that the volume is made of, and return the header of the first."""
        (work / IN).mkdir(parents=True)
        first: Dataset | None = None
        for number, instance in enumerate(hand.instances):
            try:
                source = self._open(instance)
            except Unavailable as lost:
                raise _Lost(lost.message) from lost
            with source, (work / IN / f"{number:06}.dcm").open("w+b") as target:
                header = hand.write(source, instance, target, work)
            first = first or header
        return first if first is not None else Dataset()

    def _published(
        self, folder: ExtractFolder, hand: PictureHand, volume: Path, told: Mapping[str, Any], header: Dataset
    ) -> dict[str, Any]:
        """Publish the volume and its sidecar; return the row of the manifest."""
        named = hand.told()
        modality = str(header.get("Modality") or "OT").lower()
        subject, session = f"sub-{_bare(named['patient'])}", f"ses-{hand.names.short(hand.study_uid)}"
        series = f"acq-{hand.names.short(hand.series_uid)}"
        stem = f"nifti/{subject}/{session}/{modality}/{subject}_{session}_{series}_{modality}"

        def write(file: BinaryIO) -> None:
            with volume.open("rb") as source:
                shutil.copyfileobj(source, file, _CHUNK)

        beside = sidecar_of(header) | {"ConversionSoftware": "dcm2niix", "Checked": True}
        text = orjson.dumps(beside, option=orjson.OPT_INDENT_2)
        sidecar = folder.publish(f"{stem}.json", lambda file: file.write(text))
        written = folder.publish(f"{stem}.nii.gz", write)
        return named | {
            "path": written.path,
            "format": "nifti",
            "modality": header.get("Modality"),
            "sha256": written.sha256,
            "size": written.size,
            "frames": sum(max(1, each.number_of_frames) for each in hand.instances),
            "geometry": dict(told),
            "sidecar": {"path": sidecar.path, "size": sidecar.size, "sha256": sidecar.sha256},
        }


class _Lost(Unavailable):
    """The file of an instance cannot be read, which is no reason to try the whole job again."""


def _bare(name: str) -> str:
    """Letters and digits of a name, as BIDS has them in labels."""
    return "".join(each for each in name if each.isascii() and each.isalnum())
