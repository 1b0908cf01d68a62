"""Documents: a composition with what it refers to, stored or made (FHIR R4 documents.html)."""

from app.records.documents.documents import ClinicalDocument, Documents
from app.records.documents.summary import PatientSummaries

__all__ = ["ClinicalDocument", "Documents", "PatientSummaries"]
