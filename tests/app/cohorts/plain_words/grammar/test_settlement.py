"""Which fact a period is of where a question leaves it open: told, with the others to choose."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, said, who

NEAREST = (
    (
        "diabetic patients with chest CT in the last 2 years",
        (
            "diagnosis “diabetes”; pictures (modality CT; of “chest”; within 2 years before the day "
            "of the question)"
        ),
    ),
    (
        "최근 2년 당뇨병 흉부 CT 환자",
        (
            "diagnosis “diabetes”; pictures (modality CT; of “chest”; within 2 years before the day "
            "of the question)"
        ),
    ),
    (
        "ICU admissions with sepsis this year",
        "visit “intensive care unit stay” (from 2026 to 2026); diagnosis “sepsis”",
    ),
    (
        "올해 중환자실 입원한 패혈증 환자",
        "visit “intensive care unit stay” (from 2026 to 2026); diagnosis “sepsis”",
    ),
    (
        "최근 30일 내 폐렴으로 입원한 환자",
        (
            "diagnosis “pneumonia”; visit (class IMP, ACUTE, NONAC; within 30 days before the day "
            "of the question)"
        ),
    ),
)
ALL = (
    (
        "최근 3일 체온 38.5도 초과이고 WBC 15,000 초과",
        (
            "result “body temperature” (value over 38.5 Cel; within 3 days before the day of the "
            "question); result “white blood cell count” (value over 15 10*3/uL; within 3 days "
            "before the day of the question)"
        ),
    ),
)
INFECTED = (
    (
        "COVID-19 vaccinated (two doses or more) but later infected",
        (
            "vaccination “COVID-19 vaccine” (at least 2 times); diagnosis “COVID-19” (not before "
            "covid-19). Where vaccination “COVID-19 vaccine” (at least 2 times) = covid-19"
        ),
    ),
)
SITES = (
    (
        "ultrasound and CT of the liver",
        "pictures (modality US; of “liver”); pictures (modality CT; of “liver”)",
    ),
    (
        "patients with CT and brain MRI",
        "pictures (modality CT); pictures (modality MR; of “brain”)",
    ),
    (
        "CT와 뇌 MRI를 찍은 환자",
        "pictures (modality CT); pictures (modality MR; of “brain”)",
    ),
)
DEATHS = (
    (
        "sepsis patients who died within 28 days",
        "diagnosis “sepsis”; has died (within 28 days after sepsis). Where diagnosis “sepsis” = sepsis",
    ),
)
METHOD = (
    (
        "LVEF ≤ 40% documented by echocardiography within the past 12 months",
        (
            "result “left ventricular ejection fraction” (value 40 % or less; within 12 months before "
            "the day of the question); procedure “echocardiography” (within 12 months before the day "
            "of the question)"
        ),
    ),
    (
        "ulcerative colitis, colonoscopy within 12 months",
        (
            "diagnosis “ulcerative colitis”; procedure “colonoscopy” (within 12 months before the day "
            "of the question)"
        ),
    ),
)


@pytest.mark.parametrize(("question", "meant"), NEAREST)
def test_a_period_is_of_what_happened(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), ALL)
def test_a_period_that_leads_results_is_of_all_of_them(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), INFECTED)
def test_an_infection_is_that_of_the_vaccine(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize("question", [question for question, _ in (*NEAREST, *ALL)])
def test_that_a_period_may_be_of_others_is_told(question: str) -> None:
    assert "window" in doubts(question)


def test_another_way_to_mean_a_period_can_be_chosen() -> None:
    question = "diabetic patients with chest CT in the last 2 years"

    assert said(question, window_32="all").count("within 2 years") == 2


@pytest.mark.parametrize(("question", "meant"), SITES)
def test_a_part_of_the_body_behind_two_pictures_is_of_both(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), DEATHS)
def test_so_soon_is_after_what_was_told_before(question: str, meant: str) -> None:
    assert who(question) == meant
    assert "since" in doubts(question)


@pytest.mark.parametrize(("question", "meant"), METHOD)
def test_a_period_is_of_what_was_found_and_what_was_done(question: str, meant: str) -> None:
    assert who(question) == meant


def test_a_period_behind_two_diagnoses_may_be_of_the_second_alone() -> None:
    assert "window" in doubts("patients with gout and a DVT in the last year")
