"""Patients are counted by what they and their rows are; who sees pseudonyms is told of no few."""

from collections import Counter
from itertools import product
from typing import Any

import pytest

from app.cohorts.answers.tallies import MOST_OFF
from app.security.policy import LEAST_CELL
from graph.clock import now
from graph.session import Graph
from tests.app.cohorts.conftest import AS_OF, Gateway, Json, Open
from tests.factories.dicom import ct_instance, mr_instance, uid
from tests.factories.fhir import condition, medication_request, patient
from tests.factories.graphs import noted
from tests.factories.scopes import scope_of

SNOMED = "http://snomed.info/sct"
EVERYBODY: Json = {"any": [{"deceased": False}, {"deceased": True}]}
EVENTS: Json = {
    "dx": {"kind": "condition"},
    "tumour": {
        "kind": "condition",
        "codes": [{"system": SNOMED, "code": "t1"}, {"system": SNOMED, "code": "t2"}],
    },
    "rx": {"kind": "medication"},
    "scan": {"kind": "imaging"},
}


def question(*by: Json, population: Json = EVERYBODY, **more: Any) -> Json:
    return {
        "version": "1",
        "asOf": AS_OF,
        "events": EVENTS,
        "population": population,
        "output": {**({"by": list(by)} if by else {}), **more},
    }


def cells(answer: Json) -> dict[tuple[str, ...], int]:
    return {tuple(each["values"]): each["patients"] for each in answer["by"]["cells"]}


def margins(answer: Json) -> list[dict[str, int]]:
    return [{each["value"]: each["patients"] for each in margin} for margin in answer["by"]["margins"]]


@pytest.fixture(scope="module")
def ward(gateways: Open) -> Gateway:
    """Seven patients, each with something missing."""
    gateway = gateways(HILUM_QUESTION_SECONDS="60")
    gateway.put(
        patient("MRN0", id="p0", gender="female", birthDate="1960-05-06"),
        patient("MRN1", id="p1", gender="female", birthDate="1966-11-23"),
        patient("MRN2", id="p2", gender="male", birthDate="1966-11-22"),
        patient("MRN3", id="p3", gender="male", birthDate="1966"),
        patient("MRN4", id="p4", gender="unknown", birthDate="1976"),
        patient("MRN5", id="p5", gender=None, birthDate=None),
        patient("MRN6", id="p6", gender="other", birthDate="2026-11-22"),
        condition("Patient/p0", "t1", id="c0", recordedDate="2024-12-31"),
        condition("Patient/p0", "t2", id="c1", recordedDate="2025-01-01"),
        condition("Patient/p1", "t1", id="c2", recordedDate="2025"),
        condition("Patient/p2", "b1", id="c3", recordedDate="2025-03-04"),
        condition("Patient/p3", "t1", id="c4", recordedDate=None, onsetDateTime="2023-05"),
        condition("Patient/p4", "t1", id="c5", recordedDate=None, onsetDateTime=None),
        medication_request("Patient/p0", id="m0"),
    )
    gateway.store(
        ct_instance(
            patient_id="MRN0",
            study_uid=uid("count", 0),
            PatientName=None,
            PatientBirthDate=None,
            PatientSex=None,
        ),
        mr_instance(
            patient_id="MRN1",
            study_uid=uid("count", 1),
            PatientName=None,
            PatientBirthDate=None,
            PatientSex=None,
        ),
    )
    return gateway


def test_patients_are_counted_by_sex_and_by_age(ward: Gateway) -> None:
    sexes = ward.ask(question({"by": "sex"}))
    ages = ward.ask(question({"by": "ageGroup"}))

    assert cells(sexes) == {("female",): 2, ("male",): 2, ("other",): 1, ("unknown",): 2}
    assert [each["values"] for each in sexes["by"]["cells"]] == [["female"], ["male"], ["other"], ["unknown"]]
    assert (sexes["by"]["total"], sexes["by"]["withheld"], sexes["by"]["off"]) == (7, False, 0)
    # born in 1966, one is 59 or 60; in 1976, 49 or 50: nobody knows which
    assert cells(ages) == {("0-9",): 1, ("50-59",): 1, ("60-69",): 2, ("unknown",): 3}


def test_a_group_of_ages_is_as_wide_as_is_asked(ward: Gateway) -> None:
    wide = cells(ward.ask(question({"by": "ageGroup", "width": 20})))
    single = cells(ward.ask(question({"by": "ageGroup", "width": 1})))

    assert wide == {("0-19",): 1, ("40-59",): 2, ("60-79",): 2, ("unknown",): 2}
    assert single == {("0",): 1, ("59",): 1, ("60",): 1, ("66",): 1, ("unknown",): 3}


def test_a_patient_is_in_each_cell_that_some_row_of_theirs_says(ward: Gateway) -> None:
    years = ward.ask(question({"by": "year", "of": "dx"}))
    codes = ward.ask(question({"by": "code", "of": "tumour"}))

    assert cells(years) == {("2023",): 1, ("2024",): 1, ("2025",): 3, ("unknown",): 1, ("none",): 2}
    assert cells(codes) == {(f"{SNOMED}|t1",): 4, (f"{SNOMED}|t2",): 1, ("none",): 3}


