"""Finding who a patient is among those who are known (FHIR R4 patient-operation-match.html)."""

from app.records.match.matching import MatchAsked, MatchedPatient, PatientMatch
from app.records.match.scoring import Grade

__all__ = ["Grade", "MatchAsked", "MatchedPatient", "PatientMatch"]
