"""Criteria under headings: none is lost, and what stands under an exclusion is denied."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, read, who

_CASES = (
    (
        "Inclusion Criteria:\n- hypertension\n- age over 40\n\nExclusion Criteria:\n- gout\n- dialysis",
        (
            "diagnosis “hypertension”; older than 40 years; "
            "not [any of [diagnosis “gout”; procedure “dialysis”]]"
        ),
    ),
    (
        "Inclusion criteria:\n1. Age over 17\n2. Gout\nExclusion criteria:\n1. Stroke\n2. Creatinine > 2.5",
        (
            "older than 17 years; diagnosis “gout”; not [diagnosis “stroke”]; "
            "not [result “creatinine” (value over 2.5 mg/dL)]"
        ),
    ),
    (
        "Inclusion criteria: 1. asthma 2. gout. Exclusion criteria: 1. COPD 2. pneumonia",
        (
            "diagnosis “asthma”; diagnosis “gout”; "
            "not [diagnosis “chronic obstructive pulmonary disease”]; not [diagnosis “pneumonia”]"
        ),
    ),
    (
        "Key inclusion: asthma, female. Key exclusion: stroke, dialysis",
        "diagnosis “asthma”; women; not [any of [diagnosis “stroke”; procedure “dialysis”]]",
    ),
    (
        "Eligible: gout. Not eligible: asthma, stroke",
        "diagnosis “gout”; not [any of [diagnosis “asthma”; diagnosis “stroke”]]",
    ),
    (
        "Patients with gout. Excluded if asthma or stroke",
        "diagnosis “gout”; not [any of [diagnosis “asthma”; diagnosis “stroke”]]",
    ),
    (
        "asthma patients not eligible if they have gout",
        "diagnosis “asthma”; not [diagnosis “gout”]",
    ),
    (
        "Include if: asthma, age over 40. Exclude if: gout, dialysis",
        "diagnosis “asthma”; older than 40 years; not [any of [diagnosis “gout”; procedure “dialysis”]]",
    ),
    (
        "선정 기준: 40세 이상 고혈압 환자 제외 기준: 뇌졸중, 투석",
        (
            "40 years or older; diagnosis “hypertension”; "
            "not [any of [diagnosis “stroke”; procedure “dialysis”]]"
        ),
    ),
    (
        "선정기준: 고혈압, 당뇨병 제외기준: 뇌졸중, 투석",
        (
            "diagnosis “hypertension”; diagnosis “diabetes”; "
            "not [any of [diagnosis “stroke”; procedure “dialysis”]]"
        ),
    ),
    (
        "선정기준:\n1) 만 19세 이상\n2) 천식\n제외기준:\n1) 폐암\n2) 투석",
        "19 years or older; diagnosis “asthma”; not [diagnosis “lung cancer”]; not [procedure “dialysis”]",
    ),
    (
        "제외 대상: 투석. 포함 대상: 고혈압",
        "diagnosis “hypertension”; not [procedure “dialysis”]",
    ),
    (
        "포함: 고혈압\n제외: 당뇨병\n제외: 천식",
        "diagnosis “hypertension”; not [diagnosis “diabetes”]; not [diagnosis “asthma”]",
    ),
)


@pytest.mark.parametrize(("text", "population"), _CASES)
def test_every_criterion_under_a_heading_counts(text: str, population: str) -> None:
    assert who(text) == population
    assert "heading" not in doubts(text)


def test_what_a_heading_is_of_counts_unless_it_is_chosen_otherwise() -> None:
    text = "심부전 선정기준: 18세 이상"
    doubt = next(each for each in read(text).choices.doubts if each.startswith("heading"))

    assert who(text) == "diagnosis “heart failure”; 18 years or older"
    assert who(text, **{doubt: "left-out"}) == "18 years or older"


@pytest.mark.parametrize(
    "text",
    [
        "Inclusion criteria: gout. Exclusion criteria: blorgitis; asthma",
        "Inclusion criteria: gout. Exclusion criteria: 1. asthma 3. stroke",
        "Inclusion criteria: at least 2 of: 1. asthma 2. gout 3. stroke",
    ],
)
def test_what_is_not_understood_under_a_heading_refuses_the_question(text: str) -> None:
    assert read(text).verdict == "refused"
