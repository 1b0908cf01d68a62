"""Pictures as they are handed over: which files become of the instances of a series, in each format.

A format says how many instances are done together and writes those; a further one is a row of the table in
the wiring. What cannot be handed over is listed with its reason, and nothing of it is written.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeAlias

from pydicom import Dataset

from app.deidentification.project import ProjectSubject
from app.imaging.deidentify import Deidentifier, Withheld, deidentify_file
from app.imaging.render.faults import Unrenderable
from app.imaging.render.source import read_header
from app.imaging.store.refusal import Refused
from app.work.extracts.files import ExtractFolder, WrittenFile
from app.work.extracts.naming import ExtractNames
from graph.errors import Unavailable
from graph.records import StoredInstance

AT_ONCE = 50  # instances of one step
_CHUNK = 1 << 20
OpenBlob: TypeAlias = Callable[[StoredInstance], BinaryIO]


@dataclass(frozen=True, slots=True)
class PictureHand:
    """What is in hand: the instances of a series, or some of them, of one patient."""

    names: ExtractNames
    patient: str
    study_uid: str
    series_uid: str
    instances: Sequence[StoredInstance]
    deidentify: Deidentifier

    @property
    def subject(self) -> ProjectSubject:
        """Whose they are."""
        return self.names.subject(self.patient)

    def write(self, source: BinaryIO, instance: StoredInstance, target: BinaryIO, scratch: Path) -> Dataset:
        """Write one as it may be given out, and return its header.

        Raises `Withheld`, `Refused`, `Unrenderable`.
        """
        if not self.names.deidentify:
            header = read_header(source, instance.transfer_syntax_uid, scratch)
            source.seek(0)
            while chunk := source.read(_CHUNK):
                target.write(chunk)
            return header
        done = deidentify_file(
            source, instance, target, deidentify=self.deidentify, subject=self.subject, scratch=scratch
        )
        return done.dataset

    def told(self, instance: StoredInstance | None = None) -> dict[str, Any]:
        """What a row of the manifest or of the errors calls it."""
        return {
            "patient": self.names.patient(self.patient),
            "study": self.names.uid(self.study_uid),
            "series": self.names.uid(self.series_uid),
            "instance": self.names.uid(instance.sop_uid) if instance else None,
        }


@dataclass(slots=True)
class HandedOver:
    """The rows of the manifest, and of what could not be handed over, each with its `reason`."""

    files: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    instances: int = 0


class PictureWriter(Protocol):
    """Writes pictures in one format."""

    @property
    def together(self) -> int | None:
        """How many instances of a series are done at a time; None for all of them."""

    def write(self, folder: ExtractFolder, hand: PictureHand) -> HandedOver:
        """Write the files of instances."""


class DicomPictures:
    """DICOM files: de-identified, or as they are stored."""

    together = AT_ONCE

    def __init__(self, open_blob: OpenBlob) -> None:
        self._open = open_blob

    def write(self, folder: ExtractFolder, hand: PictureHand) -> HandedOver:
        """Write a file for each instance; raises `StorageFull`."""
        made = HandedOver()
        for each in hand.instances:
            reason = self._one(folder, hand, each, made)
            if reason:
                made.errors.append(hand.told(each) | {"reason": reason})
        return made

    def _one(
        self, folder: ExtractFolder, hand: PictureHand, instance: StoredInstance, made: HandedOver
    ) -> str | None:
        """Write one; return why it cannot be."""
        told = hand.told(instance)
        name = f"dicom/{told['patient']}/{told['study']}/{told['series']}/{told['instance']}.dcm"
        headers: list[Dataset] = []

        def write(target: BinaryIO) -> None:
            headers.append(hand.write(source, instance, target, folder.work))

        try:
            source = self._open(instance)
        except Unavailable as lost:
            return lost.message
        try:
            with source:
                written = folder.publish(name, write)
        except (Withheld, Unrenderable) as withheld:
            return str(withheld)
        except Refused as damaged:
            return damaged.message
        made.files.append(told | _listed(written, instance, headers[0]))
        made.instances += 1
        return None


def _listed(written: WrittenFile, instance: StoredInstance, header: Dataset) -> dict[str, Any]:
    """What the manifest says of a DICOM file."""
    return {
        "path": written.path,
        "format": "dicom",
        "modality": _plain(header, "Modality"),
        "sopClass": instance.sop_class_uid,
        "transferSyntax": instance.transfer_syntax_uid,
        "sha256": written.sha256,
        "size": written.size,
        "frames": instance.number_of_frames,
        "geometry": geometry_of(header, instance.number_of_frames),
    }


_GEOMETRY = (
    ("position", "ImagePositionPatient"),
    ("orientation", "ImageOrientationPatient"),
    ("spacing", "PixelSpacing"),
    ("thickness", "SliceThickness"),
)


def geometry_of(header: Dataset, frames: int) -> Mapping[str, Any]:
    """Where the pixels of a file are, as its header says: rows, columns and frames; lengths in mm."""
    shape = [_plain(header, "Rows"), _plain(header, "Columns"), frames]
    told = {name: _plain(header, keyword) for name, keyword in _GEOMETRY}
    known = {name: value for name, value in told.items() if value is not None}
    return ({"shape": shape} if shape[0] is not None else {}) | known


def _plain(header: Dataset, keyword: str) -> Any:
    """The value of an attribute as JSON has it; None where there is none."""
    value = header.get(keyword)
    if value in (None, ""):
        return None
    if isinstance(value, str | int) and not hasattr(value, "original_string"):
        return value
    try:
        return [float(each) for each in value] if hasattr(value, "__iter__") else float(value)
    except (TypeError, ValueError):
        return None
