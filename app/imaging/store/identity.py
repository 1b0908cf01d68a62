"""What an instance must say of itself to be stored (PS3.18 10.5.1, as the DICOM service's v2 does).

The four UIDs are required, valid, and single; all else only warns, a missing PatientID too (it is of type 2,
and real files lack it). A PatientID that is there is valid and single; where its issuer is written and cannot
be told, it is nobody's, for whose pictures these are is never guessed. UIDs become parts of keys: nothing but
digits and dots passes.
"""

from dataclasses import dataclass

from app.imaging.store.elements import Element, Walked
from app.imaging.store.failure_reasons import FailureReason
from app.imaging.store.headers import Buffer
from app.imaging.store.metadata import DicomJson
from app.imaging.store.notes import Notes
from app.imaging.store.part10 import TRANSFER_SYNTAX, FileMeta, has_leading_zero, valid_uid
from app.imaging.store.refusal import Refused
from graph.records import Facts

SOP_CLASS, SOP_INSTANCE = 0x00080016, 0x00080018
STUDY, SERIES = 0x0020000D, 0x0020000E
PATIENT_ID, ISSUER = 0x00100020, 0x00100021
_OF_THE_PATIENT = frozenset({"PatientID", "IssuerOfPatientID"})
_TEXTS = frozenset({"UI", "AE", "CS", "LO", "LT", "SH", "ST", "UC", "UT"})  # in which a UID reads as one
_LONGEST_READ = 128  # bytes of a UID and what pads it
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


def identify(data: Buffer, walked: Walked, meta: FileMeta, notes: Notes) -> Identity:
    """Return the UIDs, noting what is odd; raises `Refused` for a missing, hostile or doubled one."""
    for tag in REQUIRED:
        if tag not in walked.dataset:
            raise Refused(missing(tag), tag=tag)
    for tag in (*REQUIRED, PATIENT_ID):
        if tag in walked.duplicates:
            raise Refused("The attribute comes twice.", tag=tag)
    identity = Identity(
        study_uid=_uid(data, walked, STUDY, notes),
        series_uid=_uid(data, walked, SERIES, notes),
        sop_uid=_uid(data, walked, SOP_INSTANCE, notes),
        sop_class_uid=_uid(data, walked, SOP_CLASS, notes),
    )
    _compare(identity, meta, notes)
    return identity


def _compare(identity: Identity, meta: FileMeta, notes: Notes) -> None:
    """Note where the file meta information says otherwise (PS3.10 7.1), and UIDs that PS3.5 9.1 forbids."""
    for tag in meta.doubled:
        notes.warn(tag, "The meta element comes twice with the same value.")
    named = (
        (SOP_CLASS, identity.sop_class_uid, meta.sop_class_uid),
        (SOP_INSTANCE, identity.sop_uid, meta.sop_uid),
        (STUDY, identity.study_uid, ""),
        (SERIES, identity.series_uid, ""),
        (TRANSFER_SYNTAX, meta.transfer_syntax_uid, ""),
    )
    for tag, uid, in_meta in named:
        if in_meta and in_meta != uid:
            notes.warn(
                tag, "The UID differs from that of the file meta information; that of the data set counts."
            )
        if has_leading_zero(uid):
            notes.warn(tag, "A component of the UID begins with a zero.")


def check_patient(document: DicomJson, walked: Walked) -> bool:
    """Whether the PatientID has a value; raises `Refused` for one that is not a single LO."""
    if PATIENT_ID not in walked.dataset:
        return False
    entry = document.get(f"{PATIENT_ID:08X}")
    if entry is None or entry["vr"] != "LO":
        raise Refused("The PatientID is not valid.", tag=PATIENT_ID)
    values = entry.get("Value", [None])
    if len(values) > 1:
        raise Refused("The PatientID has several values.", tag=PATIENT_ID)
    return bool(values[0])


def identified(study: Facts, document: DicomJson, walked: Walked, notes: Notes) -> Facts:
    """The facts of a study, without the PatientID where its issuer is written and cannot be told."""
    issuer = walked.dataset.get(ISSUER)
    if issuer is None or not issuer.length or not study.get("PatientID"):
        return study
    entry = document.get(f"{ISSUER:08X}")
    blank = entry is not None and entry.keys() == {"vr"}
    if (blank or study.get("IssuerOfPatientID")) and ISSUER not in walked.duplicates:
        return study
    notes.insist(ISSUER, "The issuer of the PatientID cannot be told; the study is of no known patient.")
    return {keyword: value for keyword, value in study.items() if keyword not in _OF_THE_PATIENT}


def check_study(identity: Identity, study_uid: str | None) -> None:
    """Raise `Refused` when the request's path names another study."""
    if study_uid is not None and identity.study_uid != study_uid:
        message = "The StudyInstanceUID is not the request's."
        raise Refused(message, tag=STUDY, reason=FailureReason.WRONG_STUDY)


def _uid(data: Buffer, walked: Walked, tag: int, notes: Notes) -> str:
    element: Element = walked.dataset[tag]
    if element.length == 0:
        raise Refused(missing(tag), tag=tag)
    written = data[element.start : element.start + min(element.length, _LONGEST_READ)]
    uid = valid_uid(written) if element.vr in _TEXTS else None
    if uid is None:
        raise Refused("The value is not a UID.", tag=tag)
    if element.vr != "UI":
        notes.warn(tag, "The value representation is not UI.")
    return uid
