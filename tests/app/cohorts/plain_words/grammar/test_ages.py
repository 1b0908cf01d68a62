"""Ages: more or less, both ends, in months, in decades, and those of another time."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, said, who

OF_TODAY = (
    ("patients over 45", "older than 45 years"),
    ("45세 초과 환자", "older than 45 years"),
    ("patients at least 45 years old", "45 years or older"),
    ("45세 이상 환자", "45 years or older"),
    ("만 18세 이상 65세 미만 환자", "18 years or older; younger than 65 years"),
    ("patients aged 18 to 65", "from 18 to 65 years old"),
    ("women under 50", "women; younger than 50 years"),
    ("50세 미만 여성", "younger than 50 years; women"),
    ("infants younger than 6 months", "younger than 6 months"),
    ("생후 6개월 미만 환자", "younger than 6 months"),
    ("patients in their sixties", "from 60 to 69 years old"),
    ("60대 환자", "from 60 to 69 years old"),
    ("60세를 넘지 않는 환자", "at most 60 years old"),
    ("men no older than 30", "men; at most 30 years old"),
)
OF_THEN = (
    (
        "patients with a first stroke before age 50",
        (
            "diagnosis “stroke” (the first); younger than 50 years, at stroke. Where diagnosis "
            "“stroke” (the first) = stroke"
        ),
    ),
    (
        "50세 이전에 첫 뇌졸중이 발생한 환자",
        "younger than 50 years, at stroke; diagnosis “stroke” (the first) = stroke",
    ),
    (
        "colonoscopy at age 50 or older",
        (
            "procedure “colonoscopy”; 50 years or older, at colonoscopy. Where procedure "
            "“colonoscopy” = colonoscopy"
        ),
    ),
    (
        "patients who were at least 70 when they were diagnosed with lung cancer",
        "70 years or older, at lung-cancer; diagnosis “lung cancer” = lung-cancer",
    ),
    (
        "진단 당시 45세 초과였던 골육종 환자",
        "older than 45 years, at osteosarcoma; diagnosis “osteosarcoma” = osteosarcoma",
    ),
)
CHAINS = (
    (
        "18 <= age <= 65",
        "from 18 to 65 years old",
    ),
    (
        "18 ≤ age < 65 with asthma",
        "18 years or older; younger than 65 years; diagnosis “asthma”",
    ),
    (
        "between ages 12 and 17",
        "from 12 to 17 years old",
    ),
    (
        "children between the ages of six and eleven years",
        "from 6 to 11 years old",
    ),
    (
        "aged between 6 months and 5 years",
        "6 months or older; at most 5 years old",
    ),
)
SHORT = (
    (
        "72 y/o M with gout",
        "from 72 to 72 years old; men; diagnosis “gout”",
    ),
    (
        "65F with COPD",
        "from 65 to 65 years old; women; diagnosis “chronic obstructive pulmonary disease”",
    ),
    (
        "under-5s never given MMR",
        "younger than 5 years; not [vaccination “MMR vaccine”]",
    ),
    (
        "over-65s with gout",
        "older than 65 years; diagnosis “gout”",
    ),
    (
        "boys with nephrotic syndrome",
        "men; younger than 18 years; diagnosis “nephrotic syndrome”",
    ),
    (
        "minimum age 18, gout",
        "18 years or older; diagnosis “gout”",
    ),
    (
        "former smokers between 55 and 74",
        (
            "any of [result “ex-smoker” (value one of ⟨SNOMED CT 8517006⟩); diagnosis “ex-smoker”]; "
            "from 55 to 74 years old"
        ),
    ),
)


@pytest.mark.parametrize(("question", "meant"), OF_TODAY)
def test_an_age_has_its_ends(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), OF_THEN)
def test_an_age_at_an_event_is_that_of_then(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize("question", [question for question, _ in OF_THEN])
def test_when_an_age_is_meant_is_told(question: str) -> None:
    assert "age-at" in doubts(question)


@pytest.mark.parametrize("question", ["elderly patients with pneumonia", "고령 폐렴 환자"])
def test_ages_without_numbers_are_assumed(question: str) -> None:
    assert said(question) == "65 years or older; diagnosis “pneumonia”"
    assert doubts(question) == {"group"}


def test_over_and_at_least_are_not_the_same() -> None:
    assert said("patients over 45") != said("45세 이상 환자")


def test_nobody_is_that_old() -> None:
    assert said("patients over 900 years old") == ""


@pytest.mark.parametrize(("question", "meant"), CHAINS)
def test_both_ends_of_an_age_count(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), SHORT)
def test_ages_and_sexes_are_read_as_wards_write_them(question: str, meant: str) -> None:
    assert who(question) == meant


def test_what_years_of_life_a_word_means_is_told() -> None:
    assert "group" in doubts("women of reproductive age with epilepsy")


OF_THEN = (
    (
        "diabetics under 40 when they had a stroke",
        "diagnosis “diabetes”; younger than 40 years, at stroke; diagnosis “stroke” = stroke",
    ),
    (
        "18 to 30 years old when multiple sclerosis was diagnosed",
        "from 18 to 30 years old, at multiple-sclerosis; diagnosis “multiple sclerosis” = multiple-sclerosis",
    ),
    (
        "diabetic women aged over 40 at diagnosis of breast cancer",
        "diagnosis “diabetes”; women; older than 40 years, at breast-cancer; "
        "diagnosis “breast cancer” = breast-cancer",
    ),
    (
        "hip fracture patients aged over 75 at the time of surgery",
        "diagnosis “hip fracture”; older than 75 years, at procedure; procedure = procedure",
    ),
    (
        "stroke at an age below 50",
        "diagnosis “stroke”; younger than 50 years, at stroke. Where diagnosis “stroke” = stroke",
    ),
)
BARE = (
    ("65 and up, no mammogram", "65 years or older; not [pictures (modality MG)]"),
    ("women of 18 to 45 years with gout", "women; from 18 to 45 years old; diagnosis “gout”"),
    ("women around 50", "women; 45 years or older; younger than 56 years"),
    ("men, now aged 60 or over, with gout", "men; 60 years or older; diagnosis “gout”"),
)


@pytest.mark.parametrize(("question", "meant"), OF_THEN)
def test_an_age_is_that_at_the_event_told_beside_it(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), BARE)
def test_a_number_beside_a_person_is_an_age(question: str, meant: str) -> None:
    assert said(question) == meant
