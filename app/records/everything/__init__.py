"""Everything about a patient or an encounter (FHIR R4 patient-operation-everything.html)."""

from app.records.everything.everything import Everything, EverythingPage, Narrowed

__all__ = ["Everything", "EverythingPage", "Narrowed"]
