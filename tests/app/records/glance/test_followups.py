"""The ledger of what reports asked for: open, overdue, done, or waiting for a condition."""

from typing import Any

import pytest

from app.records.glance.chart import PatientChart
from app.records.glance.followups import follow_ups
from app.records.glance.reports import advising_reports, filed_reports
from tests.factories.charts import chart_of, named, report, study

ASKED = "IMPRESSION: Nodule, 6 mm. Follow-up CT chest in 3 months is recommended."


def ledger(chart: PatientChart) -> list[dict[str, Any]]:
    return follow_ups(chart, advising_reports(chart, filed_reports(chart)))


def only(chart: PatientChart) -> dict[str, Any]:
    (found,) = ledger(chart)
    return found


def test_what_is_not_yet_due_is_open_and_says_when_it_is() -> None:
    found = only(chart_of(study("s", "2026-10-01"), report("r", "2026-10-01", ASKED, of="s")))

    assert (found["state"], found["due"], found["interval"]) == ("open", "2026-12-31", "in 3 months")
    assert found["text"] == "Follow-up CT chest in 3 months is recommended."


def test_what_nobody_did_is_overdue_a_while_after_it_was_due() -> None:
    found = only(chart_of(study("s", "2026-05-01"), report("r", "2026-05-01", ASKED, of="s")))

    assert (found["state"], found["due"]) == ("overdue", "2026-07-31")
    assert "closedBy" not in found


def test_a_later_study_of_the_kind_and_region_closes_it() -> None:
    found = only(
        chart_of(
            study("s", "2026-05-01"),
            report("r", "2026-05-01", ASKED, of="s"),
            study("knee", "2026-08-01", region="KNEE"),
            study("mr", "2026-08-02", "MR"),
            study("ct", "2026-08-03"),
        )
    )

    assert found["state"] == "done"
    assert found["closedBy"]["reference"] == "ImagingStudy/ct"


def test_a_study_soon_after_does_not_answer_what_was_asked_for_months_later() -> None:
    found = only(
        chart_of(study("s", "2026-05-01"), report("r", "2026-05-01", ASKED, of="s"), study("x", "2026-05-09"))
    )

    assert found["state"] == "overdue"


@pytest.mark.parametrize(
    "done",
    [
        named(
            "Procedure",
            "p",
            status="completed",
            code={"text": "Biopsy of lung"},
            performedDateTime="2026-06-01",
        ),
        report("path", "2026-06-03", "Adenocarcinoma.", category=[{"coding": [{"code": "PAT"}]}]),
    ],
)
def test_a_biopsy_or_what_the_pathologist_says_closes_what_asked_for_tissue(done: dict[str, Any]) -> None:
    asking = report("r", "2026-05-01", "폐결절. 조직검사를 권합니다.", of="s")

    assert only(chart_of(study("s", "2026-05-01"), asking))["state"] == "open"
    assert only(chart_of(study("s", "2026-05-01"), asking, done))["state"] == "done"


def test_what_depends_on_a_condition_is_never_overdue() -> None:
    found = only(chart_of(report("r", "2020-05-01", "If symptoms persist, MRI of the knee is recommended.")))

    assert found["state"] == "conditional"
    assert "overdueFrom" not in found


def test_overdue_ones_come_first_and_those_that_are_done_last() -> None:
    chart = chart_of(
        study("a", "2026-01-01"),
        report("ra", "2026-01-01", ASKED, of="a"),
        study("b", "2026-04-01"),
        report("rb", "2026-10-20", ASKED),
        report("rk", "2026-01-01", "무릎 MRI 3개월 후 추적 검사 권고."),
    )

    assert [(each["report"], each["state"]) for each in ledger(chart)] == [
        ("DiagnosticReport/rk", "overdue"),
        ("DiagnosticReport/rb", "open"),
        ("DiagnosticReport/ra", "done"),
    ]


def test_a_report_that_was_withdrawn_asks_for_nothing() -> None:
    assert ledger(chart_of(report("r", "2026-05-01", ASKED, status="entered-in-error"))) == []


def test_what_the_pathologist_asks_for_is_asked_for_too() -> None:
    tissue = [{"coding": [{"code": "PAT"}]}]
    chart = chart_of(
        report("path", "2025-11-11", "Fibroadenoma. Recommend mammography in 12 months.", category=tissue)
    )

    (found,) = ledger(chart)

    assert (found["report"], found["modalities"], found["state"]) == ("DiagnosticReport/path", ["MG"], "open")
