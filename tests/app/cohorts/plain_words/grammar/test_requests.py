"""What is asked for besides who: rows, numbers by something."""

import pytest

from tests.app.cohorts.plain_words.said import said

ROWS = (
    (
        "list the medications of patients with gout",
        "diagnosis “gout”. Asked for: prescriptions = medications",
    ),
    ("통풍 환자의 처방 약물 목록을 보여줘", "diagnosis “gout”. Asked for: prescriptions = medications"),
    (
        "all chest CT studies of patients with COPD",
        (
            "pictures (modality CT; of “chest”) = ct; diagnosis “chronic obstructive pulmonary disease”. "
            "Asked for: studies (those of ct) = ct"
        ),
    ),
)
NUMBERS = (
    ("number of patients with hepatitis B by sex", "diagnosis “hepatitis B”. Asked for: by sex"),
    ("연령대별 천식 환자 수", "diagnosis “asthma”. Asked for: by age in steps of 10 years"),
    (
        "how many CT scans per year in lung cancer patients",
        (
            "pictures (modality CT); diagnosis “lung cancer”. Asked for: by year of ct. Where "
            "pictures (modality CT) = ct"
        ),
    ),
    (
        "폐암 환자의 연도별 CT 검사 수",
        (
            "diagnosis “lung cancer”; pictures (modality CT). Asked for: by year of ct. Where "
            "pictures (modality CT) = ct"
        ),
    ),
)
PORTALS = (
    (
        "chest CTs with contrast from 2022 onward, men",
        (
            "pictures (modality CT; of “chest”; with contrast; since 2022) = ct; men. Asked for: "
            "studies (those of ct) = ct"
        ),
    ),
    (
        "현재 흡연자의 흉부 CT",
        (
            "any of [result “current smoker” (value one of ⟨SNOMED CT 449868002, SNOMED CT 77176002, "
            "SNOMED CT 428041000124106, SNOMED CT 428071000124103, SNOMED CT 428061000124105, SNOMED "
            "CT 230059006, SNOMED CT 230060001, SNOMED CT 230062009, SNOMED CT 230063004, SNOMED CT "
            "230064005, SNOMED CT 230065006, SNOMED CT 65568007⟩); diagnosis “current smoker”]; "
            "pictures (modality CT; of “chest”) = ct. Asked for: studies (those of ct) = ct"
        ),
    ),
    (
        "echocardiograms of patients with heart failure",
        (
            "procedure “echocardiography”; diagnosis “heart failure”. Asked for: procedures (those of "
            "echocardiography) = echocardiography. Where procedure “echocardiography” = "
            "echocardiography"
        ),
    ),
    (
        "HRCTs of idiopathic pulmonary fibrosis plus all their FVC results",
        (
            "pictures (modality CT); diagnosis “idiopathic pulmonary fibrosis”. Asked for: results "
            "(those of fvc) = fvc. Where result “forced vital capacity” = fvc"
        ),
    ),
)
DIMENSIONS = (
    (
        "2023년에 새로 진단된 통풍, 성별·연령대별로",
        "diagnosis “gout” (from 2023 to 2023; the first). Asked for: by sex; by age in steps of 10 years",
    ),
    (
        "antibiotic prescriptions in 2024, by drug",
        (
            "drug “antibiotic” (from 2024 to 2024). Asked for: by code of antibiotic. Where drug "
            "“antibiotic” (from 2024 to 2024) = antibiotic"
        ),
    ),
    (
        "distribution of patients with gout by age and sex",
        "diagnosis “gout”. Asked for: by age in steps of 10 years; by sex",
    ),
)


@pytest.mark.parametrize(("question", "meant"), ROWS)
def test_rows_that_are_asked_for_are_of_the_patients(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), NUMBERS)
def test_numbers_are_by_what_is_said(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), PORTALS)
def test_pictures_that_a_question_is_headed_by_are_asked_for(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), DIMENSIONS)
def test_numbers_by_several_things(question: str, meant: str) -> None:
    assert said(question) == meant
