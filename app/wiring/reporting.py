"""The use cases of reports, made of the parts of a process."""

from app.http.reporting.uses import ReportingUses
from app.records.people import PatientFinder
from app.records.reporting.filing import ReportFiling
from app.records.reporting.opening import ReportOpening
from app.records.reporting.reporting import Reporting
from app.records.reporting.results import CriticalResults
from app.records.studies import StudyDesk
from app.wiring.process import Wiring
from graph.clock import now
from graph.resources.filings import ReportFilingStore


def patient_finder(wiring: Wiring) -> PatientFinder:
    """The use case that finds patients."""
    return PatientFinder(wiring.record_search, wiring.reader, wiring.audit_reader)


def study_desk(wiring: Wiring) -> StudyDesk:
    """The use case behind the pages of studies."""
    return StudyDesk(wiring.imaging_search, wiring.record_search, patient_finder(wiring))


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
        opening=ReportOpening(study_desk(wiring), wiring.glances, reader, search, now),
        results=critical_results(wiring),
        clock=now,
    )


def reporting_uses(wiring: Wiring) -> ReportingUses:
    """What the window of reports calls."""
    return ReportingUses(
        reporting=reporting(wiring),
        results=critical_results(wiring),
        people=patient_finder(wiring),
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
