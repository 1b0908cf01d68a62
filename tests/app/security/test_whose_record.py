"""Every route that shows or changes a planted row leaves an entry that names its patient, and its study.

What is called is the table of routes; what each says of its row is read from the spool, before any worker.
"""

from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from app.audit.reading import read_spool
from app.wiring import Wiring
from tests.app.security.planting import CONDITION, STUDY, Caller, Planter, Target
from tests.app.security.routes import JSON, Route
from tests.app.security.routes_casts import CASTS, LINES
from tests.app.security.routes_exports import EXPORTS
from tests.app.security.routes_feedback import FEEDBACK
from tests.app.security.routes_gateway import (
    ADMINISTRATION,
    CLIENTS,
    COHORT,
    COHORT_PAGE,
    LAUNCHES,
    OPERATIONS,
    PLAIN_WORDS,
    SAVED_COHORTS,
)
from tests.app.security.routes_glance import GLANCE
from tests.app.security.routes_pages import MANAGING_PAGES, PAGES
from tests.app.security.routes_pictures import DICOMWEB, LISTENING
from tests.app.security.routes_record import FHIR, OF_NOBODY
from tests.app.security.routes_reporting import REPORTING, STEPS
from tests.app.security.routes_table import GUARDED
from tests.app.security.routes_terminology import TERMINOLOGY
from tests.factories.fhir import bundle, entry

NAMING = (*DICOMWEB, *PAGES, *FHIR, *COHORT, *LAUNCHES, *GLANCE, *REPORTING)


@pytest.fixture(scope="module")
def owner(planter: Planter) -> Caller:
    return planter.caller("superuser")


@pytest.fixture(scope="module")
def planted(planter: Planter) -> Target:
    return planter.plant()


def call(planter: Planter, caller: Caller, route: Route, target: Target) -> TestResponse:
    path = route.at(target)
    body = route.body(target) if route.body else None
    headers = {**route.headers, **caller.headers, "X-Request-Id": uuid4().hex}
    return planter.client.open(path, method=route.method, data=body, headers=headers, buffered=True)


def concerned(gateway: Wiring, answer: TestResponse) -> set[str]:
    """Whom the one entry of a request names."""
    lines = list(read_spool(gateway.audit_folder, gateway.audit_key))
    request = answer.headers["X-Request-Id"]
    (begun,) = [each for each in lines if each.get("requestId") == request]
    rest = [each for each in lines if each["id"] == begun["id"] and each["kind"] != "access"]
    assert [each["kind"] for each in rest][-1] == "outcome"
    return {name for each in rest for name in each["concerning"]}


def named(value: object) -> str:
    return str(value)


def test_every_route_of_data_is_called_here() -> None:
    # Operations are of jobs, terminology is everybody's, clients are apps, who manages names accounts, and
    # who listens an application; a topic and feedback are one's own, a worklist is of whoever is on it, and a
    # step of a report without its version of nobody. What is told of a saved cohort is what it asks,
    # and of words and forms what was sent.
    managing = (*CLIENTS, *ADMINISTRATION, *MANAGING_PAGES)
    others = (
        *OPERATIONS,
        *OF_NOBODY,
        *TERMINOLOGY,
        *managing,
        *LISTENING,
        *CASTS,
        *LINES,
        *FEEDBACK,
        *STEPS,
        *SAVED_COHORTS,
        *PLAIN_WORDS,
        *COHORT_PAGE,
        *EXPORTS,
    )
    assert (*NAMING, *others) == GUARDED


@pytest.mark.parametrize("route", NAMING, ids=named)
def test_the_entry_names_the_patient_and_the_study(
    gateway: Wiring, planter: Planter, owner: Caller, planted: Target, route: Route
) -> None:
    target = planter.plant() if route.changes else planted
    planter.prepare(target, route.before)
    if route.deleted:
        planter.delete(target)

    answer = call(planter, owner, route, target)

    assert answer.status_code == route.status, answer.text
    names = concerned(gateway, answer)
    assert f"Patient/{target.patient}" in names
    if route in DICOMWEB or route.name == STUDY:
        assert f"ImagingStudy/{target.imaging_study}" in names


def test_a_new_picture_is_of_a_new_patient_and_study(
    gateway: Wiring, planter: Planter, owner: Caller
) -> None:
    target = planter.absent()
    store = next(route for route in DICOMWEB if route.method == "POST")

    names = concerned(gateway, call(planter, owner, store, target))

    found = planter.client.get(f"/fhir/ImagingStudy?identifier=urn:oid:{target.study}", headers=owner.headers)
    (study,) = [each["resource"] for each in found.get_json()["entry"]]
    assert names == {study["subject"]["reference"], f"ImagingStudy/{study['id']}"}


