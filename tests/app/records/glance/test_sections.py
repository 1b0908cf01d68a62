"""What the lists of a glance hold: problems, drugs, care, values, reports, what has to be known before."""

from typing import Any

import pytest

from app.records.glance.care import encounters, implants, operations
from app.records.glance.labs import lab_series
from app.records.glance.medications import medications
from app.records.glance.problems import problems
from app.records.glance.reports import filed_reports, pathology, report_entries
from app.records.glance.safety import safety
from tests.factories.charts import chart_of, named, report, study, told, value
from tests.factories.fhir import patient


def coded(code: str, text: str = "") -> dict[str, Any]:
    return {"coding": [{"code": code}], **({"text": text} if text else {})}


def problem(name: str, text: str, clinical: str = "active", **elements: Any) -> dict[str, Any]:
    return named("Condition", name, code={"text": text}, clinicalStatus=coded(clinical), **elements)


def drug(name: str, text: str, status: str = "active", **elements: Any) -> dict[str, Any]:
    what = {"medicationCodeableConcept": {"text": text}}
    return named(
        "MedicationRequest", name, status=status, intent="order", authoredOn="2026-01-01", **what, **elements
    )


NCIT = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"


def test_a_problem_that_was_written_down_twice_is_one_since_the_first_time() -> None:
    chart = chart_of(
        problem("new", "Diabetes", onsetDateTime="2020"),
        problem("old", "diabetes", onsetDateTime="2010"),
        problem("past", "Pneumonia", "resolved"),
        problem("not", "Cancer", verificationStatus=coded("refuted")),
    )

    first, second = problems(chart)

    assert (first["reference"], first["start"], first["state"]) == ("Condition/new", "2010", "active")
    assert first["entries"] == ["Condition/new", "Condition/old"]
    assert second["state"] == "past"


def test_drugs_are_bars_that_end_where_something_says_so() -> None:
    supply = {"dispenseRequest": {"expectedSupplyDuration": {"value": 30, "code": "d"}}}
    chart = chart_of(
        drug("a", "Aspirin"),
        drug("b", "Aspirin", "completed", dispenseRequest={"validityPeriod": {"end": "2026-02-01"}}),
        drug("c", "Warfarin", **supply),
        drug("d", "Never", "cancelled"),
    )

    aspirin, warfarin = medications(chart)

    assert (aspirin["label"], aspirin["active"]) == ("Aspirin", True)
    assert {(each["start"], each["end"]) for each in aspirin["bars"]} == {
        ("2026-01-01", None),
        ("2026-01-01", "2026-02-01"),
    }
    assert (warfarin["active"], warfarin["bars"][0]["end"]) == (False, "2026-01-31")


def test_a_drug_behind_a_reference_has_its_name() -> None:
    request = named(
        "MedicationRequest", "r", status="active", medicationReference={"reference": "Medication/m"}
    )
    chart = chart_of(
        request, referred={"Medication/m": {"resourceType": "Medication", "code": {"text": "Cisplatin"}}}
    )

    assert [each["label"] for each in medications(chart)] == ["Cisplatin"]


def test_encounters_say_where_and_why() -> None:
    visit = named(
        "Encounter",
        "e",
        status="finished",
        **{"class": {"code": "EMER"}},
        period={"start": "2026-01-01", "end": "2026-01-02"},
        reasonCode=[{"text": "fall"}],
    )

    (found,) = encounters(chart_of(visit))

    assert (found["setting"], found["reason"], found["end"]) == ("emergency", "fall", "2026-01-02")


def test_operations_are_neither_talk_nor_pictures_and_implants_are_named() -> None:
    chart = chart_of(
        *(
            named("Procedure", name, status="completed", code={"text": text})
            for name, text in (
                ("cut", "Appendectomy"),
                ("talk", "Medication reconciliation"),
                ("ct", "CT of chest"),
            )
        ),
        {
            "resourceType": "Device",
            "id": "hip",
            "type": {"text": "Hip prosthesis"},
            "patient": {"reference": "Patient/mine"},
        },
    )

    assert told(operations(chart)) == ["Procedure/cut"]
    assert [each["label"] for each in implants(chart)] == ["Hip prosthesis"]


def test_values_are_series_by_code_and_unit_and_what_readers_ask_for_comes_first() -> None:
    chart = chart_of(
        value("a", "2026-01-01", "1234-5", 1),
        value("b", "2026-02-01", "1234-5", 2),
        value("c", "2026-01-01", "2160-0", 0.9),
        value("d", "2026-03-01", "2160-0", 80, "umol/L"),
        value("e", "2026-02-01", "2160-0", 1.1),
    )

    series = lab_series(chart)

    assert [(each["key"], each["unit"], each["count"]) for each in series] == [
        ("creatinine", "mg/dL", 2),
        ("creatinine", "umol/L", 1),
        (None, "mg/dL", 2),
    ]
    assert series[0]["points"] == [
        ["2026-01-01", 0.9, "Observation/c"],
        ["2026-02-01", 1.1, "Observation/e"],
    ]
    assert series[0]["latest"]["value"] == 1.1


def test_parts_of_an_observation_are_series_of_their_own() -> None:
    parts = [
        {"code": coded(code), "valueQuantity": {"value": 120, "unit": "mmHg"}}
        for code in ("8480-6", "8462-4")
    ]
    pressure = named(
        "Observation",
        "bp",
        status="final",
        effectiveDateTime="2026-01-01",
        component=parts,
        code=coded("85354-9"),
    )

    assert [each["code"] for each in lab_series(chart_of(pressure))] == ["8462-4", "8480-6"]


