"""Results: compared in units, both ends, denied, in words."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, said, who

COMPARED = (
    ("HbA1c over 9%", "result “hemoglobin A1c” (value over 9 %)"),
    ("당화혈색소 9% 초과", "result “hemoglobin A1c” (value over 9 %)"),
    ("potassium between 3.5 and 5.0 mmol/L", "result “potassium” (value from 3.5 mmol/L to 5 mmol/L)"),
    ("칼륨 3.5 이상 5.0 mmol/L 이하", "result “potassium” (value from 3.5 mmol/L to 5 mmol/L)"),
    ("ejection fraction not below 50%", "result “left ventricular ejection fraction” (value 50 % or more)"),
    ("박출률이 50% 미만이 아닌 환자", "result “left ventricular ejection fraction” (value 50 % or more)"),
    ("WBC over 15,000", "result “white blood cell count” (value over 15 10*3/uL)"),
    ("fever over 38.5", "result “body temperature” (value over 38.5 Cel)"),
    (
        "systolic BP above 160 or diastolic BP above 100",
        (
            "any of [result “systolic blood pressure” (value over 160 mm[Hg]); result “diastolic "
            "blood pressure” (value over 100 mm[Hg])]"
        ),
    ),
    (
        "patients with eGFR < 60 at least 90 days apart",
        (
            "result “estimated glomerular filtration rate” (value under 60 mL/min/{1.73_m2}; at "
            "least 2 times; at least 90 days apart)"
        ),
    ),
    (
        "eGFR 60 미만이 90일 이상 간격으로 확인된 환자",
        (
            "result “estimated glomerular filtration rate” (value under 60 mL/min/{1.73_m2}; at "
            "least 2 times; at least 90 days apart)"
        ),
    ),
)
IN_WORDS = (
    ("patients with abnormal creatinine", "result “creatinine” (value abnormal)"),
    ("크레아티닌이 높은 환자", "result “creatinine” (value high)"),
    ("low potassium", "result “potassium” (value low)"),
)
UNITS = (
    (
        "gestational age under 32 weeks",
        "result “gestational age” (value under 32 wk)",
    ),
    (
        "HbA1c 7.0 to 9.5 % (53 to 80 mmol/mol)",
        "result “hemoglobin A1c” (value from 7 % to 9.5 %)",
    ),
    (
        "7 <= HbA1c <= 10",
        "result “hemoglobin A1c” (value from 7 % to 10 %)",
    ),
    (
        "PSA of at least two nanograms per millilitre",
        "result “prostate specific antigen” (value 2 ng/mL or more)",
    ),
    (
        "first HbA1c after metformin below 7",
        (
            "result “hemoglobin A1c” (value under 7 %; not before metformin; the first). Where drug "
            "“metformin” = metformin"
        ),
    ),
)


@pytest.mark.parametrize(("question", "meant"), COMPARED)
def test_a_value_has_its_comparison_and_its_unit(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), IN_WORDS)
def test_a_value_may_be_told_in_words(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize("question", ["abnormal liver tests", "elevated LFTs", "간수치가 높은 환자"])
def test_which_tests_are_meant_is_told(question: str) -> None:
    assert "“liver enzymes”" in said(question)
    assert "meaning" in doubts(question)


@pytest.mark.parametrize(
    "question", ["weight loss of more than 5 kg", "tumors larger than 3 cm", "3cm보다 큰 종양"]
)
def test_a_number_of_nothing_that_has_one_is_refused(question: str) -> None:
    assert said(question) == ""


@pytest.mark.parametrize(("question", "meant"), UNITS)
def test_values_are_read_in_the_units_that_are_written(question: str, meant: str) -> None:
    assert who(question) == meant
