"""Who claimed the workitem of a study at the worklist is done with it by their signature, nobody else."""

from dataclasses import replace
from typing import Any

from app.records.reporting.content import ReportContent
from app.records.reporting.states import ReportStep
from graph.scope import AccessScope
from tests.factories.reporting import Department, ToReport
from tests.factories.workitems import workitem


def reader_at_the_worklist(department: Department, name: str = "reader") -> AccessScope:
    scope = department.clinician(name)
    return replace(scope, permissions=scope.permissions | {"workitem.read", "workitem.write"})


def asked_for(department: Department, waiting: ToReport) -> str:
    """A workitem that asks to read a study."""
    return department.wiring.worklist.create(
        department.system,
        workitem(PatientID=_number(department, waiting), StudyInstanceUID=waiting.uid),
        None,
    ).uid


def _number(department: Department, waiting: ToReport) -> str:
    return str(department.document(f"Patient/{waiting.patient}")["identifier"][0]["value"])


def state(department: Department, uid: str) -> str:
    found = department.wiring.worklist.retrieve(department.system, uid)
    return str(found["00741000"]["Value"][0])


def test_a_signature_completes_what_its_writer_claimed(department: Department) -> None:
    waiting, reader = department.waiting(), reader_at_the_worklist(department)
    uid = asked_for(department, waiting)
    department.wiring.held_workitems.claim(reader, uid)

    begun = department.reporting.write(
        reader, waiting.uid, ReportContent(impression="A"), ReportStep.SAVE, None
    )
    assert state(department, uid) == "IN PROGRESS"
    report = department.reporting.save(reader, begun.report_id, begun.content, ReportStep.SIGN, 1)

    assert state(department, uid) == "COMPLETED"
    (output,) = outputs(department, uid)
    named = output["00081199"]["Value"][0]
    assert named["00081155"]["Value"] == [report.objects[-1]]
    department.file(report)
    (retrieved,) = output["0040E025"]["Value"]
    path = retrieved["00081190"]["Value"][0]
    assert path.endswith(
        f"/studies/{waiting.uid}/series/{output['0020000E']['Value'][0]}/instances/{report.objects[-1]}"
    )
    stored = department.wiring.imaging.instances(
        department.system, waiting.uid, output["0020000E"]["Value"][0], report.objects[-1]
    )
    assert len(stored) == 1


def outputs(department: Department, uid: str) -> list[Any]:
    found = department.wiring.worklist.retrieve(department.system, uid)
    (performed,) = found["00741216"]["Value"]
    return list(performed["00404033"]["Value"])


def test_what_somebody_else_claimed_stays_theirs(department: Department) -> None:
    waiting = department.waiting()
    uid = asked_for(department, waiting)
    department.wiring.held_workitems.claim(reader_at_the_worklist(department, "second"), uid)

    department.signed(waiting, reader_at_the_worklist(department))

    assert state(department, uid) == "IN PROGRESS"


def test_what_was_claimed_under_a_key_of_a_client_is_left_to_it(department: Department) -> None:
    waiting, reader = department.waiting(), reader_at_the_worklist(department)
    uid = asked_for(department, waiting)
    claim = {
        "00741000": {"vr": "CS", "Value": ["IN PROGRESS"]},
        "00081195": {"vr": "UI", "Value": ["2.25.7"]},
    }
    department.wiring.worklist.change_state(reader, uid, claim)

    assert department.signed(waiting, reader).is_signed
    assert state(department, uid) == "IN PROGRESS"


def test_who_has_no_worklist_signs_all_the_same(department: Department) -> None:
    waiting = department.waiting()
    uid = asked_for(department, waiting)

    assert department.signed(waiting).is_signed
    assert state(department, uid) == "SCHEDULED"
