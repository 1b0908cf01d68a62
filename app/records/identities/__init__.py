"""Who is who: merging patients, parting them again, and deciding whose a study in doubt is."""

from app.records.identities.identities import PatientIdentities

__all__ = ["PatientIdentities"]
