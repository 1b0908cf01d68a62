"""How many, how far apart, and which of several."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, who

MANY = (
    (
        "at least three hospital admissions in 2025",
        "visit (class IMP, ACUTE, NONAC; from 2025 to 2025; at least 3 times)",
    ),
    (
        "2025년에 3회 이상 입원한 환자",
        "visit (class IMP, ACUTE, NONAC; from 2025 to 2025; at least 3 times)",
    ),
    ("exactly two chest CTs", "pictures (modality CT; of “chest”; exactly 2 times)"),
    ("흉부 CT를 정확히 2번 찍은 환자", "pictures (modality CT; of “chest”; exactly 2 times)"),
    (
        "two HbA1c tests at least 3 months apart",
        "result “hemoglobin A1c” (at least 2 times; at least 3 months apart)",
    ),
    (
        "당화혈색소 검사를 3개월 이상 간격으로 2회 받은 환자",
        "result “hemoglobin A1c” (at least 2 times; at least 3 months apart)",
    ),
)
ONE = (
    ("first HbA1c over 9%", "result “hemoglobin A1c” (value over 9 %; the first)"),
    ("마지막 크레아티닌이 2 mg/dL를 초과한 환자", "result “creatinine” (value over 2 mg/dL; the last)"),
    (
        "second admission for heart failure",
        "visit (class IMP, ACUTE, NONAC; number 2 from the first); diagnosis “heart failure”",
    ),
    (
        "두 번째 심부전 입원",
        "diagnosis “heart failure”; visit (class IMP, ACUTE, NONAC; number 2 from the first)",
    ),
)
SOME_OF = (
    (
        "at least two of diabetes, hypertension and asthma",
        "at least 2 of [diagnosis “diabetes”; diagnosis “hypertension”; diagnosis “asthma”]",
    ),
    (
        "당뇨병, 고혈압, 천식 중 2개 이상인 환자",
        "at least 2 of [diagnosis “diabetes”; diagnosis “hypertension”; diagnosis “asthma”]",
    ),
)
ENDS = (
    (
        "more than 2 but fewer than 5 CT scans",
        "pictures (modality CT; more than 2 times); pictures (modality CT; fewer than 5 times)",
    ),
    (
        "between 2 and 4 admissions in 2025",
        (
            "visit (class IMP, ACUTE, NONAC; from 2025 to 2025; at least 2 times); visit (class IMP, "
            "ACUTE, NONAC; from 2025 to 2025; at most 4 times)"
        ),
    ),
)
AGAIN = (
    (
        "DXA repeated within 18 to 30 months",
        (
            "pictures (modality BMD, BDUS; at least 2 times; at least 18 months apart; at most 30 "
            "months apart)"
        ),
    ),
    (
        "brain MRI repeated after 6 months",
        "pictures (modality MR; of “brain”; at least 2 times; at least 6 months apart)",
    ),
    (
        "fasting glucose > 126 on two separate occasions",
        "result “fasting glucose” (value over 126 mg/dL; at least 2 times on different days)",
    ),
)


@pytest.mark.parametrize(("question", "meant"), MANY)
def test_a_count_is_of_its_event(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), ONE)
def test_one_of_several_is_picked(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), SOME_OF)
def test_so_many_of_a_list_are_no_times(question: str, meant: str) -> None:
    assert who(question) == meant


def test_prescriptions_of_a_class_are_no_different_drugs_and_that_is_told() -> None:
    assert "prescriptions" in doubts("patients taking at least three antihypertensives")


@pytest.mark.parametrize(("question", "meant"), ENDS)
def test_both_ends_of_a_count_hold(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), AGAIN)
def test_what_is_repeated_is_apart(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", ["자주 오는 천식 환자"])
def test_who_comes_often_has_visits_not_diagnoses(question: str) -> None:
    assert who(question) == "visit (at least 2 times); diagnosis “asthma”"


OF_WHAT_STANDS_BEFORE = (
    (
        "COPD exacerbations: at least two in the last year",
        "diagnosis “COPD exacerbation” (within 1 year before the day of the question; at least 2 times)",
    ),
    (
        "women with CT two times or more with an interval of at least 3 months",
        "women; pictures (modality CT; at least 2 times; at least 3 months apart)",
    ),
    (
        "ibuprofen, naproxen or celecoxib prescribed more than once",
        "drug “ibuprofen or naproxen or celecoxib” (more than 1 times)",
    ),
    (
        "patients with CT, MRI or ultrasound of the liver at least twice",
        "pictures (modality CT, MR, US; of “liver”; at least 2 times)",
    ),
    (
        "at least two hospital admissions or emergency visits",
        "visit (class IMP, ACUTE, NONAC, EMER; at least 2 times)",
    ),
    (
        "at least two ICU stays or emergency visits",
        "any of [visit “intensive care unit stay” (at least 2 times); visit (class EMER; at least 2 times)]",
    ),
)


@pytest.mark.parametrize(("question", "meant"), OF_WHAT_STANDS_BEFORE)
def test_a_number_behind_is_of_all_that_it_counts(question: str, meant: str) -> None:
    assert who(question) == meant
