"""Users and grants are managed over the API by somebody who reads no record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.audit.reading import read_spool
from app.security.scopes import system_scope
from app.wiring import Wiring
from tests.app.conftest import AsRole
from tests.app.http.administration.conftest import Manager, ManagerOf, TokenOf
from tests.factories.fhir import patient

USERS, GRANTS = "/administration/users", "/administration/grants"


@pytest.fixture
def kim(manager: Manager) -> str:
    """A teleradiologist."""
    assert manager.send("PUT", f"{USERS}/kim", {"role": "teleradiologist"}).status_code == 201
    return "kim"


@pytest.fixture
def mine(client: FlaskClient, as_role: AsRole) -> str:
    """The path of a Patient who is there."""
    answer = client.put("/fhir/Patient/mine", json=patient(id="mine"), headers=as_role("superuser"))
    assert answer.status_code == 201
    return "/fhir/Patient/mine"


def test_who_manages_reads_no_record(manager: Manager, mine: str) -> None:
    for path in (mine, "/fhir/Patient", "/dicom-web/studies", "/fhir/AuditEvent", "/dicom-web/changefeed"):
        assert manager.get(path).status_code == 403


def test_an_account_is_made_shown_changed_and_listed(manager: Manager, kim: str) -> None:
    assert manager.get(f"{USERS}/kim").get_json() == {
        "name": "kim",
        "role": "teleradiologist",
        "disabled": False,
        "hasSecret": False,
        "fhirUser": None,
        "departments": [],
    }
    form = {
        "role": "clinician",
        "disabled": True,
        "fhirUser": "Practitioner/7",
        "departments": ["Organization/1"],
    }
    changed = manager.send("PUT", f"{USERS}/kim", form)

    assert (changed.status_code, changed.get_json()) == (200, {"name": "kim", "hasSecret": False, **form})
    names, path = [], f"{USERS}?limit=1"
    while path:
        body = manager.get(path).get_json()
        names += [each["name"] for each in body["users"]]
        path = body.get("next", "")
    assert names == ["demo-administrator", "kim"]


def test_a_secret_is_told_once(manager: Manager, kim: str, client: FlaskClient) -> None:
    secret = manager.send("POST", f"{USERS}/kim/secret").get_json()["secret"]
    form = {"grant_type": "client_credentials", "client_id": "kim", "client_secret": secret}

    assert client.post("/auth/token", data=form).status_code == 200
    assert secret not in manager.get(USERS).text
    assert manager.send("POST", f"{USERS}/nobody/secret").status_code == 404


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ({}, "$.role"),
        ({"role": "root"}, "$.role"),
        ({"role": "clinician", "disabled": "no"}, "$.disabled"),
        ({"role": "patient", "fhirUser": "Group/1"}, "$.fhirUser"),
        ({"role": "clinician", "departments": ["Patient/1"]}, "$.departments[0]"),
        (
            {"role": "clinician", "departments": [f"Organization/{each}" for each in range(21)]},
            "$.departments",
        ),
    ],
)
def test_what_is_no_account_is_refused_with_its_place(manager: Manager, form: Any, place: str) -> None:
    answer = manager.send("PUT", f"{USERS}/kim", form)

    assert (answer.status_code, answer.get_json()["location"]) == (400, [place])


def test_a_grant_opens_a_patient_until_it_is_taken_back_or_ends(
    manager: Manager, kim: str, mine: str, token_of: TokenOf, client: FlaskClient
) -> None:
    assert client.get(mine, headers=token_of(kim)).status_code == 404

    given = manager.send("POST", f"{GRANTS}/kim", {"patient": "mine"})
    assert given.status_code == 201
    assert client.get(mine, headers=token_of(kim)).status_code == 200

    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    again = manager.send("POST", f"{GRANTS}/kim", {"patient": "mine", "until": soon})
    (shown,) = manager.get(f"{GRANTS}/kim").get_json()["grants"]
    assert given.get_json()["id"] == again.get_json()["id"] == shown["id"]
    assert (shown["patient"], shown["grantedBy"]) == ("mine", "demo-administrator")
    assert datetime.fromisoformat(shown["until"]) == datetime.fromisoformat(soon)

    assert manager.send("DELETE", f"{GRANTS}/kim/{shown['id']}").status_code == 204
    assert client.get(mine, headers=token_of(kim)).status_code == 404
    assert manager.send("DELETE", f"{GRANTS}/kim/{shown['id']}").status_code == 404


def test_a_grant_for_a_time_ends_by_itself(services: Wiring, manager: Manager, kim: str, mine: str) -> None:
    scope = system_scope(services.sites.own.tenant)
    for seconds, there in ((-60, False), (60, True)):
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        services.graph.run(
            "MERGE (u:User {key: $key}) MERGE (u)-[:HOLDS]->(g:Grant {key: $key}) "
            "SET g.patient = $patient, g.until = $until, g.id = 'x', g.grantedAt = 0, g.grantedBy = 'x'",
            key=f"{scope.tenant}|-|user|kim",
            patient=f"{scope.tenant}|-|Patient|mine",
            until=int(until.timestamp() * 1_000_000),
        )
        found = services.accounts.find(scope, "kim")
        assert found is not None
        assert bool(found.grants.patients) is there


def test_who_manages_is_not_told_whether_a_patient_is_there(
    manager: Manager, kim: str, mine: str, acting: ManagerOf
) -> None:
    there, absent = (manager.send("POST", f"{GRANTS}/kim", {"patient": each}) for each in ("mine", "never"))

    assert there.status_code == absent.status_code == 201
    assert set(there.headers.keys()) == set(absent.headers.keys())
    assert set(there.get_json()) == set(absent.get_json())
    assert acting("superuser").send("POST", f"{GRANTS}/kim", {"patient": "never"}).status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"patient": "a", "study": "1.2"},
        {"study": "../etc"},
        {"purpose": "everything"},
        {"patient": "a", "until": "2020-01-01T00:00:00Z"},
        {"patient": "a", "until": "2040-01-01T00:00:00"},
    ],
)
def test_a_grant_of_nothing_of_two_things_or_of_the_past_is_refused(
    manager: Manager, kim: str, form: dict[str, Any]
) -> None:
    assert manager.send("POST", f"{GRANTS}/kim", form).status_code == 400


def test_nobody_gives_themself_anything(manager: Manager) -> None:
    mine = {"role": "superuser", "fhirUser": "Practitioner/1"}
    assert manager.send("PUT", f"{USERS}/demo-administrator", mine).status_code == 403
    assert manager.send("POST", f"{GRANTS}/demo-administrator", {"patient": "a"}).status_code == 403


def test_each_change_leaves_an_entry_that_names_the_account_and_the_patient(
    services: Wiring, manager: Manager, kim: str, mine: str
) -> None:
    manager.send("POST", f"{GRANTS}/kim", {"patient": "mine"})

    lines = list(read_spool(services.audit_folder, services.audit_key))
    (entry,) = [each for each in lines if each.get("interaction") == "grant"]
    (outcome,) = [each for each in lines if each["id"] == entry["id"] and each["kind"] == "outcome"]
    assert (entry["subject"], entry["entities"], entry["action"]) == (
        "demo-administrator",
        {"user": "kim"},
        "C",
    )
    assert (outcome["status"], outcome["concerning"]) == (201, ["Patient/mine"])
    scope = system_scope(services.sites.own.tenant)
    assert services.audit.find(scope, f"{scope.tenant}|-|audit|{entry['id']}")


def test_pages_of_grants_join_to_the_whole(manager: Manager, kim: str) -> None:
    for each in range(5):
        manager.send("POST", f"{GRANTS}/kim", {"patient": f"p{each}"})
    seen, path = [], f"{GRANTS}/kim?limit=2"
    while path:
        body = manager.get(path).get_json()
        seen += [each["patient"] for each in body["grants"]]
        path = body.get("next", "")
    assert sorted(seen) == [f"p{each}" for each in range(5)]
    assert manager.get(f"{GRANTS}/nobody").status_code == 404
    assert manager.get(f"{USERS}?limit=0").status_code == 400
    assert manager.get(f"{USERS}?name=kim").status_code == 400
