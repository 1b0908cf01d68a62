"""Bulk export and import: from what is asked to the files, under the rights of who asked."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.config import Config
from app.security.demo import demo_name
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.bulk import bulk_files, bulk_kinds
from app.wiring.web import web_app
from app.work.bulk import exporting
from app.work.bulk.withdrawing import withdrawn
from app.work.doing import JobDoer
from graph.clock import instant, now
from graph.jobs.claims import ClaimStore
from graph.jobs.records import JobState
from graph.session import Graph
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir
from tests.factories.dicom import ct_instance
from tests.factories.fhir import (
    condition,
    encounter,
    observation,
    organization,
    patient,
    practitioner,
    reference,
)

TYPES_BESIDE = {"Location", "Organization", "Practitioner", "PractitionerRole"}
ASYNC = {"Prefer": "respond-async"}
ODD = (
    '{"resourceType":"Observation","id":"odd","status":"final","subject":{"reference":"Patient/mine"},\n'
    + (' "code":{"text":"weight\\n한글"}, "valueQuantity" : {"value":1.10,"unit":"kg"}}')
)


@pytest.fixture
def app(services: Wiring) -> Flask:
    return web_app(services, ("dicomweb", "fhir"))


@pytest.fixture
def owner(app: Flask, as_role: AsRole) -> Fhir:
    """A client of who may do everything."""
    return Fhir(app.test_client(), as_role("superuser"))


@pytest.fixture
def chart(owner: Fhir) -> Fhir:
    for each in (
        organization(id="clinic"),
        organization(id="elsewhere"),
        patient("P1", id="mine", managingOrganization=reference("Organization/clinic")),
        patient("P2", id="theirs"),
        condition("Patient/mine", id="dx"),
        condition("Patient/theirs", id="other"),
        {"resourceType": "Binary", "id": "note", "contentType": "text/plain", "data": "bm8="},
        {
            "resourceType": "Group",
            "id": "few",
            "type": "person",
            "actual": True,
            "member": [
                {"entity": reference("Patient/mine")},
                {"entity": reference("Patient/theirs"), "inactive": True},
            ],
        },
    ):
        assert owner.send("PUT", f"{each['resourceType']}/{each['id']}", each).status_code == 201, each
    assert owner.send("PUT", "Observation/odd", ODD.encode()).status_code == 201
    return owner


@pytest.fixture
def work(services: Wiring, graph: Graph) -> Any:
    """Does the jobs that are due."""
    doer = JobDoer(ClaimStore(graph), bulk_kinds(services), system_scope(services.sites.own.tenant))
    return lambda: doer.do_due("worker", Event())


def test_the_audit_is_exported_by_name_to_who_reads_it(
    chart: Fhir, work: Any, services: Wiring, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_FIRST", 3)
    services.recorder.close()
    services.audit_mover.move()
    noted = {each["resource"]["id"] for each in chart.get("AuditEvent?_count=100").get_json()["entry"]}

    found = exported(chart, work, "$export?_type=AuditEvent,Binary")

    assert found == {*(f"AuditEvent/{each}" for each in noted), "Binary/note"}
    assert not any(each.startswith("AuditEvent/") for each in exported(chart, work, "$export"))
    for path in ("Patient/$export?_type=AuditEvent", "$export?_type=AuditEvent&_typeFilter=AuditEvent?x=y"):
        assert chart.get(path, **ASYNC).status_code == 400
    exporter = Fhir(chart.client, as_role("fhir-exporter"))
    assert exporter.get("$export?_type=AuditEvent", **ASYNC).status_code == 403


def asked(record: Fhir, path: str, body: Any = None, **headers: str) -> str:
    """The address where a job is watched that was asked for."""
    answer = record.send("POST" if body is not None else "GET", path, body, **{**ASYNC, **headers})
    assert answer.status_code == 202, answer.text
    return answer.headers["Content-Location"]


def file_of(record: Fhir, url: str) -> TestResponse:
    return record.client.get(url.partition("8042")[2], headers=record.headers, buffered=True)


def lines_of(record: Fhir, manifest: Mapping[str, Any], section: str = "output") -> list[str]:
    return [line for each in manifest[section] for line in file_of(record, each["url"]).text.splitlines()]


def names_in(lines: Iterable[str]) -> set[str]:
    return {f"{each['resourceType']}/{each['id']}" for each in map(json.loads, lines)}


def exported(record: Fhir, work: Any, path: str, body: Any = None) -> set[str]:
    address = asked(record, path, body)
    work()
    return names_in(lines_of(record, record.get(address).get_json()))


def test_an_export_is_asked_for_watched_fetched_and_withdrawn(chart: Fhir, work: Any) -> None:
    address = asked(chart, "$export")
    waiting = chart.get(address)
    work()
    done = chart.get(address)
    manifest = done.get_json()
    first = file_of(chart, manifest["output"][0]["url"])

    assert (waiting.status_code, done.status_code) == (202, 200)
    assert {"X-Progress", "Retry-After"} <= set(waiting.headers.keys())
    assert done.headers["Expires"].endswith("GMT")
    assert manifest["requiresAccessToken"] is True
    assert manifest["request"].endswith("/fhir/$export")
    assert first.content_type == "application/fhir+ndjson"
    assert sum(each["count"] for each in manifest["output"]) == len(lines_of(chart, manifest))
    assert chart.client.get(manifest["output"][0]["url"].partition("8042")[2]).status_code == 401

    assert chart.send("DELETE", address).status_code == 202
    assert chart.get(address).status_code == 404
    assert chart.get(manifest["output"][0]["url"]).status_code == 404


def test_each_line_is_the_text_that_is_served(chart: Fhir, work: Any) -> None:
    address = asked(chart, "$export?_type=Observation")
    work()
    (line,) = lines_of(chart, chart.get(address).get_json())

    assert line == chart.get("Observation/odd").text.replace("\n", " ")
    assert '"value":1.10' in line


def test_a_study_is_exported_as_its_pictures_say(chart: Fhir, work: Any, services: Wiring) -> None:
    scope = system_scope(services.sites.own.tenant, "modality")
    services.ingest.store(scope, [(ct_instance(patient_id="P9", study_uid="1.2.826.0.1.79"),)])
    address = asked(chart, "$export?_type=ImagingStudy")
    work()
    (line,) = lines_of(chart, chart.get(address).get_json())

    assert json.loads(line)["numberOfInstances"] == 1
    assert line == chart.get(f"ImagingStudy/{json.loads(line)['id']}").text


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$export?_type=Patient,Binary", {"Patient/mine", "Patient/theirs", "Binary/note"}),
        (
            "Patient/$export?_type=Patient,Condition,Organization,Binary",
            {
                "Patient/mine",
                "Patient/theirs",
                "Condition/dx",
                "Condition/other",
                "Organization/clinic",
            },
        ),
        (
            "Group/few/$export",
            {"Patient/mine", "Condition/dx", "Observation/odd", "Organization/clinic", "Group/few"},
        ),
        ("$export?_type=Organization&_typeFilter=Organization?_id=clinic,elsewhere", None),
        ("$export?_typeFilter=Condition?subject=Patient/mine&_type=Condition", {"Condition/dx"}),
        ("$export?_since=2999-01-01T00:00:00Z", set()),
        ("$export?_until=2020-01-01T00:00:00Z", set()),
    ],
)
def test_an_export_has_what_was_asked_for(chart: Fhir, work: Any, path: str, found: set[str] | None) -> None:
    expected = {"Organization/clinic", "Organization/elsewhere"} if found is None else found
    assert exported(chart, work, path) == expected


def test_an_export_has_the_elements_that_were_asked_for(chart: Fhir, work: Any) -> None:
    address = asked(chart, "$export?_type=Patient,Organization&_elements=id,Patient.gender")
    work()
    lines = [json.loads(each) for each in lines_of(chart, chart.get(address).get_json())]
    kept = {each["resourceType"]: set(each) - {"resourceType", "meta"} for each in lines}

    assert kept == {"Patient": {"id", "gender"}, "Organization": {"id"}}


def test_an_export_of_some_patients(chart: Fhir, work: Any) -> None:
    def of(name: str) -> dict[str, Any]:
        whom = {"name": "patient", "valueReference": reference(name)}
        return {
            "resourceType": "Parameters",
            "parameter": [whom, {"name": "_type", "valueString": "Condition"}],
        }

    assert exported(chart, work, "Patient/$export", of("Patient/theirs")) == {"Condition/other"}
    for path, name in (("Group/few/$export", "Patient/theirs"), ("Patient/$export", "Patient/nobody")):
        assert chart.send("POST", path, of(name), **ASYNC).status_code == 400, path


@pytest.mark.parametrize("of", ["Patient", "Group/few"])
def test_what_patients_need_is_followed_as_far_as_it_leads(chart: Fhir, work: Any, of: str) -> None:
    role = {"individual": reference("PractitionerRole/role")}
    chart.hold(
        organization("House", id="house"),
        organization("Ward", id="ward", partOf=reference("Organization/house")),
        {"resourceType": "Location", "id": "room", "managingOrganization": reference("Organization/ward")},
        practitioner(id="doctor"),
        practitioner(id="stranger"),
        {"resourceType": "PractitionerRole", "id": "role", "practitioner": reference("Practitioner/doctor")},
        encounter(
            "Patient/mine",
            id="stay",
            participant=[role],
            location=[{"location": reference("Location/room")}],
        ),
    )
    beside = {"Location/room", "PractitionerRole/role", "Practitioner/doctor"}
    above = {"Organization/clinic", "Organization/ward", "Organization/house"}

    whole = exported(chart, work, f"{of}/$export")
    assert {name for name in whole if name.partition("/")[0] in TYPES_BESIDE} == beside | above
    alone = f"{of}/$export?_type=Practitioner,Organization&_typeFilter=Organization?name=House,Elsewhere"
    assert exported(chart, work, alone) == {"Practitioner/doctor", "Organization/house"}


def test_what_changes_meanwhile_is_exported_as_it_was(chart: Fhir, work: Any) -> None:
    address = asked(chart, "$export?_type=Condition")
    chart.send("PUT", "Condition/dx", condition("Patient/mine", id="dx", clinical=None))
    chart.send("PUT", "Condition/late", condition("Patient/mine", id="late"))
    chart.send("DELETE", "Condition/other")
    work()
    lines = [json.loads(each) for each in lines_of(chart, chart.get(address).get_json())]

    assert {each["id"]: each["meta"]["versionId"] for each in lines} == {"dx": "1", "other": "1"}


def test_what_was_deleted_since_is_told(chart: Fhir, work: Any) -> None:
    since = instant(now())
    chart.send("DELETE", "Condition/other")
    address = asked(chart, f"$export?_since={since}")
    work()
    manifest = chart.get(address).get_json()

    (gone,) = map(json.loads, lines_of(chart, manifest, "deleted"))
    assert gone["entry"] == [{"request": {"method": "DELETE", "url": "Condition/other"}}]
    assert manifest["output"] == []


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$export?_type=Nothing", "_type"),
        ("$export?_outputFormat=text/csv", "_outputFormat"),
        ("$export?_typeFilter=Patient", "_typeFilter"),
        ("$export?_typeFilter=Patient?colour=red", "colour"),
        ("$export?_since=yesterday", "_since"),
        ("$export?colour=red", "colour"),
    ],
)
def test_what_cannot_be_exported_is_refused(chart: Fhir, path: str, place: str) -> None:
    answer = chart.get(path, **ASYNC)

    assert (answer.status_code, answer.get_json()["issue"][0]["expression"]) == (400, [place])
    assert chart.get("$export").status_code == 400  # without Prefer
    assert chart.get("Group/nobody/$export", **ASYNC).status_code == 404


def test_an_export_is_of_who_asked_and_of_administrators(
    chart: Fhir, work: Any, as_role: AsRole, services: Wiring
) -> None:
    service = Fhir(chart.client, as_role("service"))
    address, mine = asked(service, "$export?_type=Binary"), asked(chart, "$export?_type=Binary")
    work()
    url = service.get(address).get_json()["output"][0]["url"]

    assert file_of(chart, url).status_code == chart.get(address).status_code == 200
    for path in (mine, chart.get(mine).get_json()["output"][0]["url"], url.replace("export-", "export-0")):
        assert file_of(service, path).status_code == 404
    assert service.send("DELETE", mine).status_code == 404
    assert Fhir(chart.client, as_role("clinician")).get("$export", **ASYNC).status_code == 403


def test_who_was_disabled_meanwhile_gets_no_export(
    chart: Fhir, work: Any, as_role: AsRole, services: Wiring
) -> None:
    service = Fhir(chart.client, as_role("service"))
    address = asked(service, "$export")
    scope = system_scope(services.sites.own.tenant)
    services.accounts.switch(scope, demo_name("service"), disabled=True)
    work()

    assert chart.get(address).status_code == 500
    assert "account" in chart.get(address).get_json()["issue"][0]["diagnostics"]


def test_an_export_says_whose_record_it_was(chart: Fhir, work: Any, services: Wiring) -> None:
    asked(chart, "$export?_type=Condition")
    work()
    services.recorder.close()
    services.audit_mover.move()
    found = chart.get("AuditEvent?patient=mine").get_json()

    told = [each["resource"] for each in found["entry"]]
    assert any("export" in json.dumps(each) for each in told)


def test_files_expire(chart: Fhir, work: Any, services: Wiring, config: Config) -> None:
    address = asked(chart, "$export")
    work()
    (expired,) = bulk_files(services).older(-1.0)
    bulk_files(services).remove(expired)

    assert chart.get(address).status_code == 404


def sent(record: Fhir, lines: Iterable[str]) -> TestResponse:
    return record.client.post(
        "/fhir/$import",
        data="\n".join(lines).encode(),
        headers={**record.headers, **ASYNC, "Content-Type": "application/fhir+ndjson"},
    )


def test_lines_are_imported_once_however_often_they_are_sent(owner: Fhir, work: Any) -> None:
    lines = [json.dumps(patient(f"P{number}", id=f"p{number}")) for number in range(3)]
    lines += [ODD.replace("\n", " "), "", json.dumps(condition("Patient/p1", id="dx")), lines[0]]
    counts = []
    for _ in range(2):
        address = sent(owner, lines).headers["Content-Location"]
        work()
        told = owner.get(address).get_json()
        counts.append({each["state"]: each["count"] for each in told["output"]})

    assert counts == [{"created": 5, "known": 1}, {"known": 6}]
    assert '"value":1.10' in owner.get("Observation/odd").text
    assert owner.get("Patient/p0").get_json()["meta"]["versionId"] == "1"


def test_an_import_is_withdrawn_before_after_and_as_it_ends(owner: Fhir, work: Any, services: Wiring) -> None:
    scope, files = system_scope(services.sites.own.tenant), bulk_files(services)
    line = [json.dumps(patient("P1", id="a"))]
    waiting, done, ending = (sent(owner, line).headers["Content-Location"] for _ in range(3))
    stale = services.jobs.own(scope, ending.rpartition("/")[2])

    assert owner.send("DELETE", waiting).status_code == 202
    assert not files.exists(waiting.rpartition("/")[2])
    work()
    assert owner.get(done).status_code == 200
    assert owner.send("DELETE", done).status_code == 202
    assert withdrawn(services.jobs, files, scope, stale)
    for address in (waiting, done, ending):
        assert owner.get(address).status_code == 404
        assert owner.send("DELETE", address).status_code == 404
    assert owner.get("Patient/a").status_code == 200


def test_a_line_that_is_wrong_is_told_with_its_number(owner: Fhir, work: Any) -> None:
    wrong = [json.dumps(patient()), "{", json.dumps({**patient(id="x"), "gender": "red"})]
    address = sent(owner, [json.dumps(patient(id="good")), *wrong]).headers["Content-Location"]
    work()
    report = owner.get(address).get_json()

    told = [json.loads(each) for each in lines_of(owner, report, "error")]
    assert [each["extension"][0]["valueString"] for each in told] == ["1:2", "1:3", "1:4"]
    assert told[2]["issue"][0]["expression"] == ["Patient.gender"]
    assert owner.get("Patient/good").status_code == 200


def test_nothing_is_fetched_from_elsewhere(owner: Fhir) -> None:
    for url in ("http://169.254.169.254/latest", "file:///etc/passwd", "http://user@127.0.0.1/"):
        source = {"name": "input", "part": [{"name": "url", "valueUrl": url}]}
        answer = owner.send("POST", "$import", {"resourceType": "Parameters", "parameter": [source]}, **ASYNC)
        assert answer.status_code == 403, url


def test_what_was_half_done_goes_on(chart: Fhir, services: Wiring, graph: Graph, work: Any) -> None:
    """A step that was written and not kept, as a killed worker leaves it, is written again over itself."""
    address = asked(chart, "$export?_type=Condition,Patient")
    job_id = address.rpartition("/")[2]
    with bulk_files(services).held(job_id) as folder:
        folder.write("Condition-1.ndjson", 0, b"half a line that was not kept")
        folder.write("Observation-1.ndjson", 0, b"{}\n")
    work()
    manifest = chart.get(address).get_json()

    assert names_in(lines_of(chart, manifest)) == {
        "Condition/dx",
        "Condition/other",
        "Patient/mine",
        "Patient/theirs",
    }
    assert services.jobs.find(system_scope(services.sites.own.tenant), job_id).state is JobState.SUCCEEDED
    assert not list(Path(services.config.home).glob("bulk/*/Observation*"))


def test_one_writer_at_a_time(chart: Fhir, services: Wiring, work: Any) -> None:
    address = asked(chart, "$export")
    job_id = address.rpartition("/")[2]
    with bulk_files(services).held(job_id):
        work()
        assert chart.get(address).status_code == 202
    assert services.jobs.find(system_scope(services.sites.own.tenant), job_id).error == "unavailable"


def test_observations_of_several_pages(owner: Fhir, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.work.bulk.exporting._FIRST", 2)
    monkeypatch.setattr("app.work.bulk.exporting._MOST", 2)
    lines = [json.dumps(observation("Patient/p", id=f"o{number}")) for number in range(7)]
    sent(owner, [json.dumps(patient(id="p")), *lines])
    work()

    assert exported(owner, work, "$export?_type=Observation") == {f"Observation/o{each}" for each in range(7)}
