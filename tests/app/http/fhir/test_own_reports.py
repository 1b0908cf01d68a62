"""A teleradiologist writes the reports of their own reads, about granted patients, naming what they see."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from app.records.write.writing import WRITTEN_BY_HILUM
from app.security.demo import demo_name
from app.security.roles import SHIPPED
from app.security.scopes import system_scope
from app.wiring import Wiring
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.accounts.accounts import Granted
from graph.clock import now
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import (
    bundle,
    condition,
    diagnostic_report,
    entry,
    imaging_study,
    patient,
    reference,
)

REFUSED = sorted(RESOURCE_TYPES - set(SHIPPED["teleradiologist"].writable or ()) - WRITTEN_BY_HILUM)
MINE, THEIRS = "Patient/mine", "Patient/theirs"
Resource = dict[str, Any]


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    """Two patients, each with a study, a diagnosis and a report that a clinician wrote."""
    for at, person in enumerate(("mine", "theirs")):
        subject = f"Patient/{person}"
        fhir.send("PUT", subject, patient(id=person))
        fhir.send("PUT", f"Condition/of-{person}", condition(subject, id=f"of-{person}"))
        fhir.send("PUT", f"ImagingStudy/of-{person}", imaging_study(subject, f"1.2.{at}", id=f"of-{person}"))
        fhir.send("PUT", f"DiagnosticReport/of-{person}", diagnostic_report(subject, id=f"of-{person}"))
    return fhir


@pytest.fixture
def guest(record: Fhir, services: Wiring, as_role: AsRole) -> Fhir:
    """A teleradiologist with one of the patients."""
    headers = as_role("teleradiologist")
    scope = system_scope(services.sites.own.tenant)
    services.accounts.grant(scope, demo_name("teleradiologist"), Granted("mine"), now())
    return Fhir(record.client, headers)


def test_they_write_read_change_and_delete_a_report_of_their_own(guest: Fhir) -> None:
    name = guest.create(diagnostic_report(MINE, study="ImagingStudy/of-mine"))
    own = guest.get(name).json or {}

    assert guest.send("PUT", name, {**own, "conclusion": "A metastasis."}).status_code == 200
    assert (guest.get(name).json or {})["conclusion"] == "A metastasis."
    assert guest.send("DELETE", name).status_code == 204
    assert guest.get(name).status_code == 410


def test_what_a_report_found_stands_in_it(guest: Fhir) -> None:
    finding = {
        "resourceType": "Observation",
        "id": "f",
        "status": "final",
        "code": {"text": "Nodule"},
        "subject": reference(MINE),
    }
    guest.create(diagnostic_report(MINE, contained=[finding], result=[reference("#f")]))


def whole(kind: str) -> Resource:
    return {"resourceType": kind, "id": "of-mine"}


ENTRIES: dict[str, Callable[[str], Resource]] = {
    "create": lambda kind: entry(whole(kind)),
    "conditional create": lambda kind: entry(whole(kind), ifNoneExist="_id=of-theirs"),
    "update": lambda kind: entry(whole(kind), "PUT", f"{kind}/of-mine"),
    "conditional update": lambda kind: entry(whole(kind), "PUT", f"{kind}?_id=of-mine"),
    "delete": lambda kind: entry(None, "DELETE", f"{kind}/of-mine"),
    "conditional delete": lambda kind: entry(None, "DELETE", f"{kind}?_id=of-mine"),
}


@pytest.mark.parametrize("form", ENTRIES)
def test_no_other_type_is_written_in_any_entry(guest: Fhir, form: str) -> None:
    made = [ENTRIES[form](kind) for kind in REFUSED]

    answer = guest.send("POST", "", bundle(*made, kind="batch"))

    statuses = {each["response"]["status"] for each in (answer.json or {})["entry"]}
    assert statuses == {"403 Forbidden"}
    for kind in ("Patient", "Condition", "ImagingStudy"):
        assert guest.send("POST", "", bundle(ENTRIES[form](kind))).status_code == 403
        assert guest.get(f"{kind}/of-mine" if kind != "Patient" else MINE).status_code == 200


@pytest.mark.parametrize("form", ENTRIES)
def test_no_other_type_is_written_by_a_request_of_its_own(guest: Fhir, form: str) -> None:
    for kind in REFUSED[::6]:
        asked = ENTRIES[form](kind)
        request = asked["request"]
        unless = {"If_None_Exist": request["ifNoneExist"]} if "ifNoneExist" in request else {}
        answer = guest.send(request["method"], request["url"], asked.get("resource"), **unless)
        assert answer.status_code == 403, (kind, answer.text)


def test_a_refusal_of_a_type_does_not_tell_what_there_is(guest: Fhir) -> None:
    for method, body in (("DELETE", None), ("PUT", {"resourceType": "ImagingStudy"})):
        answers = [
            told(guest.send(method, f"ImagingStudy/{each}", body and {**body, "id": each}), each)
            for each in ("of-mine", "of-theirs", "of-nobody")
        ]
        assert answers[0] == answers[1] == answers[2]
    announced = [guest.send("POST", "ImagingStudy", imaging_study(MINE, uid)) for uid in ("1.2.1", "1.2.9")]
    assert [each.status_code for each in announced] == [403, 403]
    assert announced[0].data == announced[1].data


def test_the_report_of_another_is_read_and_neither_changed_nor_deleted(guest: Fhir, record: Fhir) -> None:
    changed = diagnostic_report(MINE, id="of-mine", conclusion="Other.")

    answers = [
        guest.send("PUT", "DiagnosticReport/of-mine", changed),
        guest.send("DELETE", "DiagnosticReport/of-mine"),
        guest.send("PUT", "DiagnosticReport?_id=of-mine", changed),
        guest.send("DELETE", "DiagnosticReport?_id=of-mine"),
        guest.send("POST", "", bundle(entry(changed, "PUT", "DiagnosticReport/of-mine"))),
        guest.send("POST", "", bundle(entry(None, "DELETE", "DiagnosticReport/of-mine"))),
    ]

    assert [each.status_code for each in answers] == [403] * 6
    assert record.get("DiagnosticReport/of-mine").headers["ETag"] == 'W/"1"'


def test_a_report_stays_its_authors_when_a_clinician_amends_it(guest: Fhir, record: Fhir) -> None:
    name = guest.create(diagnostic_report(MINE))
    own = guest.get(name).json or {}

    assert record.send("PUT", name, {**own, "conclusion": "Amended."}).status_code == 200
    assert guest.send("PUT", name, {**own, "conclusion": "Seen."}).status_code == 200


def test_a_hidden_report_is_answered_as_one_that_never_was(guest: Fhir) -> None:
    for method in ("PUT", "DELETE"):
        answers = [
            told(
                guest.send(
                    method,
                    f"DiagnosticReport/{each}",
                    diagnostic_report(MINE, id=each) if method == "PUT" else None,
                ),
                each,
            )
            for each in ("of-theirs", "of-nobody")
        ]
        assert answers[0] == answers[1]
        assert answers[0][0] == (404 if method == "PUT" else 204)


@pytest.fixture
def reader(record: Fhir, services: Wiring, as_role: AsRole) -> Fhir:
    """A teleradiologist with a study of one of the patients, and nothing of their chart."""
    headers = as_role("teleradiologist")
    scope = system_scope(services.sites.own.tenant)
    services.accounts.grant(scope, demo_name("teleradiologist"), Granted(study="1.2.0"), now())
    return Fhir(record.client, headers)


def test_who_was_given_a_study_writes_its_report_and_keeps_it(reader: Fhir, record: Fhir) -> None:
    name = reader.create(diagnostic_report(MINE, study="ImagingStudy/of-mine"))
    own = reader.get(name).json or {}

    assert reader.send("PUT", name, {**own, "conclusion": "A metastasis."}).status_code == 200
    amended = {**own, "conclusion": "Amended by a clinician."}
    assert record.send("PUT", name, amended).status_code == 200
    assert (reader.get(name).json or {})["conclusion"] == "Amended by a clinician."
    found = (record.get(f"{MINE}/DiagnosticReport").json or {})["entry"]
    assert name in [f"DiagnosticReport/{each['resource']['id']}" for each in found]
    assert reader.send("DELETE", name).status_code == 204


def test_a_study_opens_nothing_else_of_the_chart_to_its_reader(reader: Fhir) -> None:
    reader.create(diagnostic_report(MINE, study="ImagingStudy/of-mine"))

    for hidden in (MINE, "Condition/of-mine", "DiagnosticReport/of-mine"):
        assert reader.get(hidden).status_code == 404
    assert (reader.get("DiagnosticReport?_summary=count").json or {})["total"] == 1


def test_a_report_of_no_study_or_of_another_one_is_refused_to_who_was_given_one(reader: Fhir) -> None:
    mine, theirs, nobodys = (f"ImagingStudy/of-{each}" for each in ("mine", "theirs", "nobody"))
    reports = [
        diagnostic_report(MINE),
        diagnostic_report(MINE, study=theirs),
        diagnostic_report(MINE, study=nobodys),
        diagnostic_report(THEIRS, study=mine),
        diagnostic_report("Patient/nobody", study=mine),
        diagnostic_report(MINE, study=mine, result=[reference("Observation/of-mine")]),
        diagnostic_report(MINE, extension=[{"url": "urn:x", "valueReference": reference(mine)}]),
    ]

    answers = [reader.send("POST", "DiagnosticReport", each) for each in reports]

    assert [each.status_code for each in answers] == [403] * len(reports)
    assert (reader.get("DiagnosticReport?_summary=count").json or {})["total"] == 0


def test_a_report_that_no_longer_names_the_study_is_seen_by_its_reader_no_longer(
    reader: Fhir, record: Fhir
) -> None:
    name = reader.create(diagnostic_report(MINE, study="ImagingStudy/of-mine"))
    own = reader.get(name).json or {}

    del own["imagingStudy"]
    assert reader.send("PUT", name, own).status_code == 403
    assert record.send("PUT", name, own).status_code == 200
    assert reader.get(name).status_code == 404


NAMING: dict[str, Callable[[str], Resource]] = {
    "subject": lambda end: diagnostic_report(f"Patient/{end}"),
    "study": lambda end: diagnostic_report(MINE, study=f"ImagingStudy/of-{end}"),
    "finding": lambda end: diagnostic_report(MINE, result=[reference(f"Observation/of-{end}")]),
    "order": lambda end: diagnostic_report(MINE, order=f"ServiceRequest/of-{end}"),
    "encounter": lambda end: diagnostic_report(MINE, encounter=reference(f"Encounter/of-{end}")),
    "performer of a contained finding": lambda end: diagnostic_report(
        MINE,
        contained=[
            {
                "resourceType": "Observation",
                "id": "f",
                "status": "final",
                "code": {"text": "Nodule"},
                "performer": [reference(f"Patient/{end}")],
            }
        ],
        result=[reference("#f")],
    ),
    "extension": lambda end: diagnostic_report(
        MINE, extension=[{"url": "urn:x", "valueReference": reference(f"Condition/of-{end}")}]
    ),
    "absolute address": lambda end: diagnostic_report(
        MINE, study=f"http://127.0.0.1:8042/fhir/ImagingStudy/of-{end}"
    ),
    "version": lambda end: diagnostic_report(MINE, study=f"ImagingStudy/of-{end}/_history/1"),
}
WAYS: dict[str, Callable[[Fhir, Resource], TestResponse]] = {
    "create": lambda fhir, report: fhir.send("POST", "DiagnosticReport", report),
    "transaction": lambda fhir, report: fhir.send("POST", "", bundle(entry(report))),
    "batch": lambda fhir, report: fhir.send("POST", "", bundle(entry(report), kind="batch")),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("naming", NAMING)
def test_a_report_that_names_what_is_hidden_is_refused_as_one_that_names_nothing(
    guest: Fhir, naming: str, way: str
) -> None:
    answers = [told(WAYS[way](guest, NAMING[naming](each)), each) for each in ("theirs", "nobody")]

    assert answers[0] == answers[1]
    assert "forbidden" in answers[0][1]
    assert guest.get("DiagnosticReport?_summary=count").json["total"] == 1  # type: ignore[index]


def test_their_own_report_does_not_move_to_another_patient(guest: Fhir) -> None:
    name = guest.create(diagnostic_report(MINE))
    moved = {**(guest.get(name).json or {}), "subject": reference(THEIRS)}

    assert guest.send("PUT", name, moved).status_code == 403


def test_conditions_are_judged_on_what_they_see(guest: Fhir) -> None:
    for subject, status in ((THEIRS, 201), (MINE, 200)):
        unless = f"code=18748-4&subject={subject}&_id=of-theirs,of-mine"
        answer = guest.send("POST", "DiagnosticReport", diagnostic_report(MINE), If_None_Exist=unless)
        assert answer.status_code == status, answer.text


def test_a_conditional_update_without_a_match_makes_a_report_under_an_id_of_the_server(guest: Fhir) -> None:
    made = guest.send("PUT", "DiagnosticReport?identifier=urn:read|1", diagnostic_report(MINE))
    chosen = diagnostic_report(MINE, id="chosen")

    assert made.status_code == 201
    assert guest.send("PUT", "DiagnosticReport?identifier=urn:read|2", chosen).status_code == 404


def test_a_conditional_reference_finds_what_they_see_and_nothing_else(guest: Fhir, record: Fhir) -> None:
    numbers = {"mine": uuid4().hex, "theirs": uuid4().hex}
    for person, number in numbers.items():
        record.send("PUT", f"Patient/{person}", patient(number, id=person))

    statuses = [
        guest.send("POST", "", bundle(entry(diagnostic_report(f"Patient?identifier={number}")))).status_code
        for number in (*numbers.values(), uuid4().hex)
    ]

    assert statuses == [200, 412, 412]


def told(answer: TestResponse, name: str) -> tuple[int, str]:
    """An answer without the name that was asked for."""
    return answer.status_code, answer.text.replace(name, "*")
