"""Failures reach the client in the dialect of the API, with the right status and nothing else."""

import pytest
from flask.testing import FlaskClient

from app.admission.outcomes import STATUS
from app.http.kit.statuses import DEFAULT_RETRY, ISSUE_CODE, TITLE
from graph.errors import Category

SIGNED_IN = {"Authorization": "Bearer superuser"}


def test_every_category_has_a_status_a_title_and_an_issue_code() -> None:
    assert set(STATUS) == set(Category)
    assert set(STATUS.values()) <= ISSUE_CODE.keys() & TITLE.keys()


def test_only_statuses_that_end_by_themselves_say_when_to_try_again() -> None:
    assert set(DEFAULT_RETRY) == {429, 503, 507}


def test_fhir_answers_an_operation_outcome(client: FlaskClient) -> None:
    answer = client.get("/fhir/Patient/missing", headers=SIGNED_IN)
    assert (answer.status_code, answer.mimetype) == (404, "application/fhir+json")
    assert answer.json == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "not-found",
                "diagnostics": "no such patient",
                "expression": ["Patient.id"],
            }
        ],
    }


def test_dicomweb_answers_problem_details_with_the_failure_reason(client: FlaskClient) -> None:
    answer = client.post("/dicom-web/studies", headers=SIGNED_IN)
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert answer.get_json(force=True)["failureReason"] == 45070


def test_an_unknown_path_is_404_in_the_dialect_of_its_prefix(client: FlaskClient) -> None:
    assert client.get("/fhir/a/b/c/d").mimetype == "application/fhir+json"
    assert client.get("/fhirish").mimetype == "application/problem+json"


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "BREW"])
def test_a_method_that_does_not_exist_is_405_with_allow(client: FlaskClient, method: str) -> None:
    answer = client.open("/fhir/Patient/1", method=method)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, PUT"


@pytest.mark.parametrize(("how", "status"), [("value", 500), ("depth", 400), ("memory", 503), ("stall", 408)])
def test_what_nobody_foresaw_is_answered_without_detail(
    client: FlaskClient, how: str, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get(f"/open?how={how}")
    assert answer.status_code == status
    logged = capsys.readouterr()
    assert "Kim" not in answer.text + logged.out + logged.err
    assert "open_door" in logged.out + logged.err


def test_a_401_says_how_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/fhir/Patient/1")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="hilum"')


@pytest.mark.parametrize("offered", ["0189F7e2-3b1c-7d4e-9a5b-6c7d8e9f0a1b", "0" * 32])
def test_a_uuid_as_request_id_comes_back(client: FlaskClient, offered: str) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": offered})
    assert answer.headers["X-Request-Id"] == answer.get_json(force=True)["requestId"] == offered


@pytest.mark.parametrize("offered", ["", "Kim.Chulsoo", "r-1", "a" * 33, "<script>", "-"])
def test_any_other_request_id_is_replaced(client: FlaskClient, offered: str) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": offered})
    assert answer.headers["X-Request-Id"] != offered
    assert len(answer.headers["X-Request-Id"]) == 32
