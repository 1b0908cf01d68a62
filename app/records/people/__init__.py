"""Finding patients: the one that an app is to be opened for, and the one that somebody looks for."""

from app.records.people.finding import PatientFinder
from app.records.people.names import names_of, names_of_dicom, parted_hangul
from app.records.people.picking import PatientLine, PatientPicker
from app.records.people.summary import PatientSummary

__all__ = [
    "PatientFinder",
    "PatientLine",
    "PatientPicker",
    "PatientSummary",
    "names_of",
    "names_of_dicom",
    "parted_hangul",
]
