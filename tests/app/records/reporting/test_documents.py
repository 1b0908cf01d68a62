"""The DiagnosticReport of a report conforms: to FHIR, its profile, and the definitions of its extensions."""

from typing import Any

import pytest

from app.records.labels import RecordLabels
from app.records.reporting.content import ReportCode, ReportContent
from app.records.reporting.states import ReportStep
from app.records.reporting.written import ADDENDUM, COMPARISON, CRITICAL, SECTION
from app.records.validate.validating import ValidationMode
from fhir_profiles.issues import Issue
from graph.resources.labels import LabelStore
from tests.factories.reporting import KOREAN, Department

CODE = ReportCode("http://snomed.info/sct", "254637007", "Non-small cell lung cancer")


@pytest.fixture(scope="module")
def whole(department: Department) -> Any:
    """A report with something of everything."""
    waiting = department.waiting()
    content = ReportContent(
        indication="기침",
        findings="A < B & C",
        impression=KOREAN,
        recommendation="CT",
        priors=(waiting.prior,),
        codes=(CODE,),
        critical="기흉",
    )
    signed = department.reporting.write(department.reader, waiting.uid, content, ReportStep.SIGN, None)
    department.reporting.append(department.second, signed.report_id, "More.", 1)
    return department.document(f"DiagnosticReport/{signed.report_id}")


def issues(department: Department, document: Any) -> list[Issue]:
    found = department.wiring.validation.sent(
        department.reader,
        document,
        resource_type="DiagnosticReport",
        resource_id=document["id"],
        mode=ValidationMode.UPDATE,
    )
    return [each for each in found if each.severity != "information"]


def test_what_is_written_meets_the_definitions_of_its_extensions(department: Department, whole: Any) -> None:
    assert {each["url"] for each in whole["extension"]} == {SECTION, COMPARISON, CRITICAL, ADDENDUM}
    assert issues(department, whole) == []


@pytest.mark.parametrize("url", [SECTION, ADDENDUM])
def test_an_extension_that_lacks_a_part_is_found(department: Department, whole: Any, url: str) -> None:
    cut = [
        {**each, "extension": each["extension"][1:]} if each["url"] == url else each
        for each in whole["extension"]
    ]

    assert issues(department, {**whole, "extension": cut})


def test_tasks_and_communications_conform_too(department: Department, whole: Any) -> None:
    report = department.reporting.read(department.reader, whole["id"]).current
    (told,) = department.results.acknowledge(department.orderer, report.report_id)
    task = department.document(f"Task/{told.task_id}")

    for document in (task, department.document(task["output"][0]["valueReference"]["reference"])):
        found = department.wiring.validation.sent(
            department.reader,
            document,
            resource_type=document["resourceType"],
            resource_id=document["id"],
            mode=ValidationMode.UPDATE,
        )
        assert [each for each in found if each.severity in ("error", "warning")] == []


def test_what_was_labelled_keeps_its_labels(department: Department, whole: Any) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    labels = RecordLabels(
        LabelStore(department.wiring.graph), department.wiring.reader, department.wiring.records
    )
    labelled = labels.add(department.reader, "DiagnosticReport", whole["id"], {"security": [label]})
    assert labelled["security"][0]["code"] == "R"

    current = department.reporting.read(department.reader, whole["id"]).current
    department.reporting.append(department.reader, whole["id"], "Again.", current.version_id)

    assert department.document(f"DiagnosticReport/{whole['id']}")["meta"]["security"] == [label]
