"""Who is shown counts is told counts and nothing else, and who is shown no one gets nothing that tells."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.security.policy import LEAST_CELL
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.roles import role_from
from graph.clock import now
from tests.app.conftest import AsRole
from tests.app.security.routes_table import GUARDED
from tests.factories.fhir import bundle, condition, entry, patient

ENOUGH = LEAST_CELL + 1


@pytest.fixture
def role(services: Wiring, as_role: AsRole, client: FlaskClient) -> Any:
    """Makes the headers of somebody who may read everything, in one view."""
    scope = system_scope(services.sites.own.tenant)
    people = [patient(id=f"p{each}", gender="female" if each else "male") for each in range(ENOUGH + 1)]
    asked = [condition(f"Patient/p{each}", id=f"c{each}") for each in range(ENOUGH + 1)]
    sent = bundle(*(entry(each, "PUT", f"{each['resourceType']}/{each['id']}") for each in (*people, *asked)))
    assert client.post("/fhir", json=sent, headers=as_role("superuser")).status_code == 200

    def headers(view: str) -> dict[str, str]:
        form = {"name": view, "description": "", "purpose": "HRESCH", "actions": ["*"], "rows": ["all"]}
        services.roles.put(scope, role_from({**form, "view": view}), now())
        services.accounts.add(scope, f"a-{view}", view, None, now())
        token = services.account_tokens.issue(f"a-{view}", now() // 1_000_000)
        return {"Authorization": f"Bearer {token}"}

    return headers


def sex(value: str) -> dict[str, Any]:
    return {"sex": {"op": "eq", "value": value}}


def question(**output: Any) -> dict[str, Any]:
    asked = {"version": "1", "asOf": "2026-11-22", "population": sex("female")}
    return {**asked, "output": output} if output else asked


def test_counts_of_enough_are_told_and_of_fewer_not(role: Any, client: FlaskClient) -> None:
    headers = role("counts")

    def count(query: str) -> TestResponse:
        return client.get(f"/fhir/{query}&_summary=count", headers=headers)

    assert count("Patient?gender=female").get_json()["total"] == ENOUGH
    none, one = count("Patient?gender=other"), count("Patient?gender=male")
    assert none.status_code == one.status_code == 403
    assert none.data == one.data
    assert none.get_json()["issue"][0]["code"] == "suppressed"
    assert (
        client.post(
            "/fhir/Patient/_search", data={"gender": "female", "_summary": "count"}, headers=headers
        ).get_json()["total"]
        == ENOUGH
    )


def test_no_resource_and_no_picture_is_shown(role: Any, client: FlaskClient) -> None:
    headers = role("counts")
    for path in (
        "/fhir/Patient?gender=female",
        "/fhir/Patient/p1",
        "/fhir/Patient?_summary=true",
        "/fhir/Patient?_total=accurate",
        "/fhir?_type=Patient&_summary=count",
        "/fhir/_history",
        "/dicom-web/studies",
        "/fhir/AuditEvent",
        "/break-glass",
    ):
        assert client.get(path, headers=headers).status_code == 403, path


def test_a_cohort_is_counted_and_its_patients_are_not_told(role: Any, client: FlaskClient) -> None:
    headers = role("counts")

    answer = client.post("/cohorts/query", json=question(), headers=headers).get_json()

    assert answer["counts"]["matched"] == ENOUGH
    assert (answer["patients"], answer["rows"], answer["links"], answer["next"]) == ([], {}, [], None)
    few = {**question(), "population": sex("male")}
    assert client.post("/cohorts/query", json=few, headers=headers).get_json()["counts"]["matched"] is None
    rows = question(rows=[{"resource": "Condition", "as": "dx"}])
    refused = client.post("/cohorts/query", json=rows, headers=headers)
    assert (refused.status_code, refused.get_json()["location"]) == (403, ["$.output.rows"])


def test_who_is_shown_no_one_gets_nothing_of_pictures_and_record(role: Any, client: FlaskClient) -> None:
    headers = role("deidentified")
    telling = ("/fhir/", "/dicom-web/", "/break-glass")
    for route in GUARDED:
        if route.rule.partition(" ")[2].startswith(telling) and route.method == "GET":
            path = route.path.replace("{", "").replace("}", "")
            assert client.get(path, headers=headers).status_code == 403, route

    answer = client.post("/cohorts/query", json=question(), headers=headers).get_json()
    assert answer["counts"]["matched"] == ENOUGH
    assert "Patient/p1" not in str(answer)
