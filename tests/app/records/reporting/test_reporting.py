"""A report from the first words to the last addendum, as FHIR has it."""

from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from app.records.reporting.content import ReportContent
from app.records.reporting.states import ReportStep
from app.records.reporting.units import AlreadyBegun
from app.records.reporting.written import WrittenReport
from graph.errors import Conflict, Forbidden, HilumError, Invalid, NotFound, PreconditionFailed, Unprocessable
from graph.keys import resource_key
from tests.factories.fhir import encode
from tests.factories.reporting import KOREAN, READER, Department
from tests.factories.scopes import scope_of

SAVE, SIGN = ReportStep.SAVE, ReportStep.SIGN


def test_a_study_is_opened_with_what_may_be_said_of_it_already(department: Department) -> None:
    waiting = department.waiting()

    found = department.reporting.open(department.reader, waiting.uid)

    assert found.report is None
    assert found.suggested.indication == "Cough for six weeks"
    assert found.suggested.technique == "CT, CT chest\nAxial 1.0 mm"
    assert [(each.reference, each.day) for each in found.priors] == [(waiting.prior, "2025-03-01")]
    assert found.suggested.comparison == found.suggested.impression == ""


def test_a_signed_report_says_all_that_it_is_about(department: Department) -> None:
    waiting = department.waiting()

    content = ReportContent(findings="Nodule.", impression=KOREAN, priors=(waiting.prior,))
    report = department.reporting.write(department.reader, waiting.uid, content, SIGN, None)

    told = department.document(f"DiagnosticReport/{report.report_id}")
    assert told["status"] == "final"
    assert told["basedOn"] == [{"reference": f"ServiceRequest/{waiting.order}"}]
    assert told["imagingStudy"] == [{"reference": f"ImagingStudy/{waiting.study}"}]
    assert told["subject"] == {"reference": f"Patient/{waiting.patient}"}
    assert told["resultsInterpreter"] == [{"reference": READER, "display": "Jiwoo Han"}]
    assert told["performer"] == told["resultsInterpreter"]
    assert told["effectiveDateTime"] == "2026-01-02"
    assert told["conclusion"] == KOREAN
    assert told["language"] == "ko"
    text = b64decode(told["presentedForm"][0]["data"]).decode()
    assert text == (f"COMPARISON:\nCT chest, 2025-03-01\n\nFINDINGS:\nNodule.\n\nIMPRESSION:\n{KOREAN}")


def test_the_overview_reads_its_sections_rightly(department: Department) -> None:
    waiting = department.waiting()
    department.signed(waiting, recommendation="Follow-up CT chest in 3 months.")

    glance = department.wiring.glances.glance(department.reader, waiting.patient, 1_767_400_000_000_000)

    (report,) = glance["reports"]
    assert (report["impression"], report["findings"]) == (KOREAN, "결절.")
    assert report["recommendation"] == "Follow-up CT chest in 3 months."


def test_a_report_is_saved_continued_by_somebody_else_and_signed(department: Department) -> None:
    waiting = department.waiting()
    first = department.reporting.write(
        department.second, waiting.uid, ReportContent(findings="A"), SAVE, None
    )
    assert (first.status, first.signers, first.authors) == ("preliminary", (), ("Minseo Park",))

    content = replace(first.content, impression="B")
    signed = department.reporting.save(department.reader, first.report_id, content, SIGN, first.version_id)

    assert (signed.report_id, signed.status) == (first.report_id, "final")
    assert (signed.authors, signed.signers) == (("Minseo Park", "Jiwoo Han"), ("Jiwoo Han",))
    assert department.reporting.open(department.reader, waiting.uid).report == signed


