"""An app that asks for FHIRcast at its launch is told where the hub is, and may what it was granted."""

import pytest

from app.security.cast_scopes import cast_words, casts_of, events_named, is_cast_scope
from app.security.smart_scopes import scope_words
from tests.app.http.authorization.apps import PASSWORD, App, bearing
from tests.app.http.authorization.conftest import Chart, Ward, chart, kim, ward

__all__ = ["chart", "kim", "ward"]
ASKED = "fhircast/ImagingStudy-open.read fhircast/Patient-open.* launch/patient patient/*.rs"


@pytest.fixture
def app(ward: Ward) -> App:
    """An app that was registered for all of FHIRcast and asks for some of it."""
    registered = ward.register(scope="launch/patient patient/*.rs fhircast/*.*").client.client_id
    return App(ward.client.application.test_client(), registered, ASKED)


def subscribe(ward: Ward, tokens: dict[str, str], events: str) -> int:
    form = {
        "hub.channel.type": "websocket",
        "hub.mode": "subscribe",
        "hub.topic": tokens["hub.topic"],
        "hub.events": events,
    }
    return ward.client.post("/fhircast", data=form, headers=bearing(tokens)).status_code


def test_an_app_is_told_its_topic_and_may_what_it_was_granted(ward: Ward, app: App, kim: Chart) -> None:
    tokens = app.tokens(ward.person(), kim.patient)

    assert tokens["hub.url"] == "http://127.0.0.1:8042/fhircast"
    assert set(ASKED.split()) == set(tokens["scope"].split())
    own = ward.client.get("/fhircast", headers=bearing(tokens)).get_json()
    assert own["hub.topic"] == tokens["hub.topic"]
    assert subscribe(ward, tokens, "ImagingStudy-open,DiagnosticReport-open") == 202
    assert subscribe(ward, tokens, "DiagnosticReport-open") == 403


def test_an_app_sends_only_what_it_was_granted(ward: Ward, app: App, kim: Chart) -> None:
    tokens = app.tokens(ward.person(), kim.patient)
    patient = {"key": "patient", "resource": {"resourceType": "Patient", "id": kim.patient}}

    def send(name: str) -> int:
        event = {"hub.topic": tokens["hub.topic"], "hub.event": name, "context": [patient]}
        body = {"timestamp": "2026-11-30T12:00:00Z", "id": name, "event": event}
        return ward.client.post("/fhircast", json=body, headers=bearing(tokens)).status_code

    assert (send("Patient-open"), send("Patient-close")) == (202, 403)


def test_an_app_that_asks_for_none_is_told_nothing(ward: Ward, kim: Chart) -> None:
    tokens = ward.app().tokens(ward.person(), kim.patient)

    assert "hub.topic" not in tokens
    topic = ward.client.get("/fhircast", headers=bearing(tokens)).get_json()["hub.topic"]
    assert subscribe(ward, {**tokens, "hub.topic": topic}, "Patient-open") == 403


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("fhircast/Patient-open.read", True),
        ("fhircast/patient-OPEN.*", True),
        ("fhircast/*.write", True),
        ("fhircast/ImagingStudy-*.read", True),
        ("fhircast/Weather-open.read", False),
        ("fhircast/Patient-open", False),
        ("fhircast/", False),
    ],
)
def test_words_of_scopes_are_read(word: str, known: bool) -> None:
    assert is_cast_scope(word) is known


def test_wild_cards_stand_for_events_and_registration_covers_what_is_asked() -> None:
    assert events_named("Patient-*") == ("Patient-open", "Patient-close")
    assert len(events_named("*")) == 10
    assert casts_of(["fhircast/Patient-open.*"]) == {"Patient-open.read", "Patient-open.write"}
    asked = scope_words("fhircast/*.read fhircast/Patient-open.write").others
    assert cast_words(asked, ("fhircast/*.read",)) == ("fhircast/*.read",)


def test_who_agrees_reads_once_what_it_lets_an_app_do(ward: Ward, app: App, kim: Chart) -> None:
    page = app.send(app.ask(), name=ward.person(), password=PASSWORD)
    page = app.send(page, patient=kim.patient)

    assert page.text.count("follow which patient, study and report you open") == 1
    assert page.text.count("open and close patients, studies and reports in your other applications") == 1
