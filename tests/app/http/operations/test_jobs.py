"""Operations over HTTP: how far a job is, pages of them, and an end to one."""

from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.jobs.claims import ClaimStore
from graph.jobs.records import Claim, Ending, JobState, Progress, Wanted
from graph.scope import AccessScope
from tests.app.conftest import AsRole


@pytest.fixture
def scope(services: Wiring) -> AccessScope:
    return system_scope(services.sites.own.tenant, "kim")


@pytest.fixture
def claims(services: Wiring) -> ClaimStore:
    return ClaimStore(services.graph)


@pytest.fixture
def running(services: Wiring, claims: ClaimStore, scope: AccessScope) -> Claim:
    services.jobs.ask(scope, Wanted("one", "export"))
    claim = claims.claim(scope, "a worker", 60)
    assert claim is not None
    claims.step(scope, claim, None, Progress(30, 120, "instances"), 60)
    return claim


def test_while_it_runs_an_operation_says_how_far_it_is_and_when_to_ask_again(
    client: FlaskClient, as_role: AsRole, running: Claim
) -> None:
    answer = client.get("/operations/one", headers=as_role("service"))

    assert answer.status_code == 202
    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["X-Progress"] == "25%"
    assert urlsplit(answer.headers["Location"]).path == "/operations/one"
    assert answer.json is not None
    assert (answer.json["status"], answer.json["percentComplete"]) == ("running", 25)
    assert answer.json["progress"] == {"done": 30, "total": 120, "note": "instances"}
    assert (answer.json["type"], answer.json["createdBy"]) == ("export", "kim")


def test_at_its_end_it_says_what_it_made_and_where_that_is(
    client: FlaskClient, as_role: AsRole, claims: ClaimStore, running: Claim, scope: AccessScope
) -> None:
    result = {"instances": 120, "links": ["/exports/one.zip"]}
    claims.finish(scope, running, Ending(JobState.SUCCEEDED, result))

    answer = client.get("/operations/one", headers=as_role("service"))

    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["status"], answer.json["percentComplete"]) == ("succeeded", 100)
    assert answer.json["results"] == {"instances": 120}
    assert answer.json["resources"] == ["http://127.0.0.1:8042/exports/one.zip"]


def test_a_failed_one_says_its_category(
    client: FlaskClient, as_role: AsRole, claims: ClaimStore, running: Claim, scope: AccessScope
) -> None:
    claims.finish(scope, running, Ending(JobState.FAILED, error="conflict", message="a person decides"))

    answer = client.get("/operations/one", headers=as_role("administrator"))

    assert answer.json is not None
    assert answer.json["error"] == {"code": "conflict", "message": "a person decides"}


def test_pages_join_to_the_whole_and_are_the_callers_own(
    client: FlaskClient, as_role: AsRole, services: Wiring, scope: AccessScope
) -> None:
    for number in range(5):
        services.jobs.ask(scope, Wanted(f"j{number}", "export"))
    headers = as_role("administrator")
    listed, path = [], "/operations?limit=2&status=notStarted"
    while path:
        body = client.get(path, headers=headers).json
        assert body is not None
        listed += [each["operationId"] for each in body["operations"]]
        following = body.get("next", "")
        assert client.get(following, headers=as_role("service")).status_code == 400 or not following
        path = following
    whole = client.get("/operations", headers=headers).json
    assert whole is not None
    assert listed == [each["operationId"] for each in whole["operations"]]
    assert sorted(listed) == ["j0", "j1", "j2", "j3", "j4"]
    assert client.get("/operations?status=failed", headers=headers).json == {"operations": []}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=1e2", "status=queued", "state=running", "page=abc"]
)
def test_a_wrong_parameter_is_told(client: FlaskClient, as_role: AsRole, query: str) -> None:
    assert client.get(f"/operations?{query}", headers=as_role("administrator")).status_code == 400


def test_a_queued_one_is_cancelled_at_once_and_a_running_one_is_asked_to_end(
    client: FlaskClient, as_role: AsRole, services: Wiring, running: Claim, scope: AccessScope
) -> None:
    services.jobs.ask(scope, Wanted("two", "export"))
    headers = as_role("administrator")

    queued, under_way = (client.delete(f"/operations/{each}", headers=headers) for each in ("two", "one"))

    assert queued.json is not None
    assert under_way.json is not None
    assert (queued.status_code, queued.json["status"]) == (202, "canceled")
    assert (under_way.status_code, under_way.json["status"]) == (202, "running")
    assert under_way.json["cancelRequested"] is True


def test_what_has_ended_cannot_be_cancelled_and_what_never_was_is_not_found(
    client: FlaskClient, as_role: AsRole, claims: ClaimStore, running: Claim, scope: AccessScope
) -> None:
    claims.finish(scope, running, Ending(JobState.SUCCEEDED))
    headers = as_role("administrator")

    assert client.delete("/operations/one", headers=headers).status_code == 409
    for method in ("GET", "DELETE"):
        assert client.open("/operations/never", method=method, headers=headers).status_code == 404
    assert client.delete("/operations/one", headers=as_role("service")).status_code == 403
