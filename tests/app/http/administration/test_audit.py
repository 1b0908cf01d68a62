"""Who touched the record of a patient, and what was disclosed of it to whom, is one question each."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.security.scopes import system_scope
from app.wiring import Wiring
from fhir_profiles.conformance.checking import errors_of
from graph.accounts.accounts import AccountTerms
from graph.clock import now
from tests.app.conftest import AsRole
from tests.app.http.administration.conftest import ManagerOf
from tests.factories.fhir import condition, patient

AUDIT = "/administration/audit/patients"
Noted = Callable[[], None]


@pytest.fixture(autouse=True)
def record(client: FlaskClient, as_role: AsRole, noted: Noted) -> None:
    """Two patients with a diagnosis each, of whom one was read for treatment, and both for other purposes."""
    headers = as_role("superuser")
    for name in ("mine", "theirs"):
        for resource in (patient(id=name), condition(f"Patient/{name}", id=f"of-{name}")):
            path = f"/fhir/{resource['resourceType']}/{resource['id']}"
            assert client.put(path, json=resource, headers=headers).status_code == 201
    assert client.get("/fhir/Condition/of-mine", headers=as_role("clinician")).status_code == 200
    assert client.get("/fhir/Patient/mine", headers=as_role("teleradiologist")).status_code == 404
    noted()


@pytest.fixture
def researched(client: FlaskClient, services: Wiring, as_role: AsRole, noted: Noted) -> None:
    """Who does public health reads both patients."""
    role = {"purpose": "PUBHLTH", "actions": ["fhir.read"], "rows": ["all"]}
    made = client.put("/administration/roles/agency", json=role, headers=as_role("superuser"))
    assert made.status_code == 201
    services.accounts.put(system_scope(services.sites.own.tenant), "agency", AccountTerms("agency"), now())
    token = services.account_tokens.issue("agency", now() // 1_000_000)
    found = client.get("/fhir/Condition", headers={"Authorization": f"Bearer {token}"})
    assert len(found.get_json()["entry"]) == 2
    noted()


def test_who_reads_the_audit_sees_who_touched_a_record(acting: ManagerOf) -> None:
    answer = acting("auditor").get(f"{AUDIT}/mine")

    assert answer.status_code == 200, answer.text
    told = [(each["account"], each["action"], each["status"]) for each in answer.get_json()["accesses"]]
    assert told == [
        ("demo-teleradiologist", "R", "404"),
        ("demo-clinician", "R", "200"),
        ("demo-superuser", "U", "201"),
        ("demo-superuser", "U", "201"),
    ]


def test_it_comes_page_by_page_and_of_a_period(acting: ManagerOf) -> None:
    auditor, seen = acting("auditor"), []
    address = f"{AUDIT}/mine?limit=3"
    while address:
        page = auditor.get(address).get_json()
        seen += [each["id"] for each in page["accesses"]]
        address = page.get("next", "").partition("8042")[2]

    assert len(seen) == len(set(seen)) == 4
    assert auditor.get(f"{AUDIT}/mine?until=2020-01-01").get_json() == {"accesses": []}
    assert len(auditor.get(f"{AUDIT}/mine?since=2020-01-01").get_json()["accesses"]) == 4


@pytest.mark.parametrize("query", ["limit=0", "since=yesterday", "colour=red", "after=x"])
def test_what_is_no_question_is_refused(acting: ManagerOf, query: str) -> None:
    assert acting("auditor").get(f"{AUDIT}/mine?{query}").status_code == 400


@pytest.mark.parametrize("role", ["clinician", "administrator", "patient"])
def test_nobody_else_sees_it(acting: ManagerOf, role: str) -> None:
    assert acting(role).get(f"{AUDIT}/mine").status_code == 403


def test_treatment_is_no_disclosure_unless_it_is_asked_for(acting: ManagerOf) -> None:
    officer = acting("privacy-officer")

    def told(query: str = "") -> list[str]:
        found = officer.get(f"{AUDIT}/mine/disclosures{query}").get_json()["disclosures"]
        return [each["recipient"]["account"] for each in found]

    assert told() == []
    assert told("?treatment=yes") == ["demo-clinician"]


@pytest.mark.usefixtures("researched")
def test_a_disclosure_says_when_to_whom_what_and_why(acting: ManagerOf) -> None:
    (told,) = acting("privacy-officer").get(f"{AUDIT}/mine/disclosures").get_json()["disclosures"]

    assert told["date"].startswith("20")
    assert told["recipient"] == {
        "account": "agency",
        "role": "agency",
        "app": "agency",
        "address": "127.0.0.1",
    }
    assert told["what"] == ["Patient/mine"]  # of a search of several nobody says whose the rest is
    assert told["purpose"] == "PUBHLTH"


@pytest.mark.usefixtures("researched")
def test_over_fhir_it_is_a_privacy_disclosure_of_ihe(acting: ManagerOf) -> None:
    answer = acting("privacy-officer").get("/fhir/Patient/mine/$disclosures")

    assert answer.status_code == 200, answer.text
    (event,) = [each["resource"] for each in answer.get_json()["entry"]]
    assert errors_of(event) == ()
    assert any(each.endswith("PrivacyDisclosure.Source") for each in event["meta"]["profile"])
    assert "theirs" not in answer.text


@pytest.mark.usefixtures("researched")
def test_a_patient_asks_of_themselves_alone(
    client: FlaskClient, services: Wiring, as_role: AsRole, noted: Noted
) -> None:
    own_record = AccountTerms("patient", fhir_user="Patient/mine")
    services.accounts.put(system_scope(services.sites.own.tenant), "pat", own_record, now())
    token = services.account_tokens.issue("pat", now() // 1_000_000)

    def asked(path: str) -> Any:
        return client.get(path, headers={"Authorization": f"Bearer {token}"})

    for own, other in (
        (f"{AUDIT}/mine/disclosures", f"{AUDIT}/theirs/disclosures"),
        ("/fhir/Patient/mine/$disclosures", "/fhir/Patient/theirs/$disclosures"),
    ):
        assert "agency" in asked(own).text
        assert asked(other).status_code == 404
    assert asked(f"{AUDIT}/mine").status_code == 403
