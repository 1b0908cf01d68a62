"""The use cases of reports, made of the parts of a process."""

from app.http.reporting.uses import ReportingUses
from app.records.reading_room import ReadingRoom
from app.records.reading_room.gathering import LineGatherer
from app.records.reporting.claims import ClaimedReadings
from app.records.reporting.filing import ReportFiling
from app.records.reporting.opening import ReportOpening
from app.records.reporting.reporting import Reporting
from app.records.reporting.results import CriticalResults
from app.wiring.process import Wiring
from graph.clock import now
from graph.resources.filings import ReportFilingStore


def reading_room(wiring: Wiring) -> ReadingRoom:
    """The reading room of the process."""
    gatherer = LineGatherer(wiring.record_search, wiring.studies, wiring.sites)
    return ReadingRoom(wiring.workitems, wiring.record_search, wiring.studies, gatherer)


def critical_results(wiring: Wiring) -> CriticalResults:
    """The use case of critical results."""
    return CriticalResults(
        wiring.resources,
        wiring.writing_terms,
        wiring.reader,
        wiring.record_search,
        clock=now,
        seconds=wiring.config.critical_seconds,
    )


def reporting(wiring: Wiring) -> Reporting:
    """The use case that writes and shows reports."""
    search, reader = wiring.record_search, wiring.reader
    return Reporting(
        wiring.resources,
        wiring.writing_terms,
        reader,
        search,
        opening=ReportOpening(wiring.studies, wiring.glances, reader, search, now),
        results=critical_results(wiring),
        claims=ClaimedReadings(reading_room(wiring), wiring.held_workitems, wiring.sites),
        clock=now,
    )


def reporting_uses(wiring: Wiring) -> ReportingUses:
    """What the window of reports calls."""
    return ReportingUses(
        reporting=reporting(wiring),
        results=critical_results(wiring),
        people=wiring.people_finder,
        announcer=wiring.cast_announcer,
        base=wiring.config.base_url,
    )


def report_filing(wiring: Wiring) -> ReportFiling:
    """The use case that makes DICOM objects of reports."""
    return ReportFiling(
        ReportFilingStore(wiring.graph),
        wiring.resources,
        wiring.imaging,
        search=wiring.imaging_search,
        ingest=wiring.ingest,
        sites=wiring.sites,
        organization=wiring.config.organization,
    )
