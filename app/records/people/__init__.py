"""Finding the patient that an app is to be opened for."""

from app.records.people.picking import PatientLine, PatientPicker

__all__ = ["PatientLine", "PatientPicker"]