def test_a_month_is_known_where_the_date_says_it(ward: Gateway) -> None:
    found = cells(ward.ask(question({"by": "month", "of": "dx"})))

    assert found == {
        ("2023-05",): 1,
        ("2024-12",): 1,
        ("2025-01",): 1,
        ("2025-03",): 1,
        ("unknown",): 2,  # one says a year, one says nothing
        ("none",): 2,
    }


def test_pictures_are_counted_by_modality_and_rows_by_their_name(ward: Gateway) -> None:
    rows = [{"resource": "MedicationRequest", "as": "drugs"}, {"resource": "ImagingStudy", "as": "pictures"}]

    assert cells(ward.ask(question({"by": "modality", "of": "scan"}))) == {
        ("CT",): 1,
        ("MR",): 1,
        ("none",): 5,
    }
    assert cells(ward.ask(question({"by": "modality", "of": "pictures"}, rows=rows))) == {
        ("CT",): 1,
        ("MR",): 1,
        ("none",): 5,
    }
    assert cells(ward.ask(question({"by": "code", "of": "drugs"}, rows=rows)))[("none",)] == 6


def test_two_dimensions_are_crossed_with_their_margins(ward: Gateway) -> None:
    answer = ward.ask(question({"by": "sex"}, {"by": "year", "of": "dx"}))

    assert cells(answer) == {
        ("female", "2024"): 1,
        ("female", "2025"): 2,
        ("male", "2023"): 1,
        ("male", "2025"): 1,
        ("other", "none"): 1,
        ("unknown", "unknown"): 1,
        ("unknown", "none"): 1,
    }
    assert margins(answer) == [
        {"female": 2, "male": 2, "other": 1, "unknown": 2},
        {"2023": 1, "2024": 1, "2025": 3, "unknown": 1, "none": 2},
    ]


def test_two_dimensions_of_one_event_are_of_one_row(ward: Gateway) -> None:
    one_row = cells(ward.ask(question({"by": "code", "of": "tumour"}, {"by": "year", "of": "tumour"})))
    any_rows = cells(ward.ask(question({"by": "code", "of": "tumour"}, {"by": "year", "of": "dx"})))

    assert (f"{SNOMED}|t1", "2025") in one_row
    assert one_row[f"{SNOMED}|t2", "2025"] == 1
    assert (f"{SNOMED}|t2", "2024") not in one_row
    assert any_rows[f"{SNOMED}|t2", "2024"] == 1
    assert one_row["none", "none"] == 3


def test_only_those_who_match_are_counted(ward: Gateway) -> None:
    population: Json = {"age": {"op": "ge", "value": 60}}

    answer = ward.ask(question({"by": "sex"}, population=population))

    assert answer["counts"] == {"matched": 2, "unknown": 2}
    assert cells(answer) == {("female",): 1, ("male",): 1}


def test_a_table_of_counts_is_a_table_of_the_whole_answer(ward: Gateway) -> None:
    body = ward.client.post(
        "/cohorts/query?table=counts",
        json=question({"by": "sex"}, {"by": "year", "of": "dx"}),
        headers={"Authorization": f"Bearer {ward.tokens['clinician']}", "Accept": "text/csv"},
    ).data.decode()

    lines = body.splitlines()
    assert lines[:3] == ["sex,dx.year,patients", "female,2024,1", "female,2025,2"]
    assert len(lines) == 8


def test_counts_are_told_on_the_first_page(ward: Gateway) -> None:
    first = ward.ask({**question({"by": "sex"}), "page": {"limit": 3}})
    second = ward.ask({**question({"by": "sex"}), "page": {"limit": 3, "token": first["next"]}})

    assert "by" in first
    assert "by" not in second


@pytest.mark.parametrize(
    ("by", "place"),
    [
        ([{"by": "sex", "of": "dx"}], "$.output.by[0].of"),
        ([{"by": "year"}], "$.output.by[0].of"),
        ([{"by": "year", "of": "nothing"}], "$.output.by[0].of"),
        ([{"by": "modality", "of": "dx"}], "$.output.by[0].by"),
        ([{"by": "sex"}, {"by": "sex", "width": 5}], "$.output.by[1].width"),
        ([{"by": "ageGroup", "width": 0}], "$.output.by[0].width"),
        ([{"by": "shoe size"}], "$.output.by[0].by"),
        ([{"by": "sex"}] * 3, "$.output.by"),
    ],
)
def test_what_nothing_can_be_counted_by_is_refused_at_its_place(ward: Gateway, by: Json, place: str) -> None:
    refused = ward.ask(question(*by), status=400)

    assert refused["location"] == [place]


def test_a_width_that_is_not_said_is_ten_for_the_hash_too(ward: Gateway) -> None:
    said, unsaid = (
        ward.ask(question(each)) for each in ({"by": "ageGroup", "width": 10}, {"by": "ageGroup"})
    )

    assert said["cohort"] == unsaid["cohort"]
    assert said["cohort"] != ward.ask(question({"by": "sex"}))["cohort"]


