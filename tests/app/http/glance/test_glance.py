"""One patient over HTTP: the glance, the timeline, what changed since, and what bad requests are told."""

from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from app.http.glance.description import CHANGES, GLANCE, TIMELINE
from app.security.scopes import system_scope
from app.wiring import Wiring
from fhir_profiles.definitions.registry import RESOURCE_TYPES, in_patient_compartment
from graph.accounts.accounts import Granted
from graph.clock import now
from tests.app.http.glance.conftest import Reader
from tests.factories.charts import report, study, told, value
from tests.factories.fhir import condition
from tests.factories.minimal import minimal

OF_PATIENTS = sorted(filter(in_patient_compartment, RESOURCE_TYPES - {"Patient", "AuditEvent"}))


def test_a_glance_tells_what_a_reader_asks_first(reader: Reader) -> None:
    found = reader.told("glance")

    assert found["patient"]["reference"] == "Patient/mine"
    assert (found["reason"]["study"], found["reason"]["text"]) == ("ImagingStudy/ct", "osteosarcoma")
    assert told(found["priors"]) == ["ImagingStudy/first"]
    assert [(each["state"], each["interval"]) for each in found["followUps"]] == [("overdue", "in 3 months")]
    assert told(found["problems"]) == ["Condition/dx"]
    assert [each["label"] for each in found["medications"]] == ["Cisplatin"]
    assert told(found["encounters"]) == ["Encounter/visit"]
    assert found["safety"]["creatinine"]["value"] == 0.9
    assert told(found["safety"]["magnet"]) == ["Device/pump"]
    assert found["reports"][0]["impression"].startswith("Nodule, 6 mm.")
    assert "theirs" not in str(found)


def test_a_study_to_be_read_is_named_or_not_there(reader: Reader) -> None:
    assert reader.told("glance", study="first")["priors"] == []
    assert reader.get("glance", study="none").status_code == 404


def test_the_timeline_and_what_has_no_time_leave_nothing_of_everything_out(reader: Reader) -> None:
    reader.write(*(minimal(kind, "Patient/mine", id="least") for kind in OF_PATIENTS))
    found = [*reader.told("timeline")["marks"], *reader.told("timeline", undated="true")["marks"]]

    assert sorted(told(found)) == sorted(reader.everything())
    assert len(found) > len(OF_PATIENTS)


def test_the_timeline_comes_in_pages_and_parts(reader: Reader) -> None:
    whole = told(reader.told("timeline")["marks"])
    first = reader.told("timeline", count=3)
    rest = reader.client.get(first["next"].removeprefix("http://127.0.0.1:8042"), headers=reader.headers)

    assert first["total"] == len(whole)
    assert rest.json is not None
    assert [*told(first["marks"]), *told(rest.json["marks"])] == whole[:6]
    assert told(reader.told("timeline", lane="imaging", to="2024-12")["marks"]) == ["ImagingStudy/first"]
    assert told(reader.told("timeline", **{"lane": "imaging,reports", "from": "2025-05-02"})["marks"]) == [
        "DiagnosticReport/r",
        "ImagingStudy/ct",
    ]


def test_a_timeline_that_cannot_be_understood_is_refused_where_it_says_so(reader: Reader) -> None:
    for name, wrong in (
        *(("count", each) for each in ("0", "x", "10001", "٣")),
        *(("from", each) for each in ("yesterday", "2026-13")),
        *(("to", ""), ("after", "-1"), ("lane", "none"), ("undated", "1"), ("other", "1")),
    ):
        answer = reader.get("timeline", **{name: wrong})

        assert (answer.status_code, answer.json and answer.json["location"]) == (400, [name]), (name, wrong)


def test_nothing_changed_for_who_never_read_the_patient(reader: Reader) -> None:
    found = reader.told("changes")

    assert found["since"] is None
    assert found["counts"] == {"new": 0, "changed": 0, "gone": 0}


def test_what_came_changed_and_went_since_is_told_and_nothing_else(reader: Reader) -> None:
    assert reader.mark(state=reader.told("changes")["state"]).status_code == 204
    reader.write(
        study("new", "2025-09-01"),
        condition("Patient/theirs", id="elsewhere"),
        report("r", "2025-05-02", "IMPRESSION: Nodule, 8 mm.", of="ct", status="corrected"),
    )
    reader.delete("Observation/lab")

    found = reader.told("changes")

    assert found["since"] is not None
    assert (told(found["new"]), told(found["changed"])) == (["ImagingStudy/new"], ["DiagnosticReport/r"])
    assert [(each["reference"], each["kind"]) for each in found["gone"]] == [
        ("Observation/lab", "Observation")
    ]
    assert found["changed"][0]["statusBefore"] == "final"
    assert ["added", "8"] in found["changed"][0]["changes"]


def test_each_reader_has_marks_of_their_own(reader: Reader, reader_of: Callable[[str], Reader]) -> None:
    reader.mark()
    reader.write(value("later", "2025-09-01", "2160-0", 1.0))

    assert reader.told("changes")["counts"]["new"] == 1
    assert reader_of("superuser").told("changes")["since"] is None


def test_what_came_while_the_changes_were_read_is_not_passed_over(reader: Reader) -> None:
    state = reader.told("changes")["state"]
    reader.write(value("later", "2025-09-01", "2160-0", 1.0))

    assert reader.mark(state=state).status_code == 409
    assert reader.told("changes")["since"] is None
    assert reader.mark(state="?" * 5_000).status_code == 413
    assert reader.mark(other="x").status_code == 400


def test_what_is_hidden_changes_no_byte(reader: Reader, services: Wiring) -> None:
    scope = system_scope(services.sites.own.tenant)
    name = "granted"
    services.accounts.add(scope, name, "teleradiologist", None, now())
    services.accounts.grant(scope, name, Granted(patient="mine"), now())
    token = services.issuer.issue(name, scope.tenant, now=now() // 1_000_000, token_id="t", lifetime=600)
    guest = Reader(reader.client, {"Authorization": f"Bearer {token}"})
    paths = ("glance", "timeline", "timeline?undated=true", "changes")
    guest.mark()
    before = [guest.get(each).data for each in paths]

    reader.write(
        condition("Patient/theirs", id="hidden"),
        study("x", "2026-01-01", subject={"reference": "Patient/theirs"}),
    )
    reader.delete("Condition/other")

    assert [guest.get(each).data for each in paths] == before
    assert guest.client.get("/patients/theirs/glance", headers=guest.headers).status_code == 404


def test_a_patient_who_is_not_there_is_not_found(reader: Reader) -> None:
    for path in ("glance", "timeline", "changes"):
        assert reader.client.get(f"/patients/none/{path}", headers=reader.headers).status_code == 404
    assert reader.client.put("/patients/none/read-mark", headers=reader.headers).status_code == 404


def test_answers_are_as_the_api_describes_them(reader: Reader) -> None:
    for operation, path in ((GLANCE, "glance"), (TIMELINE, "timeline"), (CHANGES, "changes")):
        Draft202012Validator(operation.answers[200]).validate(reader.told(path))


def test_a_chart_that_needs_an_export_is_refused(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.resources.compartments.MOST_MEMBERS", 3)

    assert reader.get("glance").status_code == 413
