"""Everything about a patient and an encounter: the chart, what it refers to, in pages and under rights."""

import json
from typing import Any

import pytest

from app.security.demo import demo_name
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.accounts.accounts import Granted
from graph.clock import now
from tests.app.conftest import AsRole
from tests.app.http.fhir.conftest import Fhir, link, names
from tests.factories.dicom import ct_instance
from tests.factories.fhir import (
    condition,
    document_reference,
    encounter,
    observation,
    organization,
    patient,
    practitioner,
    reference,
)

ODD = '{"resourceType":"Observation","id":"odd","status":"final","subject":{"reference":"Patient/mine"},' + (
    '"code":{"text":"weight"}, "valueQuantity" : {"value":1.10,"unit":"kg"}}'
)


@pytest.fixture
def chart(fhir: Fhir) -> Fhir:
    """A patient with an encounter, and another who is none of theirs."""
    for each in (
        organization(id="maker"),
        {"resourceType": "Medication", "id": "drug", "manufacturer": reference("Organization/maker")},
        practitioner(id="doctor"),
        patient("P1", id="mine"),
        patient("P2", id="theirs"),
        encounter("Patient/mine", id="visit", participant=[{"individual": reference("Practitioner/doctor")}]),
        condition("Patient/mine", id="old", onsetDateTime="2015-05-01", recordedDate=None),
        condition("Patient/theirs", id="other"),
        observation("Patient/mine", id="value", encounter=reference("Encounter/visit")),
        document_reference("Patient/mine", id="letter", related=["Patient/theirs", "Condition/other"]),
        {
            "resourceType": "MedicationStatement",
            "id": "taken",
            "status": "active",
            "medicationReference": reference("Medication/drug"),
            "subject": reference("Patient/mine"),
        },
        {"resourceType": "Device", "id": "pump", "patient": reference("Patient/mine")},
    ):
        assert fhir.send("PUT", f"{each['resourceType']}/{each['id']}", each).status_code == 201, each
    return fhir


MEMBERS = [
    "Patient/mine",
    "Encounter/visit",
    "Condition/old",
    "Observation/value",
    "DocumentReference/letter",
    "MedicationStatement/taken",
    "Device/pump",
]
REFERRED = ["Organization/maker", "Medication/drug", "Practitioner/doctor"]


def told(record: Fhir, path: str) -> Any:
    answer = record.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json


def every(bundle: Any) -> list[str]:
    return names(bundle) + names(bundle, "include")


def test_a_chart_is_its_compartment_and_what_that_refers_to(chart: Fhir) -> None:
    whole = told(chart, "Patient/mine/$everything")

    assert names(whole) == MEMBERS
    assert names(whole, "include") == REFERRED
    assert whole["total"] == len(MEMBERS)
    assert {each["fullUrl"].rpartition("/fhir/")[2] for each in whole["entry"]} == {*MEMBERS, *REFERRED}


def test_every_byte_is_as_it_was_stored(chart: Fhir) -> None:
    chart.send("PUT", "Observation/odd", ODD)
    stored = chart.get("Observation/odd").text

    assert stored in chart.get("Patient/mine/$everything").text
    assert '"value":1.10' in stored


def test_pages_follow_one_another_without_gap_or_overlap(chart: Fhir) -> None:
    page, found = told(chart, "Patient/mine/$everything?_count=3"), []
    while True:
        found.append(every(page))
        following = link(page, "next")
        if following is None:
            break
        page = told(chart, following)

    assert [len(each) for each in found] == [3, 3, 3, 1]
    assert [name for each in found for name in each] == [*MEMBERS, *REFERRED]


def test_a_page_belongs_to_its_caller_and_its_question(chart: Fhir, as_role: AsRole) -> None:
    following = link(told(chart, "Patient/mine/$everything?_count=3"), "next") or ""

    assert chart.get(following.replace("mine", "theirs")).status_code == 400
    assert chart.get(following.replace("_count=3", "_count=4")).status_code == 400
    assert Fhir(chart.client, as_role("superuser")).get(following).status_code == 400


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("_type=Condition,Practitioner", ["Condition/old", "Practitioner/doctor"]),
        ("_type=Condition&_type=Device", ["Condition/old", "Device/pump"]),
        ("start=2026", [each for each in MEMBERS if each != "Condition/old"] + REFERRED),
        ("end=2015-05&_type=Condition,Observation,Patient", ["Patient/mine", "Condition/old"]),
        ("start=2016&end=2017&_type=Condition,Observation", []),
        ("_since=2999-01-01T00:00:00Z", []),
        ("_since=2020-01-01T00:00:00Z&_type=Device", ["Device/pump"]),
    ],
)
def test_a_chart_is_narrowed(chart: Fhir, asked: str, found: list[str]) -> None:
    assert every(told(chart, f"Patient/mine/$everything?{asked}")) == found


