"""The last observations of each code, and the documents of a patient."""

from typing import Any

import pytest

from tests.app.http.fhir.conftest import Fhir, link, names
from tests.factories.fhir import LOINC, concept, document_reference, observation, patient

LAB = [concept("laboratory", "http://terminology.hl7.org/CodeSystem/observation-category")]


@pytest.fixture
def record(fhir: Fhir) -> Fhir:
    fhir.send("PUT", "Patient/p", patient(id="p"))
    fhir.send("PUT", "Patient/q", patient("P2", id="q"))
    for number, (code, day) in enumerate((("a", 1), ("a", 3), ("a", 2), ("b", 1), ("c", 5))):
        each = observation(
            "Patient/p", code, id=f"{code}{day}", category=LAB, effectiveDateTime=f"2026-01-0{day}"
        )
        assert fhir.send("PUT", f"Observation/{each['id']}", each).status_code == 201, number
    both = {"coding": [{"system": LOINC, "code": "c"}, {"system": "urn:ours", "code": "see"}]}
    for name, code, day in (("both", both, 6), ("ours", concept("see", "urn:ours"), 4)):
        each = observation("Patient/p", id=name, category=LAB, effectiveDateTime=f"2026-01-0{day}")
        fhir.send("PUT", f"Observation/{name}", {**each, "code": code})
    text = observation("Patient/p", id="text", category=LAB, effectiveDateTime="2025-01-01")
    fhir.send("PUT", "Observation/text", {**text, "code": {"text": "something"}})
    fhir.send("PUT", "Observation/theirs", observation("Patient/q", "a", id="theirs", category=LAB))
    return fhir


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("patient=p&category=laboratory", "both a3 b1 text"),
        ("subject=Patient/p&category=laboratory&max=2", "both c5 a3 a2 b1 text"),
        ("patient=p&code=a", "a3"),
        ("patient=p&code=a,b&max=9", "a3 a2 a1 b1"),
        ("patient=nobody&code=a", ""),
    ],
)
def test_the_last_of_each_code_are_found(record: Fhir, asked: str, found: str) -> None:
    answer = record.get(f"Observation/$lastn?{asked}").get_json()

    assert [name.partition("/")[2] for name in names(answer)] == found.split()
    assert answer["total"] == len(found.split())


@pytest.mark.parametrize("asked", ["code=a", "patient=p", "patient=p&code=a&max=0", "patient=p&code=a&x=1"])
def test_it_is_about_somebody_and_something(record: Fhir, asked: str) -> None:
    assert record.get(f"Observation/$lastn?{asked}").status_code == 400


def documents(record: Fhir, asked: str) -> list[str]:
    answer = record.get(f"DocumentReference/$docref?{asked}")
    assert answer.status_code == 200, answer.text
    return [name.partition("/")[2] for name in names(answer.get_json())]


def test_documents_of_a_patient_are_found_by_type_and_time(fhir: Fhir) -> None:
    kinds = {
        "old": ("34133-9", "2020-01-01"),
        "new": ("34133-9", "2026-01-01"),
        "note": ("11506-3", "2026-02-01"),
    }
    fhir.send("PUT", "Patient/p", patient(id="p"))
    for name, (code, day) in kinds.items():
        each = document_reference("Patient/p", id=name, type=concept(code, LOINC), date=f"{day}T00:00:00Z")
        assert fhir.send("PUT", f"DocumentReference/{name}", each).status_code == 201
    coding = {"name": "type", "valueCoding": {"system": LOINC, "code": "11506-3"}}
    given = {"resourceType": "Parameters", "parameter": [{"name": "patient", "valueId": "p"}, coding]}
    page: Any = fhir.get("DocumentReference/$docref?patient=p&start=2019&_count=1").get_json()

    assert documents(fhir, "patient=p") == ["new"]
    assert documents(fhir, "patient=p&start=2026") == ["note", "new"]
    assert documents(fhir, "patient=p&end=2021&type=http://loinc.org|34133-9") == ["old"]
    assert documents(fhir, "patient=q") == []
    assert names(fhir.send("POST", "DocumentReference/$docref", given).get_json()) == [
        "DocumentReference/note"
    ]
    assert names(fhir.get(link(page, "next") or "").get_json()) == ["DocumentReference/new"]
    assert fhir.get("DocumentReference/$docref").status_code == 400
