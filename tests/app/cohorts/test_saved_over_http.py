"""`/cohorts/saved`: what is saved is read, changed by who knows it as it is, and answered in every form."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.app.cohorts.conftest import AS_OF, Gateway, Json, Open
from tests.factories.fhir import condition, patient

CODE = "osteo"
QUESTION: Json = {
    "version": "1",
    "asOf": AS_OF,
    "population": {"condition": {"codes": [{"system": "http://snomed.info/sct", "code": CODE}]}},
    "output": {"rows": [{"resource": "Condition", "as": "dx"}]},
}


def form(**more: Any) -> Json:
    return {"name": "골육종", "question": QUESTION, **more}


@pytest.fixture(scope="module")
def gateway(gateways: Open) -> Gateway:
    gateway = gateways(HILUM_QUESTION_SECONDS="60")
    for at in range(3):
        gateway.put(patient(f"MRN{at}", id=f"p{at}"), condition(f"Patient/p{at}", CODE, id=f"c{at}"))
    return gateway


def call(
    gateway: Gateway,
    method: str,
    path: str = "",
    body: Json | None = None,
    role: str = "clinician",
    **headers: str,
) -> TestResponse:
    sent: Mapping[str, str] = {name.replace("_", "-"): value for name, value in headers.items()}
    return gateway.client.open(
        f"/cohorts/saved{path}",
        method=method,
        json=body,
        headers={"Authorization": f"Bearer {gateway.tokens[role]}", **sent},
    )


@pytest.fixture
def saved(gateway: Gateway) -> str:
    answer = call(gateway, "POST", body=form())
    assert answer.status_code == 201, answer.text
    return f"/{answer.get_json()['id']}"


def test_what_is_saved_is_read_at_its_address(gateway: Gateway) -> None:
    sent = form(description="Bone tumours", sharedWith={"users": ["lee"], "roles": ["researcher"]})

    made = call(gateway, "POST", body=sent)
    read = call(gateway, "GET", f"/{made.get_json()['id']}")

    assert made.headers["Location"].endswith(f"/cohorts/saved/{made.get_json()['id']}")
    assert read.get_json() == made.get_json()
    found = read.get_json()
    assert {name: found[name] for name in sent} == {
        **sent,
        "sharedWith": {"users": ["lee"], "roles": ["researcher"]},
    }
    assert (found["own"], found["version"], len(found["hash"])) == (True, 1, 64)
    shared = call(gateway, "GET", f"/{found['id']}", role="researcher").get_json()
    assert (shared["own"], shared["question"], "sharedWith" in shared) == (False, QUESTION, False)


def test_a_change_is_of_what_its_author_has_read(gateway: Gateway, saved: str) -> None:
    read = call(gateway, "GET", saved)
    tag = read.headers["ETag"]
    other = {**QUESTION, "asOf": "2025-01-01"}

    changed = call(gateway, "PUT", saved, form(question=other), If_Match=tag)
    late = call(gateway, "PUT", saved, form(name="late"), If_Match=tag)
    gone = call(gateway, "DELETE", saved, If_Match=tag)

    assert (changed.status_code, late.status_code, gone.status_code) == (200, 412, 412)
    assert (changed.get_json()["version"], changed.get_json()["question"]) == (2, other)
    assert call(gateway, "GET", saved, If_None_Match=tag).status_code == 200
    assert call(gateway, "GET", saved, If_None_Match=changed.headers["ETag"]).status_code == 304
    versions = call(gateway, "GET", f"{saved}/versions").get_json()["versions"]
    assert [(each["version"], each["question"]) for each in versions] == [(2, other), (1, QUESTION)]
    assert call(gateway, "GET", f"{saved}/versions/1").get_json() == versions[1]
    assert call(gateway, "DELETE", saved, If_Match=changed.headers["ETag"]).status_code == 204
    assert call(gateway, "GET", saved).status_code == 404


def test_the_list_is_read_page_by_page(gateway: Gateway) -> None:
    made = {
        call(gateway, "POST", body=form(name=f"n{at}"), role="superuser").get_json()["id"] for at in range(5)
    }

    first = call(gateway, "GET", "?limit=3", role="superuser").get_json()
    rest = call(gateway, "GET", first["next"].partition("/cohorts/saved")[2], role="superuser").get_json()

    assert len(first["cohorts"]) == 3
    assert made <= {each["id"] for each in (*first["cohorts"], *rest["cohorts"])}
    assert "question" not in first["cohorts"][0]
    assert call(gateway, "GET", role="researcher").status_code == 200


def test_it_is_answered_in_every_form_and_of_every_day(gateway: Gateway, saved: str) -> None:
    page = call(gateway, "GET", f"{saved}/answer").get_json()
    csv = call(gateway, "GET", f"{saved}/answer?format=csv&table=dx")
    bundle = call(gateway, "GET", f"{saved}/answer", Accept="application/fhir+json")
    first = call(gateway, "GET", f"{saved}/answer?limit=2").get_json()
    rest = call(gateway, "GET", f"{saved}/answer?limit=2&token={first['next']}").get_json()

    assert page["counts"] == {"matched": 3, "unknown": 0}
    assert page["asOf"] == AS_OF
    assert len(csv.data.splitlines()) == 4
    assert len(json.loads(bundle.data)["entry"]) == 6
    assert [*first["patients"], *rest["patients"]] == page["patients"]
    assert (
        call(gateway, "GET", f"{saved}/answer?asOf=2025-02-03&version=1").get_json()["asOf"] == "2025-02-03"
    )
    assert call(gateway, "GET", f"{saved}/answer", role="researcher").status_code == 404


def test_a_refresh_is_kept_and_compared(gateway: Gateway, saved: str) -> None:
    made = call(gateway, "POST", f"{saved}/refresh?asOf=2026-01-02")
    number = made.get_json()["refresh"]

    assert (made.status_code, made.get_json()["counts"]) == (201, {"matched": 3, "unknown": 0})
    assert made.headers["Location"].endswith(f"/refreshes/{number}")
    listed = call(gateway, "GET", f"{saved}/refreshes").get_json()["refreshes"]
    assert listed == [made.get_json()]
    read = call(gateway, "GET", f"{saved}/refreshes/{number}").get_json()
    assert read["patients"] == ["Patient/p0", "Patient/p1", "Patient/p2"]
    assert read["asOf"] == "2026-01-02"
    difference = call(gateway, "GET", f"{saved}/diff?from=r{number}&to=v1").get_json()
    assert difference == {
        "from": f"r{number}",
        "to": "v1",
        "counts": {"entered": 0, "left": 0, "stayed": 3},
        "entered": [],
        "left": [],
    }


Refusal = tuple[str, str, Any, int, str | None]


@pytest.mark.parametrize(
    "case",
    [
        ("POST", "", {"name": "x"}, 400, "$.question"),
        ("POST", "", form(name=""), 400, "$.name"),
        ("POST", "", form(question={**QUESTION, "population": {}}), 400, "$.question.population"),
        ("POST", "", [], 400, None),
        ("POST", "?x=1", form(), 400, "x"),
        ("GET", "?limit=0", None, 400, "limit"),
        ("GET", "?page=zz", None, 400, None),
        ("GET", "/nothing", None, 404, None),
        ("GET", "/nothing/answer", None, 404, None),
        ("GET", "{saved}/versions/9", None, 404, None),
        ("GET", "{saved}/versions/one", None, 404, None),
        ("GET", "{saved}/refreshes/1", None, 404, None),
        ("GET", "{saved}/diff?from=v1", None, 400, "to"),
        ("GET", "{saved}/diff?from=v1&to=now", None, 400, "to"),
        ("GET", "{saved}/diff?from=v1&to=v7", None, 404, None),
        ("GET", "{saved}/answer?format=xlsx", None, 400, "$.output.format"),
        ("GET", "{saved}/answer?limit=5000", None, 400, "limit"),
        ("GET", "{saved}/answer?asOf=soon", None, 400, "$.asOf"),
        ("GET", "{saved}/answer?token=zz", None, 400, "$.page.token"),
        ("POST", "{saved}/refresh?asOf=soon", None, 400, "$.asOf"),
        ("PUT", "{saved}", {"question": QUESTION}, 400, "$.name"),
        ("PUT", "/nothing", form(), 404, None),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(gateway: Gateway, saved: str, case: Refusal) -> None:
    method, path, body, status, place = case

    answer = call(gateway, method, path.format(saved=saved), body)

    assert answer.status_code == status, answer.text
    if place is not None:
        assert answer.get_json()["location"] == [place]
    assert "MRN" not in answer.text


def test_the_page_of_cohorts_stands_where_it_stood(gateway: Gateway) -> None:
    """The API is below `/cohorts/saved`, so that it is in the way of no page."""
    rules = {rule.rule for rule in gateway.client.application.url_map.iter_rules()}

    assert not [rule for rule in rules if rule.rstrip("/") == "/cohorts"]
