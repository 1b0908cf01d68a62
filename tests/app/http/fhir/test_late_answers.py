"""`Prefer: respond-async`: asked for, watched, fetched and withdrawn by who asked, and by nobody else."""

import json
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.audit.reading import read_spool
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.fhir import answer_job
from app.work.answers.answers import MOST_AT_ONCE
from app.work.doing import JobDoer
from fhir_profiles.xml import json_of
from graph.jobs.claims import ClaimStore
from graph.session import Graph
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import condition, patient

ASYNC = "respond-async"
Work = Callable[[], Any]


@pytest.fixture
def work(services: Wiring, graph: Graph) -> Work:
    """Does the jobs that are due."""
    doer = JobDoer(ClaimStore(graph), (answer_job(services),), system_scope(services.sites.own.tenant))
    return lambda: doer.do_due("worker", Event())


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    fhir.send("PUT", "Patient/mine", patient(id="mine"))
    fhir.send("PUT", "Condition/c", condition("Patient/mine", id="c"))
    return fhir


def late(fhir: Fhir, path: str, **headers: str) -> str:
    """The address where the answer to a request will be."""
    answer = fhir.get(path, Prefer=ASYNC, **headers)
    assert answer.status_code == 202, answer.text
    return answer.headers["Content-Location"]


@pytest.mark.parametrize(
    "path",
    [
        "Patient?gender=female",
        "Patient/mine/_history",
        "?_type=Patient,Condition",
        "Patient/mine/*",
        "Patient/mine/$meta",
        "Patient?colour=red",
    ],
)
def test_the_answer_is_the_one_that_there_is_at_once(record: Fhir, work: Work, path: str) -> None:
    address = late(record, path)
    waiting = record.get(address)
    work()
    done, at_once = record.get(address), record.get(path)

    assert (waiting.status_code, done.status_code) == (202, 200)
    assert {"X-Progress", "Retry-After"} <= set(waiting.headers.keys())
    bundle = done.get_json()
    assert bundle["type"] == "batch-response"
    (entry,) = bundle["entry"]
    assert entry["response"]["status"].startswith(str(at_once.status_code))
    assert entry.get("resource", entry["response"].get("outcome")) == at_once.get_json()
    assert json.loads(json_of(record.get(address, Accept="application/fhir+xml").data)) == bundle


def test_a_form_and_an_operation_are_answered_later_too(record: Fhir, work: Work) -> None:
    form = record.client.post(
        "/fhir/Patient/_search", data={"gender": "female"}, headers={**record.headers, "Prefer": ASYNC}
    )
    asked = record.send(
        "POST", "$graphql", "{PatientList {id}}", Content_Type="application/graphql", Prefer=ASYNC
    )
    work()

    found = record.get(form.headers["Content-Location"]).get_json()["entry"][0]["resource"]
    assert found["total"] == 1
    answer = record.get(asked.headers["Content-Location"]).get_json()["entry"][0]["resource"]
    assert answer["contentType"] == "application/json"


def test_what_is_quick_or_writes_is_answered_at_once(record: Fhir) -> None:
    assert record.get("Patient/mine", Prefer=ASYNC).status_code == 200
    assert record.send("POST", "Patient", patient(), Prefer=ASYNC).status_code == 201


def test_a_request_is_withdrawn_before_and_after_it_is_answered(record: Fhir, work: Work) -> None:
    early, answered = late(record, "Patient"), late(record, "Patient")
    assert record.send("DELETE", early).status_code == 202
    work()
    assert record.send("DELETE", answered).status_code == 202

    for address in (early, answered):
        assert record.get(address).status_code == 404
        assert record.send("DELETE", address).status_code == 404


def test_who_asked_and_who_fetched_are_noted_with_whose_record_it_tells(
    record: Fhir, work: Work, services: Wiring
) -> None:
    address = late(record, "Condition")
    work()
    record.get(address)

    lines = list(read_spool(services.audit_folder, services.audit_key))
    about = {each["id"] for each in lines if "Patient/mine" in each.get("concerning", ())}
    ways = {each["interaction"] for each in lines if each["kind"] == "access" and each["id"] in about}
    assert {"answer", "answer-status"} <= ways


def test_nobody_else_sees_it(record: Fhir, work: Work, client: FlaskClient, as_role: AsRole) -> None:
    address = late(record, "Patient")
    work()

    for role in ("superuser", "teleradiologist"):
        other = Fhir(client, as_role(role))
        assert other.get(address).status_code == 404
        assert other.send("DELETE", address).status_code == 404
    assert record.get(address).status_code == 200


def test_it_is_answered_under_the_rights_of_who_asked(
    record: Fhir, work: Work, client: FlaskClient, as_role: AsRole
) -> None:
    guest = Fhir(client, as_role("teleradiologist"))
    address = late(guest, "Patient")
    work()

    assert guest.get(address).get_json()["entry"][0]["resource"]["total"] == 0


def test_an_asker_has_so_many_at_once(record: Fhir) -> None:
    for _ in range(MOST_AT_ONCE):
        late(record, "Patient")

    assert record.get("Patient", Prefer=ASYNC).status_code == 429
