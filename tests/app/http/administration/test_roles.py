"""Roles are read, made, changed and removed while the gateway runs, and count from then on."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.security.roles import SHIPPED
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.clock import now
from tests.app.conftest import AsRole
from tests.app.http.administration.conftest import Manager, ManagerOf, TokenOf
from tests.factories.fhir import patient

READER: dict[str, Any] = {
    "purpose": "TREAT",
    "actions": ["fhir.*"],
    "notActions": ["fhir.write"],
    "rows": ["all"],
}
MANAGING = {"purpose": "HSYSADMIN", "actions": ["administration.manage"], "rows": []}


@pytest.fixture
def kim(services: Wiring) -> str:
    """An account in a role of the tenant's own, which nobody has made yet."""
    services.accounts.add(system_scope(services.sites.own.tenant), "kim", "reader", None, now())
    return "kim"


def test_the_shipped_ones_are_listed_with_what_they_may(manager: Manager) -> None:
    listed = {each["name"]: each for each in manager.get("/administration/roles").get_json()["roles"]}

    assert set(listed) == set(SHIPPED)
    assert all(each["shipped"] for each in listed.values())
    assert listed["fhir-reader"]["permissions"] == ["fhir.read"]
    assert listed["researcher"]["permissions"] == ["cohort.export", "cohort.query"]
    assert manager.get("/administration/roles/auditor").get_json() == listed["auditor"]


def test_one_that_is_made_counts_at_once_and_one_that_is_removed_no_more(
    manager: Manager, kim: str, token_of: TokenOf, client: FlaskClient
) -> None:
    assert client.get("/fhir/Patient", headers=token_of(kim)).status_code == 403

    made = manager.send("PUT", "/administration/roles/reader", READER)

    assert (made.status_code, made.get_json()["permissions"]) == (
        201,
        ["fhir.bulk", "fhir.count", "fhir.read"],
    )
    assert client.get("/fhir/Patient", headers=token_of(kim)).status_code == 200
    assert client.post("/fhir/Patient", headers=token_of(kim), json={}).status_code == 403

    narrower = {**READER, "notActions": ["fhir.*"]}
    assert manager.send("PUT", "/administration/roles/reader", narrower).status_code == 200
    assert client.get("/fhir/Patient", headers=token_of(kim)).status_code == 403

    assert manager.send("DELETE", "/administration/roles/reader").status_code == 409
    manager.send("PUT", "/administration/users/kim", {"role": "fhir-reader"})
    assert manager.send("DELETE", "/administration/roles/reader").status_code == 204
    assert manager.get("/administration/roles/reader").status_code == 404


def test_a_shipped_one_is_changed_and_counts_again_when_the_change_is_removed(
    manager: Manager, client: FlaskClient, as_role: AsRole
) -> None:
    clinician = as_role("clinician")
    assert client.get("/fhir/Patient", headers=clinician).status_code == 200

    assert (
        manager.send(
            "PUT", "/administration/roles/clinician", {**READER, "actions": ["imaging.read"]}
        ).status_code
        == 200
    )
    shown = manager.get("/administration/roles/clinician").get_json()
    assert (shown["shipped"], shown["actions"]) == (False, ["imaging.read"])
    assert client.get("/fhir/Patient", headers=clinician).status_code == 403

    assert manager.send("DELETE", "/administration/roles/clinician").status_code == 204
    assert client.get("/fhir/Patient", headers=clinician).status_code == 200
    assert manager.send("DELETE", "/administration/roles/clinician").status_code == 404


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ({}, "$.purpose"),
        ({**READER, "purpose": "BECAUSE"}, "$.purpose"),
        ({**READER, "actions": ["fhir.everything"]}, "$.actions[0]"),
        ({**READER, "notActions": "fhir.read"}, "$.notActions"),
        ({**READER, "rows": ["mine"]}, "$.rows[0]"),
        ({**READER, "view": "blurred"}, "$.view"),
        ({**READER, "writable": ["Everything"]}, "$.writable[0]"),
        ({**READER, "labels": ["SECRET"]}, "$.labels[0]"),
        ({**READER, "surprise": 1}, "$.surprise"),
        ([], "$"),
    ],
)
def test_what_is_no_role_is_refused_with_its_place(manager: Manager, form: Any, place: str) -> None:
    answer = manager.send("PUT", "/administration/roles/reader", form)

    assert (answer.status_code, answer.get_json()["location"]) == (400, [place])


@pytest.mark.parametrize("hidden", ["\0", "\x1b", "\u202e", "\u2066"])
def test_a_description_holds_nothing_unseen(manager: Manager, hidden: str) -> None:
    described = {**READER, "description": f"Reads{hidden}\nall"}

    refused = manager.send("PUT", "/administration/roles/reader", described)

    assert (refused.status_code, refused.get_json()["location"]) == (400, ["$.description"])
    described["description"] = "Reads\r\n\tall"
    assert manager.send("PUT", "/administration/roles/reader", described).status_code == 201


def test_a_role_sees_the_delicate_labels_that_it_names(
    manager: Manager, kim: str, token_of: TokenOf, client: FlaskClient, as_role: AsRole
) -> None:
    confidential = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    for name, meta in (("plain", {}), ("delicate", {"security": [confidential]})):
        resource = patient(id=name, meta=meta) if meta else patient(id=name)
        path = f"/fhir/Patient/{name}"
        assert client.put(path, json=resource, headers=as_role("superuser")).status_code == 201

    for labels, seen in ((None, 200), (["R"], 200), ([], 404)):
        manager.send("PUT", "/administration/roles/reader", {**READER, "labels": labels})
        assert client.get("/fhir/Patient/delicate", headers=token_of(kim)).status_code == seen
        assert client.get("/fhir/Patient/plain", headers=token_of(kim)).status_code == 200


@pytest.mark.parametrize("name", ["Reader", "a_b", "-x", "x" * 65])
def test_a_name_that_no_claim_could_say_is_refused(manager: Manager, name: str) -> None:
    assert manager.send("PUT", f"/administration/roles/{name}", READER).status_code == 400


def test_nobody_changes_the_role_that_they_have(manager: Manager) -> None:
    assert manager.send("PUT", "/administration/roles/administrator", READER).status_code == 403
    assert manager.send("DELETE", "/administration/roles/administrator").status_code == 403


def test_nobody_is_left_without_somebody_who_manages(
    manager: Manager, acting: ManagerOf, services: Wiring, token_of: TokenOf
) -> None:
    scope = system_scope(services.sites.own.tenant)
    assert manager.send("PUT", "/administration/roles/manager", MANAGING).status_code == 201
    services.accounts.add(scope, "lee", "manager", None, now())
    lee = Manager(manager.client, token_of("lee"))

    assert lee.send("PUT", "/administration/users/demo-administrator", {"role": "auditor"}).status_code == 200
    refused = services.administration
    for change in (
        lambda: refused.put_role(scope, "manager", READER, now()),
        lambda: services.accounts.switch(scope, "lee", disabled=True),
        lambda: services.accounts.ensure(scope, "lee", "auditor", now()),
    ):
        with pytest.raises(Exception, match="nobody would be left"):
            change()
    assert lee.get("/administration/roles").status_code == 200


def test_changes_are_for_who_manages(acting: ManagerOf) -> None:
    for role in ("clinician", "service", "auditor", "privacy-officer", "patient"):
        assert acting(role).send("PUT", "/administration/roles/reader", READER).status_code == 403
        assert acting(role).get("/administration/roles").status_code == 403
