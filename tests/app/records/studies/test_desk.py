"""What pages ask of studies is within what one request may ask, however many studies there are."""

from dataclasses import replace

from app.records.studies.lines import StudyLine
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.budget import RequestBudget, begin_budget
from tests.factories.charts import report
from tests.factories.fhir import encode, patient, reference

PLAIN = StudyLine("1.2", "", "", (), "", "", "", "", "", (), "", 1, 1)


def test_the_reports_of_a_hundred_studies_are_found_within_a_budget(gateway: Wiring) -> None:
    scope = system_scope(gateway.sites.own.tenant)
    gateway.records.update(scope, "Patient", "p", encode(patient("P", id="p")))
    for number in (0, 99):
        told = report(f"r{number}", f"2025-01-{number % 9 + 1:02}", "Nothing.")
        told |= {"subject": reference("Patient/p"), "issued": f"2025-01-{number % 9 + 1:02}T10:00:00Z"}
        told["imagingStudy"] = [reference(f"ImagingStudy/s{number}")]
        gateway.records.update(scope, "DiagnosticReport", f"r{number}", encode(told))
    studies = [replace(PLAIN, study_id=f"s{number}") for number in range(100)]

    begin_budget(RequestBudget())
    try:
        found = gateway.studies.reports(scope, studies)
    finally:
        begin_budget(None)

    assert [each.report_id for each in found] == ["r0", "r99"]
