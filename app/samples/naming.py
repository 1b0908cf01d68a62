"""The ids, UIDs and accession numbers of authored sample records: the same again for the same seed."""

from hashlib import sha256

from app.samples.case import Case
from app.samples.codes import MRN


def uid(*parts: object) -> str:
    """A UID that follows from its parts (PS3.5 B.2: 2.25 and a 128-bit number)."""
    digest = sha256("/".join(map(str, parts)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def study_uid(seed: int, key: str, number: int) -> str:
    """The Study Instance UID of a patient's study, counted from 1."""
    return uid("hilum sample", seed, key, number)


def accession_of(key: str, number: int) -> str:
    """The accession number of a patient's study: at most 16 characters (VR SH)."""
    return f"HS-{key.upper()}-{number}"


def patient_of(case: Case) -> str:
    """The literal reference to the patient of a case."""
    return f"Patient/{case.key}"


def mrn_of(key: str) -> str:
    """The medical record number, which is the PatientID of the pictures too."""
    return key.upper()


def mrn_criteria(key: str) -> str:
    """The search that finds the patient by the medical record number."""
    return f"identifier={MRN}|{mrn_of(key)}"
