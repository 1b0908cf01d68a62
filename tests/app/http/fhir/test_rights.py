"""Rows that are not the caller's are absent: in reads, searches, includes, totals, histories and writes."""

from typing import Any

import pytest

from app.security.demo import demo_name
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.accounts import Granted
from graph.clock import now
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir, link, names
from tests.factories.fhir import bundle, condition, entry, patient


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    for person in ("mine", "theirs"):
        fhir.send("PUT", f"Patient/{person}", patient(id=person))
        fhir.send("PUT", f"Condition/of-{person}", condition(f"Patient/{person}", id=f"of-{person}"))
    return fhir


@pytest.fixture
def guest(record: Fhir, services: Wiring, as_role: AsRole) -> Fhir:
    """A teleradiologist with one patient."""
    tenant = services.sites.own.tenant
    headers = as_role("teleradiologist")
    services.accounts.grant(system_scope(tenant), demo_name("teleradiologist"), Granted("mine"), now())
    return Fhir(record.client, headers)


def test_only_granted_rows_are_there(guest: Fhir) -> None:
    assert guest.found("Condition") == ["Condition/of-mine"]
    assert guest.get("Condition?_summary=count").json["total"] == 1  # type: ignore[index]
    assert guest.found("Patient?_has:Condition:patient:code=307576001") == ["Patient/mine"]
    assert guest.found("Condition?_id=of-theirs") == []
    for path in (
        "Patient/theirs",
        "Condition/of-theirs",
        "Condition/of-theirs/_history",
        "Patient/theirs/_history/1",
    ):
        assert guest.get(path).status_code == 404, path
    assert len(guest.get("_history").json["entry"]) == 2  # type: ignore[index]


def about(person: str, detail: str) -> dict[str, Any]:
    evidence = [{"detail": [{"reference": detail}]}]
    return condition(f"Patient/{person}", id=f"of-{person}", evidence=evidence)


def test_includes_stop_at_what_is_granted(guest: Fhir, record: Fhir) -> None:
    record.send("PUT", "Condition/of-mine", about("mine", "Condition/of-theirs"))
    record.send("PUT", "Condition/of-theirs", about("theirs", "Patient/mine"))
    backwards = "Patient?_id=mine&_revinclude=Condition:*"

    assert names(guest.get("Condition?_include=*").json, "include") == ["Patient/mine"]
    assert names(guest.get(backwards).json, "include") == ["Condition/of-mine"]
    assert sorted(names(record.get(backwards).json, "include")) == [
        "Condition/of-mine",
        "Condition/of-theirs",
    ]


def test_what_was_theirs_once_is_read_as_it_was_then(guest: Fhir, record: Fhir) -> None:
    record.send("PUT", "Condition/of-mine", condition("Patient/theirs", id="of-mine"))
    citing = condition("Patient/mine", evidence=[{"detail": CITED}])
    name = record.create(citing).partition("/")[2]

    answers = {
        "current": guest.get("Condition/of-mine"),
        "first": guest.get("Condition/of-mine/_history/1"),
        "second": guest.get("Condition/of-mine/_history/2"),
    }

    assert {each: answer.status_code for each, answer in answers.items()} == {
        "current": 404,
        "first": 200,
        "second": 404,
    }
    assert len(guest.get("Condition/of-mine/_history").json["entry"]) == 1  # type: ignore[index]
    included = guest.get(f"Condition?_id={name}&_include=Condition:evidence-detail").json
    assert names(included, "include") == ["Condition/of-mine"]
    assert [each["resource"]["meta"]["versionId"] for each in included["entry"]] == ["1", "1"]  # type: ignore[index]


CITED = [{"reference": f"Condition/of-mine/_history/{number}"} for number in (1, 2, 3)]


@pytest.mark.parametrize(("role", "status"), [("researcher", 403), (None, 401)])
def test_who_may_not_read_is_told_so(record: Fhir, as_role: AsRole, role: str | None, status: int) -> None:
    headers = as_role(role) if role else {}
    for method, path, body in (
        ("GET", "Patient/mine", None),
        ("GET", "Patient", None),
        ("GET", "_history", None),
        ("POST", "", bundle(entry(None, "GET", "Patient"))),
        ("POST", "Patient", patient()),
    ):
        answer = Fhir(record.client, headers).send(method, path, body)
        assert answer.status_code == status, path
        assert answer.json["resourceType"] == "OperationOutcome"  # type: ignore[index]


def test_a_page_is_authorised_again(guest: Fhir, record: Fhir) -> None:
    second = record.create(condition("Patient/mine"))
    address = link(guest.get("Condition?_count=1").json, "next") or ""
    moved = condition("Patient/theirs", id=second.partition("/")[2])

    assert names(guest.get(address).json) == [second]
    record.send("PUT", second, moved)
    assert names(guest.get(address).json) == []
