"""Names known in part, how pictures were taken, what is together, and what does not matter."""

import pytest

from tests.app.cohorts.plain_words.said import read, who


@pytest.mark.parametrize(
    "text",
    [
        "steroid-refractory ulcerative colitis",
        "chemotherapy-induced neuropathy",
        "HIV-associated nephropathy",
        "cancer-related pain",
        "post-stroke depression",
        "항암제 유발 신경병증",
        "스테로이드 저항성 궤양성 대장염",
        "sugar medication",
        "호흡기 감염 환자",
    ],
)
def test_a_part_of_a_name_is_no_condition_of_its_own(text: str) -> None:
    assert read(text).verdict == "refused"


@pytest.mark.parametrize(
    ("text", "population"),
    [
        ("diabetic nephropathy", "diagnosis “diabetic nephropathy”"),
        ("insulin-dependent diabetes", "diagnosis “type 1 diabetes”"),
        ("임신성 당뇨병", "diagnosis “gestational diabetes”"),
        ("항응고제 치료 환자", "drug “anticoagulant”"),
    ],
)
def test_a_name_that_is_known_is_read_as_a_whole(text: str, population: str) -> None:
    assert (read(text).verdict, who(text)) == ("exact", population)


@pytest.mark.parametrize(
    "text",
    [
        "portable chest x-ray",
        "low-dose chest CT",
        "follow-up MRI of the brain",
        "저선량 흉부 CT",
        "추적 복부 CT",
        "drug-eluting stent",
    ],
)
def test_a_word_that_no_code_tells_of_is_not_understood(text: str) -> None:
    assert read(text).verdict == "partial"


@pytest.mark.parametrize(
    "text",
    [
        "no follow-up CT",
        "patients without a low-dose CT",
        "patients without a drug-eluting stent",
        "저선량 CT를 3번 이상 찍은 환자",
        "추적 CT가 없는 환자",
    ],
)
def test_it_refuses_what_is_denied_or_counted(text: str) -> None:
    assert read(text).verdict == "refused"


def test_pictures_of_the_whole_body_have_a_site() -> None:
    assert who("전신 MRI") == "pictures (modality MR; of “whole body”)"


@pytest.mark.parametrize(
    ("text", "population"),
    [
        (
            "asthma and gout at the same visit",
            (
                "diagnosis “asthma”; diagnosis “gout” (in the same visit as asthma). "
                "Where diagnosis “asthma” = asthma"
            ),
        ),
        (
            "같은 입원 중 폐렴과 패혈증이 있던 환자",
            (
                "diagnosis “pneumonia”; diagnosis “sepsis” (in the same visit as pneumonia). "
                "Where diagnosis “pneumonia” = pneumonia"
            ),
        ),
        (
            "같은 날 CT와 초음파를 찍은 환자",
            (
                "pictures (modality CT); pictures (modality US; on the same day as ct). "
                "Where pictures (modality CT) = ct"
            ),
        ),
    ],
)
def test_what_is_together_is_asked_for_together(text: str, population: str) -> None:
    assert (who(text), read(text).verdict) == (population, "exact")


@pytest.mark.parametrize(
    "text",
    [
        "patients with chest CT and abdominal CT in one examination",
        "CT and MRI in the same session",
        "patients with CT in one study",
        "같은 검사에서 CT와 초음파를 모두 찍은 환자",
        "한 번의 검사에서 CT와 MRI를 찍은 환자",
        "같은 날 CT, MRI, 초음파를 찍은 환자",
    ],
)
def test_what_cannot_be_told_to_be_together_is_refused(text: str) -> None:
    assert read(text).verdict == "refused"


@pytest.mark.parametrize(
    "text", ["any level of LDL, HbA1c above 9", "any LDL, HbA1c above 9", "흡연과 무관하게 HbA1c 9 초과"]
)
def test_what_does_not_matter_takes_no_value_of_its_neighbour(text: str) -> None:
    assert who(text) == "result “hemoglobin A1c” (value over 9 %)"


def test_where_nobody_knows_what_does_not_matter_it_is_refused() -> None:
    assert read("with any level of creatinine and potassium above 5").verdict == "refused"
    assert who("any creatinine above 2") == "result “creatinine” (value over 2 mg/dL)"