def test_a_refused_picture_names_whose_it_would_have_been(
    gateway: Wiring, planter: Planter, owner: Caller, planted: Target
) -> None:
    store = next(route for route in DICOMWEB if route.method == "POST")
    answer = call(planter, owner, store, planted)  # its bytes are there already

    assert f"Patient/{planted.patient}" in concerned(gateway, answer)


def test_a_create_names_the_id_that_it_gave(gateway: Wiring, planter: Planter, owner: Caller) -> None:
    target = planter.plant()
    diagnosis = {name: value for name, value in target.diagnosis().items() if name != "id"}
    answer = _send(planter, owner, "POST", f"/fhir/{CONDITION}", diagnosis)

    assert concerned(gateway, answer) >= {
        f"Patient/{target.patient}",
        f"{CONDITION}/{answer.get_json()['id']}",
    }


def test_a_change_of_the_subject_names_the_patient_before_and_the_one_after(
    gateway: Wiring, planter: Planter, owner: Caller
) -> None:
    before, after = planter.plant(), planter.plant()
    moved = {**after.diagnosis(), "id": before.condition}
    answer = _send(planter, owner, "PUT", f"/fhir/{CONDITION}/{before.condition}", moved)

    assert {f"Patient/{before.patient}", f"Patient/{after.patient}"} <= concerned(gateway, answer)


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_every_entry_of_a_bundle_is_named(
    gateway: Wiring, planter: Planter, owner: Caller, kind: str
) -> None:
    read, written, made = planter.plant(), planter.plant(), planter.plant()
    entries = (
        entry(None, "GET", f"{CONDITION}/{read.condition}"),
        entry(written.diagnosis(), "PUT", f"{CONDITION}/{written.condition}"),
        entry({**made.diagnosis(), "id": None}, "POST", CONDITION),
    )
    body = bundle(*entries, kind=kind)
    body["entry"][2]["resource"].pop("id")
    answer = _send(planter, owner, "POST", "/fhir/", body)

    assert answer.status_code == 200, answer.text
    assert {f"Patient/{each.patient}" for each in (read, written, made)} <= concerned(gateway, answer)


def test_each_match_and_each_include_is_named_and_nobody_else(
    gateway: Wiring, planter: Planter, owner: Caller
) -> None:
    first, second, other = planter.plant(), planter.plant(), planter.plant()
    query = f"_id={first.condition},{second.condition}&_include=Condition:subject"
    answer = _send(planter, owner, "GET", f"/fhir/{CONDITION}?{query}")

    assert concerned(gateway, answer) == {f"Patient/{first.patient}", f"Patient/{second.patient}"}
    assert other.patient not in answer.text


def test_a_page_names_those_whom_it_shows(gateway: Wiring, planter: Planter, owner: Caller) -> None:
    for _ in range(2):
        planter.plant()
    answer = _send(planter, owner, "GET", "/dicom-web/studies?limit=1")

    assert len({name for name in concerned(gateway, answer) if name.startswith("Patient/")}) == 1


def test_a_deleted_row_is_named_where_its_end_is_told(
    gateway: Wiring, planter: Planter, owner: Caller
) -> None:
    target = planter.plant()
    _send(planter, owner, "DELETE", f"/fhir/{CONDITION}/{target.condition}")
    answer = _send(planter, owner, "GET", f"/fhir/{CONDITION}/{target.condition}")

    assert answer.status_code == 410
    assert f"Patient/{target.patient}" in concerned(gateway, answer)


def test_a_change_is_known_with_whose_it_is_though_its_outcome_never_came(
    gateway: Wiring, planter: Planter, owner: Caller
) -> None:
    target = planter.plant()
    answer = _send(planter, owner, "PUT", f"/fhir/{CONDITION}/{target.condition}", target.diagnosis())

    found = gateway.audit.of_request(planter.scope, answer.headers["X-Request-Id"])  # by the commit alone
    assert {f"Patient/{target.patient}", f"{CONDITION}/{target.condition}"} <= set(found[0]["concerning"])


def test_who_saw_a_patient_is_one_question(gateway: Wiring, planter: Planter, owner: Caller) -> None:
    target, reader = planter.plant(), planter.caller("clinician")
    seen = _send(planter, reader, "GET", f"/fhir/Patient/{target.patient}/Condition")
    gateway.recorder.close()
    gateway.audit_mover.move()

    answer = _send(planter, owner, "GET", f"/fhir/AuditEvent?patient={target.patient}&_count=1000")

    requests = {
        each["what"]["identifier"]["value"]
        for event in answer.get_json()["entry"]
        for each in event["resource"]["entity"]
        if "identifier" in each.get("what", {})
    }
    assert seen.headers["X-Request-Id"] in requests


def _send(planter: Planter, caller: Caller, method: str, path: str, body: Any = None) -> TestResponse:
    headers = {**(JSON if body else {}), **caller.headers, "X-Request-Id": uuid4().hex}
    return planter.client.open(path, method=method, json=body, headers=headers, buffered=True)
