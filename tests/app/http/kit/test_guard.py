"""Deny by default, and one audit entry for every guarded request."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask.views import MethodView

from app.http.kit.guard import access_of, public, requires, unguarded_routes
from tests.app.http.kit.conftest import KeepingRecorder

CLINICIAN = {"Authorization": "Bearer clinician"}
RESEARCHER = {"Authorization": "Bearer researcher"}


def test_a_route_that_declares_nothing_is_named(app: Flask) -> None:
    app.add_url_rule("/secret", view_func=lambda: "x", endpoint="secret", methods=["GET", "POST"])
    assert unguarded_routes(app) == [
        "GET /secret",
        "GET /static/<path:filename>",
        "HEAD /secret",
        "HEAD /static/<path:filename>",
        "POST /secret",
    ]


def test_a_route_that_declares_nothing_does_not_answer_even_when_called(app: Flask) -> None:
    app.add_url_rule("/secret", view_func=lambda: "leak", endpoint="secret")
    assert app.test_client().get("/secret", headers=CLINICIAN).status_code == 500


def test_a_view_class_declares_by_method_or_as_a_whole() -> None:
    class Both(MethodView):
        @requires("fhir.read")
        def get(self) -> str:
            return ""

        def post(self) -> str:
            return ""

    whole = requires("fhir.write")(type("Whole", (Both,), {"put": lambda self: ""}))
    app = Flask("views", static_folder=None)
    app.add_url_rule("/both", view_func=Both.as_view("both"))
    app.add_url_rule("/whole", view_func=whole.as_view("whole"))
    assert unguarded_routes(app) == ["POST /both"]
    declared = access_of(app, "whole", "PUT")
    assert declared is not None
    assert declared.permissions == ("fhir.write",)


def test_only_permissions_of_the_policy_can_be_required() -> None:
    with pytest.raises(ValueError, match=r"fhir\.raed"):
        requires("fhir.raed")
    with pytest.raises(ValueError, match="not permissions"):
        requires()


def test_the_capability_opens_the_route(client: FlaskClient, recorder: KeepingRecorder) -> None:
    answer = client.get("/fhir/Patient/7?name=Kim&birthdate=1970-01-01", headers=CLINICIAN)
    assert answer.json == {"id": "7", "subject": "a-clinician"}
    (entry,) = recorder.entries
    assert entry.status == 200
    assert entry.facts.entities == {"id": "7"}
    assert entry.facts.parameters == ("birthdate", "name")
    assert (entry.facts.action, entry.facts.route) == ("R", "/fhir/Patient/<id>")
    assert entry.facts.interaction == "read_patient"


def test_a_missing_capability_is_403_and_audited(client: FlaskClient, recorder: KeepingRecorder) -> None:
    answer = client.get("/fhir/Patient/7", headers=RESEARCHER)
    assert answer.status_code == 403
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]
    assert [(entry.status, entry.scope.role) for entry in recorder.entries if entry.scope] == [
        (403, "researcher")
    ]


def test_no_token_is_401_and_audited_without_a_name(client: FlaskClient, recorder: KeepingRecorder) -> None:
    assert client.get("/fhir/Patient/7").status_code == 401
    assert [(entry.status, entry.scope) for entry in recorder.entries] == [(401, None)]


def test_a_missing_row_is_404_and_audited(client: FlaskClient, recorder: KeepingRecorder) -> None:
    assert client.get("/fhir/Patient/missing", headers=CLINICIAN).status_code == 404
    assert [entry.status for entry in recorder.entries] == [404]


def test_no_durable_entry_no_answer(client: FlaskClient, recorder: KeepingRecorder) -> None:
    recorder.durable = False
    answer = client.get("/fhir/Patient/7", headers=CLINICIAN)
    assert answer.status_code == 503
    assert "a-clinician" not in answer.text


def test_a_public_route_and_an_unknown_one_leave_no_entry(
    client: FlaskClient, recorder: KeepingRecorder
) -> None:
    client.get("/open?how=memory")
    client.get("/nowhere")
    client.options("/fhir/Patient/7")
    assert recorder.entries == []


def test_public_marks_a_view_that_needs_nothing() -> None:
    app = Flask("open", static_folder=None)
    app.add_url_rule("/", view_func=public(lambda: ""), endpoint="home")
    declared = access_of(app, "home", "GET")
    assert declared is not None
    assert declared.public
