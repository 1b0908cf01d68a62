"""Alerts are listed to who reads the audit and says that they have looked; the monitoring counts the rest."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import AsRole
from tests.app.http.administration.conftest import ManagerOf

ALERTS = "/administration/alerts"


@pytest.fixture(autouse=True)
def broken(acting: ManagerOf, noted: Callable[[], None]) -> None:
    """Two records were opened in an emergency."""
    for name in ("one", "two"):
        form = {"patient": name, "reason": "ETREAT", "text": "unconscious in the emergency room"}
        assert acting("break-glass").send("POST", "/break-glass", form).status_code == 201
    noted()


def listed(acting: ManagerOf, query: str = "") -> list[dict[str, Any]]:
    answer = acting("auditor").get(f"{ALERTS}{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["alerts"]
    return found


def waiting(client: FlaskClient) -> str:
    text = client.get("/metrics").text
    return next(line for line in text.splitlines() if line.startswith("hilum_alerts_waiting"))


def test_an_alert_says_who_and_by_which_rule(acting: ManagerOf, client: FlaskClient) -> None:
    found = listed(acting)

    assert [(each["rule"], each["who"], each["count"]) for each in found] == [
        ("break-glass", "demo-break-glass", 1)
    ] * 2
    event = acting("auditor").get(f"/fhir/AuditEvent/{found[0]['entry']}").get_json()
    assert {"reference": "Patient/two"} in [each.get("what") for each in event["entity"]]
    assert waiting(client) == "hilum_alerts_waiting 2.0"


def test_who_has_looked_says_so_once(acting: ManagerOf, client: FlaskClient) -> None:
    last, first = listed(acting)
    path = f"{ALERTS}/{last['id']}/acknowledge"

    done = acting("privacy-officer").send("POST", path, {"comment": "asked the ward"})

    assert done.status_code == 200, done.text
    assert done.get_json()["acknowledgedBy"] == "demo-privacy-officer"
    assert [each["id"] for each in listed(acting, "?acknowledged=no")] == [first["id"]]
    assert [each["comment"] for each in listed(acting, "?acknowledged=yes")] == ["asked the ward"]
    assert waiting(client) == "hilum_alerts_waiting 1.0"
    assert acting("auditor").send("POST", path, {}).status_code == 409


def test_they_come_page_by_page(acting: ManagerOf) -> None:
    page = acting("auditor").get(f"{ALERTS}?limit=1").get_json()
    following = acting("auditor").get(page["next"].partition("8042")[2]).get_json()

    assert [each["id"] for each in (*page["alerts"], *following["alerts"])] == [
        each["id"] for each in listed(acting)
    ]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (f"{ALERTS}/nothing/acknowledge", {}, 404),
        (f"{ALERTS}/nothing/acknowledge", {"colour": "red"}, 400),
        (f"{ALERTS}/nothing/acknowledge", {"comment": "x" * 2_001}, 400),
        (f"{ALERTS}/nothing/acknowledge", {"comment": "asked\0the ward"}, 400),
    ],
)
def test_what_is_wrong_is_refused(acting: ManagerOf, path: str, body: Any, status: int) -> None:
    assert acting("auditor").send("POST", path, body).status_code == status


@pytest.mark.parametrize("query", ["?acknowledged=maybe", "?limit=0", "?after=x", "?colour=red"])
def test_what_is_no_question_is_refused(acting: ManagerOf, query: str) -> None:
    assert acting("auditor").get(f"{ALERTS}{query}").status_code == 400


def test_nobody_else_sees_them(client: FlaskClient, as_role: AsRole) -> None:
    for role in ("clinician", "administrator", "patient"):
        assert client.get(ALERTS, headers=as_role(role)).status_code == 403
