"""The API describes itself: validly, wholly, and without a file from elsewhere."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.http.apidocs.routes import ASSETS
from app.http.kit.guard import access_of

DESCRIBED_ELSEWHERE = re.compile(r"/fhir(/|$)")  # by its CapabilityStatement
PAGES = re.compile(
    r"/(openapi\.json|docs/.*|home|worklist(?!/lines).*|search|cohorts|manage.*|patients/[^/]+(/overview.*)?"
    r"|studies/.*|viewer.*|reports/.*|feedback(?!/(packets|messages|figures|totals|subscription)).*"
    r"|preferences|assets/.*|account.*"
    r"|auth/(authorize|sign-in|sign-out|second-factor|second-factor/enrolment|providers/.*))?$"
)  # what a browser shows


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def own_routes(app: Flask) -> dict[str, set[str]]:
    """The methods of each route of the API, by its path in the words of OpenAPI."""
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        if not DESCRIBED_ELSEWHERE.match(path) and not PAGES.match(path):
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"} or {"OPTIONS"}
            found.setdefault(path, set()).update(each.lower() for each in methods)
    return found


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()

    assert document["openapi"] == "3.1.0"


def test_every_own_route_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    described = {path: set(methods) - {"parameters"} for path, methods in document["paths"].items()}

    assert described == own_routes(app)
    assert {"/cohorts/query", "/dicom-web/changefeed", "/health/live", "/auth/token"} <= described.keys()


def test_it_says_which_routes_need_a_token(app: Flask, document: dict[str, Any]) -> None:
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method, operation in document["paths"].get(path, {}).items():
            if method.upper() not in (rule.methods or set()):
                continue
            access = access_of(app, rule.endpoint, method.upper())
            assert access is not None
            assert ("security" in operation) is not access.public


def test_the_example_is_a_question_that_is_answered(
    client: FlaskClient, document: dict[str, Any], as_role: Any
) -> None:
    body = document["paths"]["/cohorts/query"]["post"]["requestBody"]["content"]["application/json"]

    answer = client.post(
        "/cohorts/query", json=body["examples"]["mission"]["value"], headers=as_role("clinician")
    )

    assert answer.status_code == 200
    assert answer.get_json()["counts"] == {"matched": 0, "unknown": 0}


def test_the_page_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/docs/")

    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert set(sources) == ASSETS | {"start.js"}
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for each in sources:
        with client.get(f"/docs/{each}") as answer:
            assert answer.status_code == 200


def test_nothing_but_its_files_is_served(client: FlaskClient) -> None:
    for name in ("LICENSE", "..%2f__init__.py", "swagger-ui.js"):
        assert client.get(f"/docs/{name}").status_code == 404


def test_a_wrong_method_still_says_what_is_allowed(client: FlaskClient) -> None:
    answer = client.get("/cohorts/query")

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.content_type == "application/problem+json"
