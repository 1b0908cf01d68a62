"""Real DICOM files given to sample patients: who, when and which study are rewritten, the pixels are not.

The transfer syntax stays, so Pixel Data (and waveforms, overlays, private elements) keep their bytes; text is
rewritten as UTF-8 (Specific Character Set ISO_IR 192), since patients have Korean names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources.abc import Traversable
from io import BytesIO

from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ImplicitVRLittleEndian

from app.samples.naming import uid

_UTF_8 = "ISO_IR 192"
_DATES = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")
_STALE = (
    "IssuerOfPatientID",  # the gateway's own, then
    "OtherPatientIDs",
    "PatientAge",
    "PatientComments",
    "AcquisitionDateTime",
    "ReferencedRTPlanSequence",  # names another plan, in a UID that is none
)


@dataclass(frozen=True, slots=True)
class DicomPatient:
    """The patient as DICOM writes one: PS3.5 PN, DA (or empty), and M, F or O (or empty)."""

    patient_id: str
    name: str
    birth_date: str
    sex: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The study that the files become."""

    owner: DicomPatient
    study_uid: str
    accession: str
    day: date
    description: str
    modality: str  # for a file that names none


def bind(source: Traversable, number: int, taken: Taken) -> bytes:
    """The file as an instance of that study, the `number`-th of it, counted from 1.

    Files of one series stay in one series. UIDs follow from the study's, so the same bytes come
    out again.
    """
    dataset = _read(source)
    dataset.Modality = dataset.get("Modality") or taken.modality
    series_uid = uid(taken.study_uid, dataset.get("SeriesInstanceUID", source.name), dataset.Modality)
    sop_uid = uid(series_uid, number, source.name)
    for keyword in _STALE:
        if keyword in dataset:
            delattr(dataset, keyword)
    dataset.decode()
    _write(dataset, _identity(taken) | {"SeriesInstanceUID": series_uid, "SOPInstanceUID": sop_uid})
    day = taken.day.strftime("%Y%m%d")
    _write(dataset, {keyword: day for keyword in _DATES if keyword in dataset or keyword == "StudyDate"})
    dataset.file_meta.MediaStorageSOPInstanceUID = UID(sop_uid)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    written = BytesIO()
    dcmwrite(written, dataset, enforce_file_format=True)
    return written.getvalue()


def _read(source: Traversable) -> FileDataset:
    dataset = dcmread(BytesIO(source.read_bytes()), force=True)
    if "TransferSyntaxUID" not in dataset.file_meta:  # a file older than Part 10
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return dataset


def _identity(taken: Taken) -> dict[str, str]:
    owner = taken.owner
    return {
        "SpecificCharacterSet": _UTF_8,
        "PatientID": owner.patient_id,
        "PatientName": owner.name,
        "PatientBirthDate": owner.birth_date,
        "PatientSex": owner.sex,
        "StudyInstanceUID": taken.study_uid,
        "AccessionNumber": taken.accession,
        "StudyDescription": taken.description,
    }


def _write(dataset: Dataset, values: Mapping[str, str]) -> None:
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
