"""What an instance must say of itself to be stored (PS3.18 10.5.1, as the DICOM service's v2 does).

The four UIDs are required, valid, and single; all else only warns, a missing PatientID too (it is of type 2,
and real files lack it). A PatientID that is there is valid and single. UIDs become parts of keys, so their
form is the standard's own: nothing but digits and dots passes.
"""

from dataclasses import dataclass

from app.imaging.store.elements import Buffer, Element, Walked
from app.imaging.store.failure_reasons import FailureReason
from app.imaging.store.metadata import DicomJson
from app.imaging.store.part10 import FileMeta, valid_uid
from app.imaging.store.refusal import Refused

SOP_CLASS, SOP_INSTANCE = 0x00080016, 0x00080018
STUDY, SERIES = 0x0020000D, 0x0020000E
PATIENT_ID = 0x00100020
REQUIRED = (SOP_CLASS, SOP_INSTANCE, STUDY, SERIES)


@dataclass(frozen=True, slots=True)
class Identity:
    """The UIDs of an instance."""

    study_uid: str
    series_uid: str
    sop_uid: str
    sop_class_uid: str


def missing(tag: int) -> str:
    """The comment on a required attribute that is absent, in the service's words."""
    return f"The required tag '({tag >> 16:04X},{tag & 0xFFFF:04X})' is missing."


def identify(data: Buffer, walked: Walked, meta: FileMeta) -> Identity:
    """Return the UIDs; raises `Refused` for a missing, hostile, doubled or contradictory one."""
    for tag in REQUIRED:
        if tag not in walked.dataset:
            raise Refused(missing(tag), tag=tag)
    for tag in (*REQUIRED, PATIENT_ID):
        if tag in walked.duplicates:
            raise Refused("The attribute comes twice.", tag=tag)
    identity = Identity(
        study_uid=_uid(data, walked, STUDY),
        series_uid=_uid(data, walked, SERIES),
        sop_uid=_uid(data, walked, SOP_INSTANCE),
        sop_class_uid=_uid(data, walked, SOP_CLASS),
    )
    if meta.sop_uid and meta.sop_uid != identity.sop_uid:
        raise Refused("The UID differs from that of the file meta information.", tag=SOP_INSTANCE)
    return identity


def check_patient(document: DicomJson, walked: Walked) -> bool:
    """Whether the PatientID has a value; raises `Refused` for one that breaks the rules of LO."""
    if PATIENT_ID not in walked.dataset:
        return False
    entry = document.get(f"{PATIENT_ID:08X}")
    if entry is None or entry["vr"] != "LO":
        raise Refused("The PatientID is not valid.", tag=PATIENT_ID)
    return bool(entry.get("Value", [None])[0])


def check_study(identity: Identity, study_uid: str | None) -> None:
    """Raise `Refused` when the request's path names another study."""
    if study_uid is not None and identity.study_uid != study_uid:
        message = "The StudyInstanceUID is not the request's."
        raise Refused(message, tag=STUDY, reason=FailureReason.WRONG_STUDY)


def _uid(data: Buffer, walked: Walked, tag: int) -> str:
    element: Element = walked.dataset[tag]
    if element.length == 0:
        raise Refused(missing(tag), tag=tag)
    uid = valid_uid(data[element.start : element.start + element.length]) if element.vr == "UI" else None
    if uid is None:
        raise Refused("The value is not a UID.", tag=tag)
    return uid
