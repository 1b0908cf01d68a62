"""One picture of the sample data by its names, and one more to store: what the API's examples ask for."""

from dataclasses import dataclass
from typing import Any

from app.samples.catalogue import SEED
from app.samples.naming import mrn_of, study_uid, uid

_PATIENT, _STUDY = "osteo-07", 1
_SOURCE, _SERIES, _MODALITY = "CT_small.dcm", "1.3.6.1.4.1.5962.1.3.1.1.20040119072730.12322", "CT"
_SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_SIDE = 2


@dataclass(frozen=True, slots=True)
class SamplePicture:
    """The UIDs of a picture that `hilum load` stores, and the record number of its patient."""

    study: str
    series: str
    instance: str
    patient_id: str


def _picture() -> SamplePicture:
    """The one slice of a patient's first study, named as `binding.bind` names it."""
    study = study_uid(SEED, _PATIENT, _STUDY)
    series = uid(study, _SERIES, _MODALITY)
    return SamplePicture(study, series, uid(series, 1, _SOURCE), mrn_of(_PATIENT))


PICTURE = _picture()


def picture_to_store() -> list[dict[str, Any]]:
    """A small secondary capture of the same study in the DICOM JSON model, with its pixels (F.2.7)."""
    series = uid(PICTURE.study, "another", "series")
    elements: tuple[tuple[str, str, object], ...] = (
        ("00080005", "CS", "ISO_IR 192"),
        ("00080016", "UI", _SECONDARY_CAPTURE),
        ("00080018", "UI", uid(series, 1)),
        ("00080060", "CS", "OT"),
        ("00080064", "CS", "WSD"),  # ConversionType: from a workstation
        ("00100020", "LO", PICTURE.patient_id),
        ("0020000D", "UI", PICTURE.study),
        ("0020000E", "UI", series),
        ("00200013", "IS", 1),
        ("00280002", "US", 1),
        ("00280004", "CS", "MONOCHROME2"),
        ("00280010", "US", _SIDE),
        ("00280011", "US", _SIDE),
        ("00280100", "US", 8),
        ("00280101", "US", 8),
        ("00280102", "US", 7),
        ("00280103", "US", 0),
    )
    written: dict[str, Any] = {tag: {"vr": vr, "Value": [value]} for tag, vr, value in elements}
    written["7FE00010"] = {"vr": "OB", "InlineBinary": "AFWq/w=="}
    return [written]
