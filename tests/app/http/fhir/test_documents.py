"""Documents: a composition with what it refers to, and the summary of a patient."""

import json
from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir
from tests.factories.fhir import (
    LOINC,
    concept,
    condition,
    imaging_study,
    medication_request,
    observation,
    patient,
    practitioner,
    reference,
)

ALLERGY = {
    "resourceType": "AllergyIntolerance",
    "id": "nuts",
    "clinicalStatus": concept("active", "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"),
    "code": {"text": "<nuts> & more"},
    "patient": reference("Patient/p"),
}


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    composition = {
        "resourceType": "Composition",
        "id": "letter",
        "status": "final",
        "type": concept("11503-0", LOINC),
        "subject": reference("Patient/p"),
        "date": "2026-01-02",
        "author": [reference("Practitioner/doctor")],
        "title": "Letter",
        "section": [{"title": "Findings", "entry": [reference("Condition/dx"), reference("Condition/gone")]}],
    }
    weight = (
        '{"resourceType":"Observation","id":"weight","status":"final","subject":{"reference":"Patient/p"},'
        + (
            '"category":[{"coding":[{"code":"vital-signs"}]}],"code":{"text":"weight"},'
            '"effectiveDateTime":"2026-01-01","valueQuantity":{"value":1.10,"unit":"kg"}}'
        )
    )
    for each in (
        patient(id="p"),
        practitioner(id="doctor"),
        condition("Patient/p", id="dx"),
        condition("Patient/p", id="healed", clinical="resolved"),
        condition("Patient/p", id="wrong", verification="entered-in-error", clinical=None),
        medication_request("Patient/p", id="drug", requester=reference("Practitioner/doctor")),
        medication_request("Patient/p", id="stopped", status="stopped"),
        observation("Patient/q", id="theirs"),
        json.loads(weight),
        ALLERGY,
        composition,
    ):
        text = weight if each.get("id") == "weight" else each
        assert fhir.send("PUT", f"{each['resourceType']}/{each['id']}", text).status_code == 201, each
    return fhir


def urls(bundle: Any) -> list[str]:
    return [each["fullUrl"].rpartition("/fhir/")[2] for each in bundle["entry"]]


def test_a_document_is_the_composition_and_what_it_refers_to(record: Fhir) -> None:
    answer = record.get("Composition/letter/$document").get_json()

    assert answer["type"] == "document"
    assert answer["identifier"]["value"].startswith("urn:uuid:")
    assert urls(answer)[0] == "Composition/letter"
    assert sorted(urls(answer)[1:]) == ["Condition/dx", "Patient/p", "Practitioner/doctor"]
    assert record.get("Composition/nobody/$document").status_code == 404
    assert record.get("Bundle").get_json()["total"] == 0


def test_a_document_is_stored_where_a_post_asks_for_it(record: Fhir) -> None:
    given = {"resourceType": "Parameters", "parameter": [{"name": "persist", "valueBoolean": True}]}
    kept = record.send("POST", "Composition/letter/$document", given).get_json()

    assert record.get(f"Bundle/{kept['id']}").get_json() == kept
    assert record.get("Composition/letter/$document?persist=true").status_code == 400


def test_a_summary_has_what_is_active_and_says_what_is_not_known(record: Fhir) -> None:
    answer = record.get("Patient/p/$summary")
    bundle = answer.get_json()
    composition = bundle["entry"][0]["resource"]
    sections = {each["code"]["coding"][0]["code"]: each for each in composition["section"]}
    entries = {
        code: [entry["reference"].rpartition("/")[2] for entry in each.get("entry", ())]
        for code, each in sections.items()
    }

    assert composition["type"]["coding"][0]["code"] == "60591-5"
    assert entries == {
        "48765-2": ["nuts"],
        "10160-0": ["drug"],
        "11450-4": ["dx"],
        "8716-3": ["weight"],
        "11348-0": ["healed"],
    }
    assert "&lt;nuts&gt; &amp; more" in sections["48765-2"]["text"]["div"]
    assert "1.10 kg" in sections["8716-3"]["text"]["div"]
    assert '"value":1.10' in answer.text
    assert {"Patient/p", "Practitioner/doctor", "Condition/dx"} <= set(urls(bundle))
    every = {each["fullUrl"] for each in bundle["entry"]}
    assert {composition["subject"]["reference"], composition["author"][0]["reference"]} <= every
    assert record.send("POST", "Bundle", bundle).status_code == 201


def test_a_summary_tells_of_pictures_plans_and_what_a_report_asked_for(record: Fhir) -> None:
    about = {"subject": reference("Patient/p")}
    report = {
        "resourceType": "DiagnosticReport",
        "id": "read",
        "status": "final",
        "code": {"text": "CT chest"},
        "effectiveDateTime": "2020-01-01",
        "conclusion": "Nodule < 6 mm. Follow-up CT chest in 3 months is recommended.",
        **about,
    }
    order = {"resourceType": "ServiceRequest", "id": "next", "status": "active", "intent": "order", **about}
    flag = {"resourceType": "Flag", "id": "falls", "status": "active", "code": {"text": "falls"}, **about}
    study = imaging_study("Patient/p", id="ct", started="2019-12-31")
    record.hold(study, report, {**order, "code": {"text": "MR knee"}}, flag)

    sections = record.get("Patient/p/$summary").get_json()["entry"][0]["resource"]["section"]
    told = {each["code"]["coding"][0]["code"]: each for each in sections}

    assert {"ImagingStudy/ct", "DiagnosticReport/read"} <= {
        entry["reference"].rpartition("/fhir/")[2] for entry in told["30954-2"]["entry"]
    }
    assert "Follow-up CT chest in 3 months is recommended." in told["18776-5"]["text"]["div"]
    assert "overdue" in told["18776-5"]["text"]["div"]
    assert "MR knee" in told["18776-5"]["text"]["div"]
    assert "falls" in told["104605-1"]["text"]["div"]


def test_a_summary_of_whom_nothing_is_known(fhir: Fhir) -> None:
    fhir.send("PUT", "Patient/new", patient(id="new"))
    sections = fhir.get("Patient/new/$summary").get_json()["entry"][0]["resource"]["section"]

    assert [each["emptyReason"]["coding"][0]["code"] for each in sections] == ["unavailable"] * 3
    assert fhir.get("Patient/nobody/$summary").status_code == 404