def test_a_report_says_what_is_other_than_in_the_one_before_of_its_region_and_kind() -> None:
    chart = chart_of(
        study("new", "2026-02-01"),
        study("old", "2025-02-01"),
        study("knee", "2026-01-01", region="KNEE"),
        report("r3", "2026-02-01", "IMPRESSION: Nodule 8 mm.", of="new"),
        report("r2", "2026-01-01", "IMPRESSION: Normal knee.", of="knee"),
        report("r1", "2025-02-01", "IMPRESSION: Nodule 6 mm.", of="old"),
    )

    newest, *_ = report_entries(filed_reports(chart))

    assert (newest["impression"], newest["before"]) == ("Nodule 8 mm.", "DiagnosticReport/r1")
    assert newest["changes"] == [["same", "Nodule"], ["removed", "6"], ["added", "8"], ["same", "mm."]]


def test_pathology_stands_by_itself() -> None:
    tissue = report("p", "2026-01-01", "Adenocarcinoma.", category=[{"text": "Pathology"}])
    chart = chart_of(tissue, report("r", "2026-01-02", "Mass.", code={"text": "CT chest"}))

    assert told(pathology(chart)) == ["DiagnosticReport/p"]
    assert told(report_entries(filed_reports(chart))) == ["DiagnosticReport/r"]


def test_the_kidneys_are_told_by_the_newest_values_with_their_day() -> None:
    chart = chart_of(
        value("old", "2024-01-01", "33914-3", 90, "mL/min"),
        value("new", "2026-11-01", "33914-3", 28, "mL/min"),
        value("c", "2026-11-02", "2160-0", 2.1),
    )

    found = safety(chart)

    assert (found["egfr"]["value"], found["egfr"]["start"], found["egfr"]["daysAgo"]) == (
        28,
        "2026-11-01",
        21,
    )
    assert found["creatinine"]["value"] == 2.1


@pytest.mark.parametrize(
    ("gender", "number", "unit", "rate"),
    [("female", 1.0, "mg/dL", 66), ("male", 88.42, "umol/L", 88), ("male", 0, "mg/dL", None)],
)
def test_an_egfr_that_nobody_wrote_is_computed_and_says_so(
    gender: str, number: float, unit: str, rate: int | None
) -> None:
    chart = chart_of(
        value("c", "2026-11-02", "2160-0", number, unit),
        person=patient(id="mine", gender=gender, birthDate="1970-02-03"),
    )

    found = safety(chart)["egfr"]

    assert (found and found["value"], found and found["computed"]) == (rate, rate and "CKD-EPI 2021")


@pytest.mark.parametrize(("words", "contrast"), [("Iohexol", True), ("조영제", True), ("Penicillin", False)])
def test_an_allergy_to_contrast_stands_apart(words: str, contrast: bool) -> None:
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": {"reference": "Patient/mine"},
        "code": {"text": words},
        "reaction": [{"manifestation": [{"text": "hives"}]}],
    }

    found = safety(chart_of(allergy))

    assert [len(found[name]) for name in ("contrastAllergies", "allergies")] == (
        [1, 0] if contrast else [0, 1]
    )


def test_metformin_and_what_is_in_the_way_of_a_magnet_are_named() -> None:
    pacemaker = {"resourceType": "Device", "id": "p", "patient": {"reference": "Patient/mine"}}
    chart = chart_of(
        drug("m", "Metformin 500 mg"),
        {**pacemaker, "type": {"text": "Cardiac pacemaker, MR conditional"}},
        named("Procedure", "c", status="completed", code={"text": "인공와우 이식"}),
    )

    found = safety(chart)

    assert found["metformin"]["reference"] == "MedicationRequest/m"
    assert [(each["reference"], each["conditional"]) for each in found["magnet"]] == [
        ("Device/p", True),
        ("Procedure/c", False),
    ]


@pytest.mark.parametrize(
    ("codes", "told"),
    [(["C106046"], [True]), (["C106047"], [False]), (["C113844"], [False]), (["C106045"], []), ([], [])],
    ids=["conditional", "unsafe", "not labelled", "safe", "nothing said"],
)
def test_a_device_is_in_the_way_of_a_magnet_by_what_it_says_itself(
    codes: list[str], told: list[bool]
) -> None:
    chart = chart_of(
        {
            "resourceType": "Device",
            "id": "p",
            "patient": {"reference": "Patient/mine"},
            "type": {"text": "Distal femoral prosthesis"},
            "safety": [{"coding": [{"system": NCIT, "code": each}]} for each in codes],
        }
    )

    assert [each["conditional"] for each in safety(chart)["magnet"]] == told


@pytest.mark.parametrize(
    ("person", "observed", "state"),
    [
        ({"birthDate": "1990-01-01"}, [], "unknown"),
        ({"birthDate": "1990-01-01", "gender": "male"}, [], None),
        ({"birthDate": "1940-01-01"}, [], None),
        ({"birthDate": "1990-01-01"}, [("2026-10-01", "77386006")], "pregnant"),
        ({"birthDate": "1990-01-01"}, [("2026-10-01", "60001007")], "not pregnant"),
        ({"birthDate": "1990-01-01"}, [("2024-10-01", "77386006")], "unknown"),
    ],
)
def test_pregnancy_is_told_of_today(
    person: dict[str, Any], observed: list[tuple[str, str]], state: str | None
) -> None:
    seen = [
        named(
            "Observation",
            f"o{at}",
            status="final",
            code=coded("82810-3"),
            effectiveDateTime=day,
            valueCodeableConcept=coded(code),
        )
        for at, (day, code) in enumerate(observed)
    ]

    found = safety(chart_of(*seen, person=patient(id="mine", **person)))["pregnancy"]

    assert (found and found["state"]) == state