def test_an_addendum_leaves_the_words_and_a_correction_says_why(department: Department) -> None:
    signed = department.signed(department.waiting())

    added = department.reporting.append(department.second, signed.report_id, "CT of 2024 seen.", 1)
    changed = replace(added.content, impression="8 mm nodule.")
    put_right = department.reporting.correct(department.reader, signed.report_id, changed, 2, "Measured anew")

    assert [(each.kind, each.author, each.text) for each in put_right.addenda] == [
        ("appended", "Minseo Park", "CT of 2024 seen."),
        ("amended", "Jiwoo Han", "Measured anew"),
    ]
    assert (added.status, added.content) == ("appended", signed.content)
    assert put_right.status == "amended"
    assert put_right.document["conclusion"].startswith("8 mm nodule.\n\nAddendum 20")
    seen = department.reporting.read(department.reader, signed.report_id)
    assert [each.status for each in seen.versions] == ["amended", "appended", "final"]
    assert department.reporting.read(department.reader, signed.report_id, 1).shown.content == signed.content


def test_who_knows_another_version_is_told(department: Department) -> None:
    waiting = department.waiting()
    first = department.reporting.write(
        department.reader, waiting.uid, ReportContent(findings="A"), SAVE, None
    )
    department.reporting.save(department.second, first.report_id, ReportContent(findings="B"), SAVE, 1)

    with pytest.raises(PreconditionFailed):
        department.reporting.save(department.reader, first.report_id, ReportContent(findings="C"), SAVE, 1)
    with pytest.raises(AlreadyBegun) as told:
        department.reporting.write(department.reader, waiting.uid, ReportContent(findings="D"), SAVE, None)
    assert told.value.report_id == first.report_id


def test_of_two_who_sign_at_once_one_does(department: Department) -> None:
    waiting = department.waiting()

    def sign(number: int) -> WrittenReport | HilumError:
        try:
            return department.signed(waiting, (department.reader, department.second)[number % 2])
        except HilumError as error:
            return error

    with ThreadPoolExecutor(6) as several:
        outcomes = list(several.map(sign, range(6)))

    assert sum(isinstance(each, WrittenReport) for each in outcomes) == 1
    assert all(isinstance(each, WrittenReport | AlreadyBegun | Conflict) for each in outcomes)
    assert len(department.reports(waiting)) == 1


def test_of_two_who_sign_a_begun_one_at_once_one_does(department: Department) -> None:
    waiting = department.waiting()
    begun = department.reporting.write(
        department.reader, waiting.uid, ReportContent(impression="A"), SAVE, None
    )

    def sign(_: int) -> WrittenReport | HilumError:
        try:
            return department.reporting.save(department.reader, begun.report_id, begun.content, SIGN, 1)
        except HilumError as error:
            return error

    with ThreadPoolExecutor(4) as several:
        outcomes = list(several.map(sign, range(4)))

    assert sum(isinstance(each, WrittenReport) for each in outcomes) == 1
    assert department.reporting.read(department.reader, begun.report_id).current.version_id == 2


def test_what_is_signed_needs_a_practitioner_and_an_impression(department: Department) -> None:
    waiting = department.waiting()
    nobody = scope_of("clinician", tenant=department.tenant)

    with pytest.raises(Forbidden, match="Practitioner"):
        department.signed(waiting, nobody)
    with pytest.raises(Invalid) as told:
        department.signed(waiting, impression="")
    assert told.value.location == "impression"
    saved = department.reporting.write(nobody, waiting.uid, ReportContent(findings="A"), SAVE, None)
    assert saved.document["performer"] == [
        {"identifier": {"system": "urn:hilum:account", "value": "a-clinician"}, "display": "a-clinician"}
    ]


def test_a_report_is_withdrawn_and_another_one_may_be_begun(department: Department) -> None:
    waiting = department.waiting()
    signed = department.signed(waiting)

    gone = department.reporting.withdraw(department.reader, signed.report_id, 1, "Another patient")

    assert (gone.status, gone.addenda[0].text) == ("entered-in-error", "Another patient")
    with pytest.raises(Conflict):
        department.reporting.append(department.reader, signed.report_id, "more", 2)
    assert department.signed(waiting).report_id != signed.report_id


