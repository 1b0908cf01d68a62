"""FHIRcast: the applications of one person show the same patient, study and report (FHIRcast 3.0.0)."""

from app.records.casts.announcing import CastAnnouncer
from app.records.casts.hub import CastHub
from app.records.casts.listening import CastListening
from app.records.casts.messages import CastMessage, cast_message

__all__ = ["CastAnnouncer", "CastHub", "CastListening", "CastMessage", "cast_message"]
