"""Three-valued answers of every kind of condition, over a few patients written for them."""

from itertools import product
from typing import Any

import pytest

from app.cohorts.evaluation.verdicts import Truth, judge
from app.cohorts.language.question import Deceased, Every, Negated, QuestionNode, Some
from tests.app.cohorts.conftest import Gateway, Json, Open, mission
from tests.factories.dicom import ct_instance
from tests.factories.fhir import (
    RXNORM,
    Resource,
    concept,
    condition,
    diagnostic_report,
    imaging_study,
    medication_request,
    patient,
)

DX: Json = {"condition": {"codes": [{"system": "http://snomed.info/sct", "code": "307576001"}]}}
DX_2026: Json = {"condition": {**DX["condition"], "period": {"start": "2026", "end": "2026"}}}
MALE: Json = {"sex": {"op": "eq", "value": "male"}}
OLD: Json = {"age": {"op": "ge", "value": 60}}
PEOPLE: tuple[Resource, ...] = (
    patient("1", id="woman", birthDate="1990-05-05"),
    patient("2", id="man", gender="male", birthDate="1950-05-05"),
    patient("3", id="nobody-knows", gender="unknown", birthDate=None),
    patient("4", id="unsaid", gender=None, birthDate="1966"),
    patient("5", id="gone", gender="male", birthDate="1940", deceasedDateTime="2026-11-23"),
    patient("6", id="long-gone", birthDate="1930-01-01", deceasedBoolean=True),
)
CHARTS: tuple[Resource, ...] = (
    condition("Patient/woman", id="c1"),
    condition("Patient/man", id="c2", recordedDate=None),
    condition("Patient/unsaid", id="c3", verification="refuted"),
    condition("Patient/gone", id="c4", recordedDate="2020-01-01"),
    medication_request("Patient/woman", id="m1"),
    medication_request("Patient/man", "3639", id="m2", status="entered-in-error"),
    imaging_study("Patient/woman", "1.2.3.1", "CT", id="i1"),
    imaging_study("Patient/man", "1.2.3.2", "MR", id="i2"),
    {**imaging_study("Patient/unsaid", "1.2.3.3", id="i3"), "modality": []},
    diagnostic_report("Patient/woman", id="r1"),
)


@pytest.fixture(scope="module")
def charts(gateways: Open) -> Gateway:
    gateway = gateways()
    gateway.put(*PEOPLE, *({k: v for k, v in each.items() if v != []} for each in CHARTS))
    return gateway


def verdicts(gateway: Gateway, population: Json) -> dict[str, str]:
    answer = gateway.ask(mission(population=population, output={}))
    assert answer["counts"]["matched"] + answer["counts"]["unknown"] == len(answer["patients"])
    return {each["reference"].removeprefix("Patient/"): each["verdict"][0] for each in answer["patients"]}


