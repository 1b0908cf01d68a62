"""The last observations of each kind (FHIR R4 observation-operation-lastn.html)."""

from app.records.latest.latest import LatestObservations

__all__ = ["LatestObservations"]