@pytest.mark.parametrize(
    "asked", ["_type=Nothing", "start=yesterday", "_count=0", "_count=x", "colour=red", "_since=1&_since=2"]
)
def test_what_cannot_be_asked_is_refused(chart: Fhir, asked: str) -> None:
    answer = chart.get(f"Patient/mine/$everything?{asked}")

    assert answer.status_code == 400
    assert answer.json["issue"][0]["expression"] == [asked.partition("=")[0]]  # type: ignore[index]


def test_it_may_be_asked_by_parameters(chart: Fhir) -> None:
    asked = {"resourceType": "Parameters", "parameter": [{"name": "_count", "valueInteger": 2}]}
    page = chart.send("POST", "Patient/mine/$everything", asked).get_json()

    assert names(page) == MEMBERS[:2]
    assert names(told(chart, link(page, "next") or "")) == MEMBERS[2:4]


def test_an_encounter_is_what_refers_to_it_and_what_that_refers_to(chart: Fhir) -> None:
    whole = told(chart, "Encounter/visit/$everything")

    assert names(whole) == ["Encounter/visit", "Observation/value"]
    assert names(whole, "include") == ["Practitioner/doctor", "Patient/mine"]


def test_whose_chart_there_is_not(chart: Fhir) -> None:
    chart.send("DELETE", "Patient/theirs")

    assert chart.get("Patient/nobody/$everything").status_code == 404
    assert chart.get("Patient/theirs/$everything").status_code == 410
    assert chart.get("Condition/old/$everything").status_code == 404
    assert chart.get("Encounter/$everything").status_code == 404


def test_the_study_that_pictures_own_is_in_the_chart(chart: Fhir, services: Wiring) -> None:
    scope = system_scope(services.sites.own.tenant, "modality")
    services.ingest.store(
        scope, [(ct_instance(patient_id="P1", study_uid="1.2.826.0.1.78", PatientName="Patient^Test"),)]
    )

    whole = told(chart, "Patient/mine/$everything?_type=ImagingStudy")

    assert [each["resource"]["numberOfInstances"] for each in whole["entry"]] == [1]


@pytest.fixture
def guest(chart: Fhir, services: Wiring, as_role: AsRole) -> Fhir:
    """A teleradiologist with one patient."""
    headers = as_role("teleradiologist")
    scope = system_scope(services.sites.own.tenant)
    services.accounts.grant(scope, demo_name("teleradiologist"), Granted("mine"), now())
    return Fhir(chart.client, headers)


def test_who_has_grants_asks_for_everything_of_them(guest: Fhir, chart: Fhir) -> None:
    assert every(told(guest, "Patient/$everything")) == [*MEMBERS, *REFERRED]
    assert guest.get("Patient/theirs/$everything").status_code == 404
    assert guest.get("Patient/nobody/$everything").status_code == 404
    assert chart.get("Patient/$everything").status_code == 403


def test_what_is_hidden_changes_no_byte(guest: Fhir, chart: Fhir) -> None:
    paths = ("Patient/mine/$everything?_count=4", "Patient/$everything", "Encounter/visit/$everything")
    before = [guest.get(path).text for path in paths]
    chart.send("PUT", "Binary/hidden", {"resourceType": "Binary", "contentType": "text/plain"})
    chart.send("PUT", "Observation/hidden", observation("Patient/theirs", id="hidden"))
    chart.send("PUT", "Condition/other", condition("Patient/theirs", id="other", clinical=None))
    after = [guest.get(path).text for path in paths]

    assert [_without_pages(each) for each in after] == [_without_pages(each) for each in before]


def _without_pages(text: str) -> Any:
    """The answer without its page tokens, which hold the time of day."""
    found = json.loads(text)
    return {**found, "link": [each["relation"] for each in found["link"]]}