CASES: dict[str, tuple[Json, dict[str, str]]] = {
    "age": (OLD, {"man": "m", "gone": "m", "long-gone": "m", "nobody-knows": "u", "unsaid": "u"}),
    "younger": (
        {"age": {"op": "lt", "value": 60}},
        {"woman": "m", "nobody-knows": "u", "unsaid": "u"},
    ),
    "between": (
        {"age": {"op": "between", "value": [70, 90]}},
        {"man": "m", "gone": "m", "nobody-knows": "u"},
    ),
    "sex": (MALE, {"man": "m", "gone": "m", "nobody-knows": "u", "unsaid": "u"}),
    "not that sex": (
        {"sex": {"op": "ne", "value": "male"}},
        {"woman": "m", "long-gone": "m", "nobody-knows": "u", "unsaid": "u"},
    ),
    "sex unknown": (
        {"sex": {"op": "in", "value": ["unknown"]}},
        {"nobody-knows": "m", "unsaid": "u"},
    ),
    "deceased": ({"deceased": True}, {"long-gone": "m"}),
    "alive on the day": (
        {"deceased": False},
        {"woman": "m", "man": "m", "nobody-knows": "m", "unsaid": "m", "gone": "m"},
    ),
    "diagnosed": (DX, {"woman": "m", "man": "m", "gone": "m"}),
    "diagnosed in 2026": (DX_2026, {"woman": "m", "man": "u"}),
    "not diagnosed in 2026": (
        {"not": DX_2026},
        {"man": "u", "nobody-knows": "m", "unsaid": "m", "gone": "m", "long-gone": "m"},
    ),
    "undated counts": (
        {"condition": {**DX_2026["condition"], "onMissingDate": "include"}},
        {"woman": "m", "man": "m"},
    ),
    "undated does not count": (
        {"condition": {**DX_2026["condition"], "onMissingDate": "exclude"}},
        {"woman": "m"},
    ),
    "refuted when asked for": (
        {"exists": {"kind": "condition", "verification": ["refuted"]}},
        {"unsaid": "m"},
    ),
    "prescribed": ({"medication": {}}, {"woman": "m"}),
    "scanned by CT": ({"imaging": {"modality": ["CT"]}}, {"woman": "m", "unsaid": "u"}),
    "reported in January": (
        {"report": {"period": {"start": "2026-01-02", "end": "2026-01-02"}}},
        {"woman": "m"},
    ),
    "some of": (
        {"any": [DX_2026, OLD]},
        {"woman": "m", "man": "m", "gone": "m", "long-gone": "m", "nobody-knows": "u", "unsaid": "u"},
    ),
    "all of": ({"all": [MALE, OLD]}, {"man": "m", "gone": "m", "nobody-knows": "u", "unsaid": "u"}),
    "two of three": (
        {"atLeast": {"n": 2, "of": [DX_2026, MALE, OLD]}},
        {"man": "m", "gone": "m", "nobody-knows": "u", "unsaid": "u"},
    ),
    "none of": (
        {"not": {"any": [MALE, OLD]}},
        {"woman": "m", "nobody-knows": "u", "unsaid": "u"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_condition_is_true_false_or_unknown(charts: Gateway, name: str) -> None:
    population, expected = CASES[name]

    assert verdicts(charts, population) == expected


MTX, OTHER = concept("6851", RXNORM), concept("2555", RXNORM)
TAKES: Json = {"medication": {"codes": [{"system": RXNORM, "code": "6851"}]}}


def behind(name: str, reference: Json, *contained: Resource) -> Resource:
    """An order for what a reference leads to."""
    return medication_request(
        f"Patient/{name}",
        id=f"rx-{name}",
        medicationCodeableConcept=None,
        medicationReference=reference,
        contained=list(contained) or None,
    )


def drug(code: Json | None = None, name: str = "drug") -> Resource:
    return {"resourceType": "Medication", "id": name} | ({"code": code} if code else {})


BEHIND: dict[str, tuple[Resource, str | None]] = {
    "contained": (behind("contained", {"reference": "#drug"}, drug(MTX)), "m"),
    "another-contained": (behind("another-contained", {"reference": "#drug"}, drug(OTHER)), None),
    "the-other-of-two": (
        behind("the-other-of-two", {"reference": "#b"}, drug(MTX, "a"), drug(OTHER, "b")),
        None,
    ),
    "contained-without-a-code": (behind("contained-without-a-code", {"reference": "#drug"}, drug()), None),
    "stored": (behind("stored", {"reference": "Medication/mtx"}), "m"),
    "another-stored": (behind("another-stored", {"reference": "Medication/other"}), None),
    "not-arrived": (behind("not-arrived", {"reference": "Medication/nowhere"}), "u"),
    "deleted": (behind("deleted", {"reference": "Medication/gone"}), "u"),
    "elsewhere": (behind("elsewhere", {"reference": "http://elsewhere.example/fhir/Medication/1"}), "u"),
    "identified": (behind("identified", {"identifier": {"system": "urn:drugs", "value": "1"}}), "u"),
    "displayed": (behind("displayed", {"display": "Methotrexate"}), "u"),
    "text-only": (medication_request("Patient/text-only", medicationCodeableConcept={"text": "x"}), None),
    "not-counted": (
        behind("not-counted", {"reference": "Medication/nowhere"}) | {"status": "entered-in-error"},
        None,
    ),
}


@pytest.fixture(scope="module")
def drugs(gateways: Open) -> Gateway:
    gateway = gateways()
    gateway.put(drug(MTX, "mtx"), drug(OTHER, "other"), drug(MTX, "gone"))
    gateway.put(*(patient(None, id=name) for name in BEHIND))
    gateway.put(*({**order, "id": f"rx-{name}"} for name, (order, _) in BEHIND.items()))
    gateway.delete("Medication/gone")
    return gateway


def test_a_drug_that_cannot_be_looked_up_is_neither_taken_nor_not_taken(drugs: Gateway) -> None:
    known = {name: verdict for name, (_, verdict) in BEHIND.items() if verdict}
    otherwise = {name: verdict or "m" for name, (_, verdict) in BEHIND.items() if verdict != "m"}

    assert verdicts(drugs, TAKES) == known
    assert verdicts(drugs, {"not": TAKES}) == otherwise


def test_the_rows_of_a_drug_are_those_that_certainly_are_it(drugs: Gateway) -> None:
    events = {"rx": {"kind": "medication", "codes": TAKES["medication"]["codes"]}}
    output = {"rows": [{"resource": "MedicationRequest", "event": "rx"}]}
    answer = drugs.ask(mission(events=events, population={"exists": "rx"}, output=output))

    assert {row["reference"]: row["code"] for row in answer["rows"]["rx"]} == {
        "MedicationRequest/rx-contained": "6851",
        "MedicationRequest/rx-stored": "6851",
    }


def test_a_drug_that_arrives_settles_it(gateways: Open) -> None:
    gateway = gateways()
    gateway.put(patient(None, id="p"), behind("p", {"reference": "Medication/late"}))
    before = verdicts(gateway, TAKES)
    gateway.put(drug(MTX, "late"))

    assert (before, verdicts(gateway, TAKES)) == ({"p": "u"}, {"p": "m"})


def test_what_decides_are_the_conditions_with_the_value_of_the_whole(charts: Gateway) -> None:
    answer = charts.ask(mission(population={"any": [DX_2026, OLD]}, output={}))
    deciding = {each["reference"]: each["deciding"] for each in answer["patients"]}

    assert deciding["Patient/woman"] == ["$.population.any[0].condition"]
    assert deciding["Patient/man"] == ["$.population.any[1].age"]


def test_rows_may_be_of_any_type_of_the_chart_with_chosen_columns(charts: Gateway) -> None:
    rows: list[dict[str, Any]] = [
        {"resource": "Patient", "columns": ["gender"]},
        {"resource": "Condition", "event": "dx"},
        {"resource": "DiagnosticReport", "as": "reports", "columns": ["status", "code"]},
    ]
    answer = charts.ask(mission(population=DX, output={"rows": rows}))

    assert {row["reference"]: row["gender"] for row in answer["rows"]["patient"]} == {
        "Patient/woman": "female",
        "Patient/man": "male",
        "Patient/gone": "male",
    }
    assert [row["reference"] for row in answer["rows"]["dx"]] == ["Condition/c1"]
    assert answer["rows"]["reports"] == [
        {
            "patient": "Patient/woman",
            "reference": "DiagnosticReport/r1",
            "status": "final",
            "code": "18748-4",
        }
    ]


def test_a_birthday_is_a_day_of_the_site_whichever_window_it_came_by(gateways: Open) -> None:
    gateway = gateways(HILUM_ZONE="Asia/Seoul")
    gateway.put(
        patient("8", id="fhir", birthDate="1980-11-22"), patient("9", id="young", birthDate="1980-11-23")
    )
    gateway.store(
        ct_instance(patient_id="10", PatientBirthDate="19801122", AccessionNumber=None),
        ct_instance(patient_id="11", PatientBirthDate="19801123", AccessionNumber=None),
    )

    answer = gateway.ask(mission(population={"age": {"op": "gt", "value": 45}}, output={}))

    assert answer["counts"] == {"matched": 2, "unknown": 0}


def test_counts_may_be_left_out(charts: Gateway) -> None:
    answer = charts.ask(mission(population=DX, output={"count": False}))

    assert answer["counts"] == {"matched": None, "unknown": None}


A, B, C = (Deceased(name, True) for name in "ABC")
TREES: tuple[tuple[QuestionNode, Any], ...] = (
    (Every("", (A, B, C)), min),
    (Some("", 1, (A, B, C)), max),
    (Some("", 2, (A, B, C)), lambda a, b, c: sorted((a, b, c))[1]),
    (
        Negated("", Some("", 1, (A, Every("", (B, Negated("", C)))))),
        lambda a, b, c: 2 - max(a, min(b, 2 - c)),
    ),
)


@pytest.mark.parametrize("at", range(len(TREES)))
def test_the_fold_is_kleenes_logic(at: int) -> None:
    tree, table = TREES[at]

    for a, b, c in product(Truth, repeat=3):
        judged = judge(tree, {"A": a, "B": b, "C": c})
        assert judged.truth == table(a, b, c)
        assert judged.deciding
