"""Critical results: asked of whom ordered the study, acknowledged once, overdue where nobody does."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.records.reporting.critical import CriticalResult
from app.records.reporting.written import WrittenReport
from graph.clock import now
from graph.errors import Forbidden, NotFound, Unprocessable
from graph.keys import resource_key
from tests.factories.fhir import encode, reference
from tests.factories.reporting import ORDERER, READER, Department
from tests.factories.scopes import scope_of

WHAT = "Tension pneumothorax"
AN_HOUR = 3_600_000_000


def critical(department: Department) -> WrittenReport:
    return department.signed(department.waiting(), critical=WHAT)


def result_of(department: Department, report: WrittenReport) -> CriticalResult:
    (found,) = department.results.of(department.reader, report)
    return found


def names(results: Sequence[CriticalResult]) -> list[str]:
    return [each.report_id for each in results]


def test_a_critical_result_is_a_task_of_who_ordered_the_study(department: Department) -> None:
    report = critical(department)

    task = department.document(f"Task/{result_of(department, report).task_id}")

    assert task["owner"] == {"reference": ORDERER, "display": "Dohyun Lee"}
    assert task["requester"] == {"reference": READER, "display": "Jiwoo Han"}
    assert task["basedOn"] == department.document(f"DiagnosticReport/{report.report_id}")["basedOn"]
    assert task["focus"] == {"reference": f"DiagnosticReport/{report.report_id}"}
    assert (task["status"], task["priority"], task["description"]) == ("requested", "stat", WHAT)
    assert report.report_id in names(department.results.for_caller(department.orderer))
    assert report.report_id in names(department.results.of_caller(department.reader))
    assert report.report_id not in names(department.results.for_caller(department.second))


def test_the_addressee_acknowledges_and_both_windows_say_so(department: Department) -> None:
    report = critical(department)

    (told,) = department.results.acknowledge(department.orderer, report.report_id)

    assert (told.status, told.told, told.in_place) == ("completed", "Dohyun Lee", False)
    task = department.document(f"Task/{told.task_id}")
    said = department.document(task["output"][0]["valueReference"]["reference"])
    assert said["recipient"] == [{"reference": ORDERER, "display": "Dohyun Lee"}]
    assert (said["status"], said["received"]) == ("completed", told.told_at)
    assert said["payload"] == [{"contentString": WHAT}]
    assert said["about"] == [{"reference": f"DiagnosticReport/{report.report_id}"}]
    assert report.report_id not in names(department.results.for_caller(department.orderer))


def test_twice_is_once(department: Department) -> None:
    report = critical(department)

    with ThreadPoolExecutor(4) as several:
        told = list(
            several.map(
                lambda who: department.results.acknowledge(who, report.report_id),
                [department.orderer, department.second] * 2,
            )
        )

    assert len({each[0].told for each in told}) == 1
    assert len({each[0].told_at for each in told}) == 1
    assert department.document(f"Task/{told[0][0].task_id}")["meta"]["versionId"] == "2"


def test_a_clinician_may_stand_in_and_the_record_says_so(department: Department) -> None:
    report = critical(department)

    (told,) = department.results.acknowledge(department.second, report.report_id)

    assert (told.told, told.in_place) == ("Minseo Park", True)


def test_nobody_else_acknowledges(department: Department) -> None:
    report = critical(department)
    key = resource_key(department.tenant, "Patient", report.patient_id)
    patient = replace(scope_of("patient", tenant=department.tenant), patients=frozenset({key}))

    for who in (department.reader, patient, scope_of("fhir-reader", tenant=department.tenant)):
        with pytest.raises(Forbidden):
            department.results.acknowledge(who, report.report_id)
    with pytest.raises(NotFound):
        stranger = replace(department.second, patients=frozenset())
        department.results.acknowledge(stranger, report.report_id)
    assert result_of(department, report).is_open


def test_a_report_without_one_has_nothing_to_acknowledge(department: Department) -> None:
    with pytest.raises(NotFound):
        department.results.acknowledge(department.orderer, department.signed(department.waiting()).report_id)


def test_after_its_time_it_is_overdue_until_somebody_acknowledges(department: Department) -> None:
    report = critical(department)

    waits = result_of(department, report)
    assert (waits.is_overdue(now()), waits.is_overdue(now() + AN_HOUR)) == (False, True)
    (told,) = department.results.acknowledge(department.orderer, report.report_id)
    assert not told.is_overdue(now() + AN_HOUR)


def test_a_correction_takes_it_back_and_asks_anew(department: Department) -> None:
    report = critical(department)

    milder = replace(report.content, critical="")
    mended = department.reporting.correct(department.reader, report.report_id, milder, 1, "No pneumothorax")
    assert [each.status for each in department.results.of(department.reader, mended)] == ["cancelled"]

    again = department.reporting.append(department.reader, report.report_id, "It grew.", 2, "Pneumothorax")
    states = [(each.what, each.status) for each in department.results.of(department.reader, again)]
    assert states == [(WHAT, "cancelled"), ("Pneumothorax", "requested")]


def test_what_stays_critical_is_not_asked_again(department: Department) -> None:
    report = critical(department)
    department.results.acknowledge(department.orderer, report.report_id)

    department.reporting.append(department.reader, report.report_id, "Seen with the surgeon.", 1)

    assert result_of(department, report).status == "completed"
    current = department.reporting.read(department.reader, report.report_id).current
    assert len(department.results.of(department.reader, current)) == 1


def test_whoever_covers_is_found_by_their_role_or_organization(department: Department) -> None:
    waiting = department.waiting()
    role = {
        "resourceType": "PractitionerRole",
        "id": f"role-{waiting.order}",
        "practitioner": reference("Practitioner/second"),
    }
    order = department.document(f"ServiceRequest/{waiting.order}")
    order["requester"] = reference(f"PractitionerRole/{role['id']}")
    department.put(role, order)

    assert result_of(department, department.signed(waiting, critical=WHAT)).owner == "Practitioner/second"

    waiting = department.waiting()
    order = department.document(f"ServiceRequest/{waiting.order}")
    ward = {"resourceType": "Organization", "id": f"ward-{waiting.order}", "name": "Ward 7"}
    department.put(ward, {**order, "requester": reference(f"Organization/{ward['id']}")})
    report = department.signed(waiting, critical=WHAT)
    nurse = replace(department.clinician("nurse"), actors=frozenset({f"Organization/{ward['id']}"}))
    assert names(department.results.for_caller(nurse)) == [report.report_id]


def test_it_is_not_written_over_fhir(department: Department) -> None:
    task = department.document(f"Task/{result_of(department, critical(department)).task_id}")
    done = encode({**task, "status": "completed"})

    with pytest.raises(Unprocessable):
        department.wiring.records.update(department.orderer, "Task", task["id"], done)


def test_who_sees_the_report_by_its_study_sees_who_was_told(department: Department) -> None:
    waiting = department.waiting()
    key = resource_key(department.tenant, "ImagingStudy", waiting.study)
    scope = department.clinician("second", "teleradiologist")
    reader = replace(scope, patients=frozenset(), studies=frozenset({key}))

    report = department.signed(waiting, reader, critical=WHAT)
    department.results.acknowledge(department.orderer, report.report_id)

    (told,) = department.results.of(reader, report)
    assert (told.status, told.told) == ("completed", "Dohyun Lee")
