"""Words that point at what was told before: another result, the same disease, what a time hangs on."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, read, said, who

AGAIN = (
    (
        "first HbA1c over 9 % and the most recent one below 7 %",
        "result “hemoglobin A1c” (value over 9 %; the first); "
        "result “hemoglobin A1c” (value under 7 %; the last)",
    ),
    (
        "first creatinine above 2 mg/dL, latest below 1.2 mg/dL",
        "result “creatinine” (value over 2 mg/dL; the first); "
        "result “creatinine” (value under 1.2 mg/dL; the last)",
    ),
    (
        "patients with gout whose father had the same disease",
        "diagnosis “gout”; family history “gout” (relatives FTH, NFTH)",
    ),
    (
        "women with a colonoscopy in 2023 and again in 2025",
        "women; procedure “colonoscopy” (from 2023 to 2023); procedure “colonoscopy” (from 2025 to 2025)",
    ),
    (
        "vaccinated against influenza but not against hepatitis B",
        "vaccination “influenza vaccine”; not [vaccination “hepatitis B vaccine”]",
    ),
    (
        "intubated again within 48 hours of an earlier intubation",
        "procedure “intubation” (within 2 days after intubation). Where procedure “intubation” = intubation",
    ),
)
OWN = (
    (
        "gout diagnosed within 6 months after a uric acid above 9 mg/dL",
        "diagnosis “gout” (within 6 months after uric-acid). "
        "Where result “uric acid” (value over 9 mg/dL) = uric-acid",
    ),
    (
        "contrast CT with a creatinine over 2 mg/dL in the preceding 48 hours",
        "pictures (modality CT; with contrast) = ct; "
        "result “creatinine” (value over 2 mg/dL; within 2 days before ct)",
    ),
    ("men with a DLP above 1000 mGy*cm", "men; radiation dose (measured as dlp; value over 1000 mGy.cm)"),
    ("vitamin D below 20 ng/mL", "result “vitamin D level” (value under 20 ng/mL)"),
    ("women taking vitamin D", "women; drug “vitamin D”"),
)
NO_MORE = (
    (
        "DVT or PE (pulmonary embolism), not on aspirin",
        "any of [diagnosis “deep vein thrombosis”; diagnosis “pulmonary embolism”]; not [drug “aspirin”]",
    ),
    (
        "LDL over 190 mg/dL with a statin or not, HDL below 40 mg/dL",
        "result “LDL cholesterol” (value over 190 mg/dL); result “HDL cholesterol” (value under 40 mg/dL)",
    ),
    ("diabetics on insulin or not", "diagnosis “diabetes”"),
)
NOBODY_KNOWS = ("the last two HbA1c above 9", "CT only", "a stroke again", "Xyzitis: HbA1c above 9")


@pytest.mark.parametrize(("question", "meant"), AGAIN)
def test_what_was_named_is_meant_again(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), OWN)
def test_a_value_is_of_the_result_beside_it(question: str, meant: str) -> None:
    assert said(question).partition(". Asked")[0] == meant


@pytest.mark.parametrize(("question", "meant"), NO_MORE)
def test_what_is_said_twice_or_may_be_absent_adds_nothing(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", NOBODY_KNOWS)
def test_what_points_at_nothing_is_refused(question: str) -> None:
    assert read(question).question is None


def test_only_is_told_where_what_it_leaves_out_is_said() -> None:
    assert who("patients with X-ray only, never CT or MRI") == (
        "pictures (modality CR, DX, RG); not [pictures (modality CT, MR)]"
    )
    assert doubts("patients with X-ray only, never CT or MRI") == {"only"}


def test_a_heading_that_no_condition_says_is_told() -> None:
    assert who("Diabetic kidney: HbA1c above 8 %") == "result “hemoglobin A1c” (value over 8 %)"
    assert doubts("Diabetic kidney: HbA1c above 8 %") == {"heading"}


@pytest.mark.parametrize("question", ["reports of chest CTs of men", "the reports of chest CTs taken of men"])
def test_reports_of_pictures_are_those_that_belong_to_them(question: str) -> None:
    assert "reports (belonging to ct) = reports" in said(question)
