"""Which earlier studies come first, and the reasons that are given for it."""

from typing import Any

import pytest

from app.records.glance.chart import PatientChart
from app.records.glance.exam import exam_of, reason_for_exam
from app.records.glance.priors import ranked_priors
from app.records.glance.reports import filed_reports
from graph.errors import NotFound
from tests.factories.charts import chart_of, item, named, order, report, study, told


def ranked(chart: PatientChart, name: str | None = None) -> list[dict[str, Any]]:
    return ranked_priors(chart, exam_of(chart, name), filed_reports(chart))


def reasons(prior: dict[str, Any]) -> dict[str, float]:
    return {each["what"]: each["factor"] for each in prior["reasons"]}


NOW = study("now", "2026-11-20")


def test_the_same_region_and_kind_comes_before_a_neighbour_and_that_before_another_limb() -> None:
    chart = chart_of(
        NOW,
        study("knee", "2026-11-01", region="KNEE"),
        study("abdomen", "2026-11-01", region="ABDOMEN"),
        study("chest", "2026-11-01"),
    )

    priors = ranked(chart)

    assert told(priors) == ["ImagingStudy/chest", "ImagingStudy/abdomen", "ImagingStudy/knee"]
    assert [each["relevant"] for each in priors] == [True, True, False]
    assert priors[2]["score"] == 0


def test_the_newer_one_comes_first_and_an_old_one_keeps_some_worth() -> None:
    chart = chart_of(
        NOW, study("old", "2006-11-20"), study("year", "2025-11-20"), study("month", "2026-10-20")
    )

    priors = ranked(chart)

    assert told(priors) == ["ImagingStudy/month", "ImagingStudy/year", "ImagingStudy/old"]
    assert reasons(priors[2])["recency"] == 0.25


def test_a_study_that_a_later_report_compares_with_is_raised() -> None:
    chart = chart_of(
        NOW,
        study("a", "2025-03-02"),
        study("b", "2025-03-03"),
        report("r", "2026-11-21", "COMPARISON: CT 2025-03-02. IMPRESSION: stable.", of="now"),
    )

    priors = ranked(chart)

    assert told(priors) == ["ImagingStudy/a", "ImagingStudy/b"]
    assert reasons(priors[0])["cited"] > 1


def test_a_study_of_the_same_problem_is_raised() -> None:
    chart = chart_of(
        order("o", "2026-11-20", reasonCode=[{"text": "osteosarcoma, metastasis?"}]),
        study("now", "2026-11-20", basedOn=[{"reference": "ServiceRequest/o"}]),
        study("a", "2025-03-02"),
        report("r", "2025-03-02", "Known osteosarcoma.", of="a"),
        study("b", "2025-03-03"),
    )

    priors = ranked(chart)

    assert told(priors) == ["ImagingStudy/a", "ImagingStudy/b"]
    assert "problem" in reasons(priors[0])


def test_the_study_that_is_asked_for_is_read_beside_those_before_it() -> None:
    chart = chart_of(NOW, study("before", "2026-01-01"), study("first", "2025-01-01"))

    assert told(ranked(chart, "before")) == ["ImagingStudy/first"]
    with pytest.raises(NotFound):
        ranked(chart, "elsewhere")


def test_a_chart_without_pictures_has_nothing_to_read() -> None:
    chart = chart_of(named("Condition", "c"))

    assert ranked(chart) == []
    assert reason_for_exam(chart, exam_of(chart)) is None


def test_the_reason_is_that_of_the_newest_order_and_what_was_asked_before_stands_beside_it() -> None:
    chart = chart_of(
        named("Condition", "dx", code={"text": "Lung nodule"}),
        order("old", "2025-01-01", reasonCode=[{"text": "cough"}]),
        order("new", "2026-11-01", reasonReference=[{"reference": "Condition/dx"}]),
        order("lab", "2026-11-20", "Full blood count", reasonCode=[{"text": "check"}]),
    )

    reason = reason_for_exam(chart, exam_of(chart))

    assert reason is not None
    assert (reason["reference"], reason["text"]) == ("ServiceRequest/new", "Lung nodule")
    assert reason["before"]["text"] == "cough"
    assert (reason["modalities"], reason["regions"]) == (["CT"], ["CHEST"])


def test_an_order_and_its_study_are_one_by_the_accession_number() -> None:
    number = [
        {"type": {"coding": [{"code": "ACSN"}]}, "value": "A1"},
        {"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"},
    ]
    chart = chart_of(
        order("o", "2026-11-01", identifier=number, reasonCode=[{"text": "pain"}]),
        study("s", "2026-11-02", identifier=number),
    )

    reason = reason_for_exam(chart, exam_of(chart))

    assert reason is not None
    assert (reason["study"], reason["order"], reason["text"]) == (
        "ImagingStudy/s",
        "ServiceRequest/o",
        "pain",
    )
    assert reason["studyUid"] == "1.2.3"


def test_what_was_entered_in_error_is_no_prior() -> None:
    assert ranked(chart_of(NOW, study("wrong", "2026-01-01", status="entered-in-error"))) == []
    assert item(NOW).is_meant
