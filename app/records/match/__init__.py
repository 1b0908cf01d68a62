"""Finding who a patient is among those who are known (FHIR R4 patient-operation-match.html)."""

from app.records.match.matching import Match, MatchAsked, PatientMatch
from app.records.match.scoring import Grade

__all__ = ["Grade", "Match", "MatchAsked", "PatientMatch"]
