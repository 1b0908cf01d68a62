"""AuditEvents are read and searched by administrators, and written by nobody."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.http.fhir.audit import PARAMETERS
from app.wiring import Wiring
from app.wiring.web import web_app
from fhir_profiles.validation.validation import validate
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir, link
from tests.factories.fhir import bundle, entry, patient

EVENT = {
    "resourceType": "AuditEvent",
    "id": "made-up",
    "type": {"code": "rest"},
    "recorded": "2026-01-02T03:04:05Z",
    "agent": [{"requestor": True}],
    "source": {"observer": {"display": "x"}},
}
WRITES = [
    ("POST", "AuditEvent", EVENT),
    ("POST", "AuditEvent", {"resourceType": "AuditEvent"}),
    ("PUT", "AuditEvent/made-up", EVENT),
    ("PUT", "AuditEvent?action=R", EVENT),
    ("PUT", "AuditEvent", EVENT),
    ("DELETE", "AuditEvent/made-up", None),
    ("DELETE", "AuditEvent?action=R", None),
    ("DELETE", "AuditEvent", None),
]


@pytest.mark.parametrize("write", WRITES, ids=lambda write: f"{write[0]} {write[1]}")
@pytest.mark.parametrize("role", ["superuser", "service", "clinician"])
def test_nobody_writes_one(
    client: FlaskClient, as_role: AsRole, role: str, write: tuple[str, str, Any]
) -> None:
    answer = Fhir(client, as_role(role)).send(*write)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    assert answer.json is not None
    assert answer.json["resourceType"] == "OperationOutcome"


def test_nobody_writes_one_unless_it_exists(auditor: Fhir) -> None:
    assert auditor.send("POST", "AuditEvent", EVENT, If_None_Exist="action=R").status_code == 405


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", "AuditEvent"),
        ("PUT", "AuditEvent/made-up"),
        ("PUT", "AuditEvent?action=R"),
        ("DELETE", "AuditEvent/made-up"),
        ("DELETE", "AuditEvent?action=R"),
    ],
)
def test_no_bundle_writes_one_either(auditor: Fhir, method: str, url: str) -> None:
    event = EVENT if method != "DELETE" else None
    entries = (entry(patient(), "POST", "Patient"), entry(event, method, url))

    together = auditor.send("POST", "", bundle(*entries))
    each = auditor.send("POST", "", bundle(*entries, kind="batch"))

    assert together.status_code == 405
    assert auditor.found("Patient") != []  # of the batch alone
    assert len(auditor.found("Patient")) == 1
    responses = [found["response"] for found in each.get_json()["entry"]]
    assert [found["status"][:3] for found in responses] == ["201", "405"]
    assert responses[1]["outcome"]["issue"][0]["code"] == "not-supported"


def test_what_is_noted_is_found_by_patient_entity_time_and_action(
    fhir: Fhir, auditor: Fhir, noted: Callable[[], None]
) -> None:
    name = fhir.create(patient())
    fhir.get(name)
    noted()

    by = {
        query: [event["action"] for event in events(auditor, query)]
        for query in (
            f"patient={name}",
            f"patient={name.partition('/')[2]}",
            f"entity={name}&action=R",
            f"patient={name}&date=ge2026-01-01",
            f"patient={name}&date=lt2026-01-01",
            "patient=nobody",
        )
    }
    assert list(by.values()) == [["R", "C"], ["R", "C"], ["R"], ["R", "C"], [], []]
    assert [event["action"] for event in events(auditor, "", f"{name}/AuditEvent")] == ["R", "C"]


def events(auditor: Fhir, query: str, path: str = "AuditEvent?") -> list[dict[str, Any]]:
    answer = auditor.get(f"{path}{query}")
    assert answer.status_code == 200, answer.text
    return [found["resource"] for found in answer.get_json().get("entry", ())]


def test_each_is_a_valid_resource_that_is_read_by_its_id(
    fhir: Fhir, auditor: Fhir, noted: Callable[[], None]
) -> None:
    fhir.create(patient())
    fhir.get("Patient?name=x")
    fhir.get("Patient/nobody")
    noted()

    found = events(auditor, "_count=100")

    assert len(found) >= 3
    for event in found:
        assert [issue for issue in validate(event) if issue.severity in ("error", "fatal")] == []
        assert auditor.get(f"AuditEvent/{event['id']}").get_json() == event


def test_pages_follow_one_another_to_the_end(fhir: Fhir, auditor: Fhir, noted: Callable[[], None]) -> None:
    name = fhir.create(patient())
    for _ in range(4):
        fhir.get(name)
    noted()
    seen, address = [], f"AuditEvent?patient={name}&_count=2"
    while address:
        page = auditor.get(address).get_json()
        seen += [found["resource"]["id"] for found in page.get("entry", ())]
        address = link(page, "next") or ""

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("role", ["clinician", "service", "teleradiologist"])
def test_administrators_alone_read_it(client: FlaskClient, as_role: AsRole, role: str) -> None:
    other = Fhir(client, as_role(role))
    asked = ("AuditEvent", "AuditEvent/x", "AuditEvent?patient=x", "Patient/x/AuditEvent")

    assert {other.get(path).status_code for path in asked} == {403}
    batch = other.send("POST", "", bundle(entry(None, "GET", "AuditEvent?patient=x"), kind="batch"))
    assert batch.get_json()["entry"][0]["response"]["status"].startswith("403")


def test_another_tenant_has_its_own(
    fhir: Fhir, auditor: Fhir, services: Wiring, noted: Callable[[], None]
) -> None:
    name = fhir.create(patient())
    noted()
    (event,) = events(auditor, f"patient={name}")
    scope = services.authenticator(auditor.headers["Authorization"])

    assert services.audit.find(scope, f"elsewhere|-|audit|{event['id']}") is None


@pytest.mark.parametrize(
    "query",
    ["colour=red", "date=yesterday", "_sort=date", "patient.name=x", "_has:Patient:x:y=z", "_text=x"],
)
def test_what_cannot_be_asked_of_it_is_refused(auditor: Fhir, query: str) -> None:
    assert auditor.get(f"AuditEvent?{query}").status_code == 400


@pytest.mark.parametrize("path", ["AuditEvent/_history", "AuditEvent/x/_history", "AuditEvent/x/_history/1"])
def test_it_has_no_versions(auditor: Fhir, path: str) -> None:
    assert auditor.get(path).status_code == 404


def test_the_capability_statement_says_what_there_is(auditor: Fhir) -> None:
    rest = auditor.client.get("/fhir/metadata").get_json()["rest"][0]
    (told,) = [kind for kind in rest["resource"] if kind["type"] == "AuditEvent"]

    assert [each["code"] for each in told["interaction"]] == ["read", "search-type"]
    assert {each["name"]: each["type"] for each in told["searchParam"]} == PARAMETERS
    assert not (told["updateCreate"] or told["conditionalCreate"] or told["conditionalUpdate"])
    for name in PARAMETERS:
        value = {"date": "2026", "_lastUpdated": "2026"}.get(name, "Patient/x")
        assert auditor.get(f"AuditEvent?{name}={value}").status_code == 200


def test_openapi_offers_no_way_to_write_one(services: Wiring) -> None:
    document = web_app(services).test_client().get("/openapi.json").get_json()
    assert "AuditEvent" not in json.dumps(document["paths"])
