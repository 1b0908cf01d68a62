"""A workitem is a Task: both windows show one node, and FHIR search finds it (docs/worklist.md)."""

from typing import Any

import orjson
import pytest
from flask import Flask

from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.http.dicomweb.working import UpsClient
from tests.factories.workitems import code, new_uid, tag


@pytest.fixture
def app(services: Wiring) -> Flask:
    return web_app(services)


def task_of(ups: UpsClient, uid: str) -> dict[str, Any]:
    found = ups.http.get(f"/fhir/Task?identifier=urn:oid:{uid}", headers=ups.headers)
    (entry,) = found.get_json()["entry"]
    return dict(entry["resource"])


def test_the_task_is_in_step_with_every_change(ups: UpsClient) -> None:
    uid, transaction = ups.create(), new_uid()
    before = task_of(ups, uid)
    ups.change(uid, "IN PROGRESS", transaction)
    during = task_of(ups, uid)
    ups.send("POST", f"/{uid}/cancelrequest")
    asked = task_of(ups, uid)
    ups.change(uid, "CANCELED", transaction)
    after = task_of(ups, uid)

    assert [each["status"] for each in (before, during, after)] == ["requested", "in-progress", "cancelled"]
    assert before["priority"] == "urgent"
    assert before["code"]["coding"][0]["code"] == "110005"
    assert before["restriction"]["period"]["start"].startswith("2026-11-22T09:00:00")
    assert asked["businessStatus"]["text"] == "cancellation requested"
    assert [int(each["meta"]["versionId"]) for each in (before, during, asked, after)] == [1, 2, 3, 4]
    assert transaction not in orjson.dumps(after).decode()


def test_the_task_is_of_the_patient_the_study_and_the_order(ups: UpsClient) -> None:
    headers = {**ups.headers, "Content-Type": "application/fhir+json"}
    patient = {"resourceType": "Patient", "identifier": [{"system": "urn:hilum:mrn", "value": "W-7"}]}
    made = ups.http.post("/fhir/Patient", json=patient, headers=headers).get_json()
    order = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "identifier": [{"value": "ACC-7"}],
        "subject": {"reference": f"Patient/{made['id']}"},
    }
    ordered = ups.http.post("/fhir/ServiceRequest", json=order, headers=headers).get_json()
    performer = {"resourceType": "Practitioner", "id": "kim"}
    assert ups.http.put("/fhir/Practitioner/kim", json=performer, headers=headers).status_code == 201
    uid = ups.create(
        PatientID="W-7",
        ReferencedRequestSequence=({"AccessionNumber": "ACC-7"},),
        ScheduledHumanPerformersSequence=({"HumanPerformerCodeSequence": (code("kim"),)},),
    )

    task = task_of(ups, uid)

    assert task["for"]["reference"] == f"Patient/{made['id']}"
    assert task["basedOn"][0]["reference"] == f"ServiceRequest/{ordered['id']}"
    assert task["owner"]["reference"] == "Practitioner/kim"


def test_the_task_is_changed_as_a_workitem_only(ups: UpsClient) -> None:
    uid = ups.create()
    task = task_of(ups, uid)
    headers = {**ups.headers, "Content-Type": "application/fhir+json"}

    put = ups.http.put(f"/fhir/Task/{task['id']}", json={**task, "status": "completed"}, headers=headers)
    deleted = ups.http.delete(f"/fhir/Task/{task['id']}", headers=headers)

    assert (put.status_code, deleted.status_code) == (422, 422)
    assert ups.retrieve(uid)[tag("ProcedureStepState")]["Value"] == ["SCHEDULED"]