@pytest.fixture(scope="module")
def hospital(gateways: Open) -> Gateway:
    """Women and men over six years; few men in one of them, and three without a sex."""
    gateway = gateways(HILUM_QUESTION_SECONDS="60")
    resources: list[Any] = []
    number = 0
    for sex, year in product(("female", "male"), range(2018, 2024)):
        for _ in range(6 if (sex, year) == ("male", 2020) else 15):
            number += 1
            resources.append(
                patient(f"M{number}", id=f"p{number}", gender=sex, birthDate=f"{1940 + number % 40}-01-01")
            )
            resources.append(condition(f"Patient/p{number}", id=f"c{number}", recordedDate=f"{year}-05-06"))
    for _ in range(3):
        number += 1
        resources.append(patient(f"M{number}", id=f"p{number}", gender=None, birthDate="1950-01-01"))
        resources.append(condition(f"Patient/p{number}", id=f"c{number}", recordedDate="2018-05-06"))
    for start in range(0, len(resources), 120):
        gateway.put(*resources[start : start + 120])
    return gateway


def as_researcher(hospital: Gateway, subject: str, *by: Json, **more: Any) -> Json:
    scope = scope_of("researcher", tenant=hospital.services.sites.own.tenant, subject=subject)
    return hospital.services.cohorts.ask(scope, question(*by, **more), now())


def test_numbers_are_off_by_little_and_always_by_the_same(hospital: Gateway) -> None:
    truth = cells(hospital.ask(question({"by": "year", "of": "dx"})))

    told = cells(as_researcher(hospital, "ana", {"by": "year", "of": "dx"}))
    again = cells(as_researcher(hospital, "ana", {"by": "year", "of": "dx"}))
    otherwise = cells(
        as_researcher(
            hospital,
            "ben",
            {"by": "year", "of": "dx"},
            population={"not": {"all": [{"deceased": True}, {"deceased": False}]}},
        )
    )

    assert told == again == otherwise
    assert all(0 <= abs(told[cell] - truth[cell]) <= MOST_OFF for cell in told)
    assert min(told.values()) >= LEAST_CELL
    assert Counter(told[cell] - truth[cell] for cell in told).keys() != {0}


def test_few_are_hidden_and_so_are_as_many_more_as_tell_of_them(hospital: Gateway) -> None:
    truth = cells(hospital.ask(question({"by": "sex"}, {"by": "year", "of": "dx"})))
    answer = as_researcher(hospital, "cho", {"by": "sex"}, {"by": "year", "of": "dx"})
    told = cells(answer)

    assert truth["male", "2020"] < LEAST_CELL
    assert answer["by"]["withheld"] is True
    assert answer["by"]["total"] == answer["counts"]["matched"]
    assert ("male", "2020") not in told
    assert ("unknown", "2018") not in told
    assert "unknown" not in margins(answer)[0]
    assert len(margins(answer)[0]) == 1  # both sexes would tell of those who have none
    assert told
    assert all(truth[cell] >= LEAST_CELL for cell in told)


def test_what_was_told_before_counts_for_a_table(hospital: Gateway) -> None:
    women: Json = {"sex": {"op": "eq", "value": "female"}}
    known: Json = {"sex": {"op": "in", "value": ["female", "male"]}}

    fresh = as_researcher(hospital, "dan", {"by": "sex"})
    assert len(cells(fresh)) == 1
    (larger,) = cells(fresh)
    assert larger == ("female",)
    assert as_researcher(hospital, "dan", population=women)["counts"]["matched"] is not None
    assert as_researcher(hospital, "dan", population=known)["counts"]["matched"] is None  # it lacks three
    assert as_researcher(hospital, "eve", population=known)["counts"]["matched"] is not None
    assert as_researcher(hospital, "eve", {"by": "sex"})["by"] | {"cells": []} == {
        "dimensions": [{"by": "sex"}],
        "total": None,
        "cells": [],
        "margins": [],
        "withheld": True,
        "off": MOST_OFF,
    }


def test_of_patients_who_are_withheld_nothing_is_counted(hospital: Gateway) -> None:
    few: Json = {"sex": {"op": "in", "value": ["other"]}}

    answer = as_researcher(hospital, "fay", {"by": "year", "of": "dx"}, population=few)

    assert (answer["counts"]["matched"], answer["by"]["total"], answer["by"]["cells"]) == (None, None, [])


def test_months_are_not_told_to_who_compares_by_years(hospital: Gateway) -> None:
    refused = hospital.ask(question({"by": "month", "of": "dx"}), "researcher", 400)

    assert refused["location"] == ["$.output.by[0].by"]


def test_a_table_takes_few_statements_however_many_patients_there_are(
    hospital: Gateway, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = scope_of(tenant=hospital.services.sites.own.tenant)
    texts = noted(hospital.services.graph, monkeypatch)

    def taken(*by: Json) -> int:
        texts.clear()
        hospital.services.cohorts.ask(scope, question(*by), now())
        return len(texts)

    alone = taken({"by": "sex"})
    assert taken({"by": "sex"}, {"by": "year", "of": "dx"}) <= alone + 6
