"""The one use case that writes a FHIR resource: validated, versioned, indexed, in one commit."""

from app.records.conditions import Criteria
from app.records.records import Records
from app.records.writing import Written

__all__ = ["Criteria", "Records", "Written"]
