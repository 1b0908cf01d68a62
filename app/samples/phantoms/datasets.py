"""What every object of a phantom says: whose it is, of which study and series, and how it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian

from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.encoders import encode
from app.samples.binding import Taken
from app.samples.naming import uid

TIME = "101500"
ORDERED_BY, READ_BY, HOSPITAL = "Jang^Mirae", "Noh^Gyeol", "Sample Hospital"
_UTF_8 = "ISO_IR 192"
_BYTE = 8


@dataclass(frozen=True, slots=True)
class SeriesHead:
    """A series of a study: `number` counts those of the study from 1."""

    taken: Taken
    number: int
    modality: str
    description: str
    body_part: str = ""
    laterality: str = ""

    @property
    def series_uid(self) -> str:
        """Its UID, which follows from the study's."""
        return uid(self.taken.study_uid, "phantom", self.number)

    def sop_uid(self, number: int) -> str:
        """Return the UID of its instance of a number, counted from 1."""
        return uid(self.series_uid, number)


def item(**values: Any) -> Dataset:
    """Return a data set of these keywords."""
    made = Dataset()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    return made


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """Return an item of a code sequence (PS3.3 8.8)."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def reference(sop_class_uid: str, sop_uid: str, **more: Any) -> Dataset:
    """Return an item that refers to an instance."""
    return item(ReferencedSOPClassUID=sop_class_uid, ReferencedSOPInstanceUID=sop_uid, **more)


def head(series: SeriesHead, number: int, sop_class_uid: str, **more: Any) -> Dataset:
    """Return the modules of patient, study, series and equipment of an instance, with more keywords."""
    taken, day = series.taken, series.taken.day.strftime("%Y%m%d")
    placed = {"Laterality": series.laterality} if series.laterality else {}
    body = {"BodyPartExamined": series.body_part} if series.body_part else {}
    return item(
        SpecificCharacterSet=_UTF_8,
        SOPClassUID=sop_class_uid,
        SOPInstanceUID=series.sop_uid(number),
        InstanceCreationDate=day,
        InstanceCreationTime=TIME,
        PatientName=taken.owner.name,
        PatientID=taken.owner.patient_id,
        PatientBirthDate=taken.owner.birth_date,
        PatientSex=taken.owner.sex,
        StudyInstanceUID=taken.study_uid,
        StudyDate=day,
        StudyTime=TIME,
        StudyID="1",
        AccessionNumber=taken.accession,
        ReferringPhysicianName=ORDERED_BY,
        StudyDescription=taken.description,
        Modality=series.modality,
        SeriesInstanceUID=series.series_uid,
        SeriesNumber=series.number,
        SeriesDate=day,
        SeriesTime=TIME,
        SeriesDescription=series.description,
        Manufacturer="Hilum",
        ManufacturerModelName="Computed phantom",
        DeviceSerialNumber="1",
        SoftwareVersions="1",
        InstitutionName=HOSPITAL,
        InstanceNumber=number,
        ContentDate=day,
        ContentTime=TIME,
        **placed,
        **body,
        **more,
    )


def pictured(day: str) -> dict[str, Any]:
    """Return what every acquired image says of itself."""
    return {
        "AcquisitionDate": day,
        "AcquisitionTime": TIME,
        "AcquisitionNumber": 1,
        "BurnedInAnnotation": "NO",
        "ImageComments": "Computed phantom, not a person",
    }


def add_pixels(dataset: Dataset, frames: Sequence[NDArray[Any]], bits: int, syntax: str) -> Dataset:
    """Add grey frames of `bits` stored bits, encoded without loss in a transfer syntax; return it."""
    kind = numpy.uint8 if bits <= _BYTE else numpy.uint16
    rows, columns = frames[0].shape
    described = PixelDescription(
        rows=rows,
        columns=columns,
        samples=1,
        bits_allocated=kind().itemsize * _BYTE,
        bits_stored=bits,
        high_bit=bits - 1,
        signed=False,
        photometric="MONOCHROME2",
        planar=False,
        frames=len(frames),
        transfer_syntax_uid=syntax,
    )
    encoded = [encode(Frame(each.astype(kind), "MONOCHROME2"), described, syntax) for each in frames]
    dataset.update(
        item(
            SamplesPerPixel=1,
            PhotometricInterpretation="MONOCHROME2",
            Rows=rows,
            Columns=columns,
            BitsAllocated=described.bits_allocated,
            BitsStored=bits,
            HighBit=bits - 1,
            PixelRepresentation=0,
            LossyImageCompression="00",
            PixelData=encapsulate(encoded),
        )
    )
    dataset["PixelData"].VR = "OB"
    return dataset


def part10(dataset: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """Return a data set as a file (PS3.10)."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = UID(syntax)
    dataset.file_meta = meta
    written = BytesIO()
    dcmwrite(written, dataset, enforce_file_format=True)
    return written.getvalue()


def references(sop_class_uid: str, sop_uids: Iterable[str]) -> list[Dataset]:
    """Return items that refer to instances of one class."""
    return [reference(sop_class_uid, each) for each in sop_uids]
