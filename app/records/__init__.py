"""Use cases on FHIR resources. There is one that writes: validated, versioned, indexed, in one commit."""

from app.records.write.conditions import Criteria
from app.records.write.records import Records
from app.records.write.writing import Written

__all__ = ["Criteria", "Records", "Written"]
