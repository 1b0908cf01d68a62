"""What the window of reports calls."""

from dataclasses import dataclass

from app.records.casts import CastAnnouncer
from app.records.people import PatientFinder
from app.records.reporting.reporting import Reporting
from app.records.reporting.results import CriticalResults


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingUses:
    """The use cases of this window; `base` is the address of the gateway."""

    reporting: Reporting
    results: CriticalResults
    people: PatientFinder
    announcer: CastAnnouncer
    base: str