def test_it_is_changed_here_and_not_over_fhir(department: Department) -> None:
    report = department.signed(department.waiting())
    document = {**department.document(f"DiagnosticReport/{report.report_id}"), "status": "preliminary"}
    records, system = department.wiring.records, department.system

    with pytest.raises(Unprocessable, match="/reports"):
        records.update(system, "DiagnosticReport", report.report_id, encode(document))
    with pytest.raises(Unprocessable, match="/reports"):
        records.delete(system, "DiagnosticReport", report.report_id)


def test_a_report_that_others_wrote_is_read_and_not_changed(department: Department) -> None:
    waiting = department.waiting()
    elsewhere = {
        "resourceType": "DiagnosticReport",
        "id": f"other-{waiting.order}",
        "status": "final",
        "code": {"text": "CT"},
        "subject": {"reference": f"Patient/{waiting.patient}"},
        "conclusion": "FINDINGS: A nodule.\nIMPRESSION: Benign.",
    }
    department.put(elsewhere)

    shown = department.reporting.read(department.reader, elsewhere["id"]).shown

    assert (shown.content.findings, shown.content.impression) == ("A nodule.", "Benign.")
    with pytest.raises(Conflict, match="elsewhere"):
        department.reporting.append(department.reader, elsewhere["id"], "more", 1)


def test_an_earlier_study_that_is_not_there_is_none(department: Department) -> None:
    waiting = department.waiting()

    for named in ("ImagingStudy/none", f"Patient/{waiting.patient}", f"ImagingStudy/{waiting.study}"):
        with pytest.raises(Invalid) as told:
            content = ReportContent(impression="A", priors=(named,))
            department.reporting.write(department.reader, waiting.uid, content, SIGN, None)
        assert told.value.location == "priors"


def narrowed(department: Department, name: str, **rows: Any) -> Any:
    return replace(department.clinician(name, "teleradiologist"), **{"patients": frozenset(), **rows})


def test_who_was_given_a_study_alone_reports_it_and_sees_no_other(department: Department) -> None:
    waiting, other = department.waiting(), department.waiting()
    key = resource_key(department.tenant, "ImagingStudy", waiting.study)
    reader = narrowed(department, "second", studies=frozenset({key}))

    found = department.reporting.open(reader, waiting.uid)
    report = department.signed(waiting, reader)

    assert (found.priors, found.suggested.indication) == ((), "")
    assert "basedOn" not in report.document
    assert department.reporting.read(reader, report.report_id).current == report
    with pytest.raises(NotFound):
        department.reporting.open(reader, other.uid)
    with pytest.raises(NotFound):
        department.reporting.read(reader, department.signed(other).report_id)


def test_who_is_narrowed_goes_on_with_what_is_begun_and_changes_only_what_they_signed(
    department: Department,
) -> None:
    waiting = department.waiting()
    patients = frozenset({resource_key(department.tenant, "Patient", waiting.patient)})
    one, other = (narrowed(department, name, patients=patients) for name in ("reader", "second"))
    begun = department.reporting.write(one, waiting.uid, ReportContent(impression="A"), SAVE, None)

    signed = department.reporting.save(other, begun.report_id, begun.content, SIGN, 1)

    assert signed.signers == ("Minseo Park",)
    with pytest.raises(Forbidden):
        department.reporting.append(one, begun.report_id, "More.", 2)
    assert department.reporting.append(other, begun.report_id, "More.", 2).status == "appended"


def test_who_may_not_write_reports_is_refused(department: Department) -> None:
    waiting = department.waiting()
    for role in ("fhir-contributor", "dicom-data-owner", "patient", "service"):
        with pytest.raises(Forbidden):
            department.reporting.open(scope_of(role, tenant=department.tenant), waiting.uid)
