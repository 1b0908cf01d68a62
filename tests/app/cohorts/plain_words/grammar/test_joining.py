"""What is joined, denied and excluded, and how far a denial reaches."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, said

JOINED = (
    (
        "patients with diabetes and hypertension but no heart failure",
        "diagnosis “diabetes”; diagnosis “hypertension”; not [diagnosis “heart failure”]",
    ),
    (
        "당뇨병과 고혈압이 있고 심부전은 없는 환자",
        "diagnosis “diabetes”; diagnosis “hypertension”; not [diagnosis “heart failure”]",
    ),
    (
        "당뇨병, 고혈압 또는 심부전 환자",
        "any of [diagnosis “diabetes”; diagnosis “hypertension”; diagnosis “heart failure”]",
    ),
    (
        "hypertension or diabetes, and age over 60",
        "any of [diagnosis “hypertension”; diagnosis “diabetes”]; older than 60 years",
    ),
    (
        "women under 40 or men over 60 with gout",
        (
            "any of [all of [women; younger than 40 years]; all of [men; older than 60 years]]; "
            "diagnosis “gout”"
        ),
    ),
)
DENIED = (
    (
        "asthma without COPD or bronchiectasis",
        (
            "diagnosis “asthma”; not [any of [diagnosis “chronic obstructive pulmonary disease”; "
            "diagnosis “bronchiectasis”]]"
        ),
    ),
    ("neither diabetes nor hypertension", "not [diagnosis “diabetes”]; not [diagnosis “hypertension”]"),
    ("당뇨병도 고혈압도 없는 환자", "not [any of [diagnosis “diabetes”; diagnosis “hypertension”]]"),
    (
        "PSA not measured in the last year",
        ("not [result “prostate specific antigen” (within 1 year before the day of the question)]"),
    ),
    (
        "지난 1년간 PSA를 측정하지 않은 환자",
        ("not [result “prostate specific antigen” (within 1 year before the day of the question)]"),
    ),
    ("MRI는 찍었지만 CT는 찍은 적 없는 환자", "pictures (modality MR); not [pictures (modality CT)]"),
    ("patients on warfarin who are not on aspirin", "drug “warfarin”; not [drug “aspirin”]"),
    ("당뇨병 환자가 아닌 사람", "not [diagnosis “diabetes”]"),
    (
        "TSH 10 mIU/L 이상인 환자 중 레보티록신 미복용자",
        ("result “thyroid stimulating hormone” (value 10 m[IU]/L or more); not [drug “levothyroxine”]"),
    ),
)
EXCLUDED = (
    (
        "Women who are pregnant may not take part; adults with lupus",
        (
            "18 years or older; diagnosis “systemic lupus erythematosus”; not [any of [diagnosis "
            "“pregnant”; result “pregnant” (value one of ⟨SNOMED CT 77386006⟩)]]"
        ),
    ),
    ("exclude patients under 18", "not [younger than 18 years]"),
)


@pytest.mark.parametrize(("question", "meant"), JOINED)
def test_and_and_or_hold_together_what_they_join(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), DENIED)
def test_a_denial_reaches_what_it_denies(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), EXCLUDED)
def test_what_is_excluded_is_denied(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(
    "question", ["diabetes not treated", "hypertension but no", "치료받지 않는 갑상선기능저하증 환자"]
)
def test_a_denial_of_nothing_is_never_lost(question: str) -> None:
    assert said(question) == ""


def test_a_doubtful_reach_is_told_and_chosen() -> None:
    question = "lung cancer without metastasis or smokers"

    assert "reach" in doubts(question)
    assert said(question, reach_34="first") != said(question)


def test_non_smokers_are_asked_about() -> None:
    assert said("non-smokers with gout") == said("비흡연 통풍 환자")
    assert "meaning" in doubts("non-smokers with gout")


@pytest.mark.parametrize("question", ["patients with metastatic breast cancer", "전이성 유방암 환자"])
def test_diagnoses_side_by_side_are_both_asked_for_and_that_is_told(question: str) -> None:
    assert said(question) == "diagnosis “metastatic cancer”; diagnosis “breast cancer”"
    assert "beside" in doubts(question)
