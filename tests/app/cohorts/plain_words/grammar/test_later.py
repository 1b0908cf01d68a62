"""What comes after something else: deaths, readmissions, and what follows within a time."""

import pytest

from tests.app.cohorts.plain_words.said import who

DEATHS = (
    (
        "patients who died within 30 days of a hip fracture",
        "has died (within 30 days after hip-fracture). Where diagnosis “hip fracture” = hip-fracture",
    ),
    (
        "고관절 골절 후 30일 이내에 사망한 환자",
        "has died (within 30 days after hip-fracture). Where diagnosis “hip fracture” = hip-fracture",
    ),
    (
        "수술 후 30일 이내 사망한 환자",
        "has died (within 30 days after procedure). Where procedure = procedure",
    ),
)
FOLLOWING = (
    (
        "a CT and then an MRI within two weeks",
        (
            "pictures (modality CT); pictures (modality MR; within 2 weeks after ct). Where pictures "
            "(modality CT) = ct"
        ),
    ),
    (
        "stroke followed by seizure within 3 months",
        (
            "diagnosis “stroke”; diagnosis “seizure” (within 3 months after stroke). Where diagnosis "
            "“stroke” = stroke"
        ),
    ),
    (
        "hip replacement in women who started alendronate afterwards",
        (
            "procedure “hip replacement”; women; drug “alendronate” (not before hip-replacement; the "
            "first). Where procedure “hip replacement” = hip-replacement"
        ),
    ),
    (
        "abdominal ultrasound and later a CT of the abdomen",
        (
            "pictures (modality US; of “abdomen”); pictures (modality CT; of “abdomen”; not before "
            "ultrasound). Where pictures (modality US; of “abdomen”) = ultrasound"
        ),
    ),
)
AGAIN = (
    (
        "readmitted with heart failure within 90 days",
        (
            "visit (class IMP, ACUTE, NONAC; within 90 days after encounter); diagnosis “heart "
            "failure”. Where visit (class IMP, ACUTE, NONAC) = encounter"
        ),
    ),
    (
        "readmitted within 30 days",
        (
            "visit (class IMP, ACUTE, NONAC; within 30 days after encounter). Where visit (class "
            "IMP, ACUTE, NONAC) = encounter"
        ),
    ),
    (
        "30일 이내 재입원한 환자",
        (
            "visit (class IMP, ACUTE, NONAC; within 30 days after encounter). Where visit (class "
            "IMP, ACUTE, NONAC) = encounter"
        ),
    ),
)
SINCE = (
    (
        "more than 6 months after stroke",
        "diagnosis “stroke” (at least 6 months before the day of the question)",
    ),
    (
        "at least 1 year since last chemotherapy",
        "procedure “chemotherapy” (at least 1 year before the day of the question; the last)",
    ),
    (
        "no colonoscopy for more than 5 years",
        "not [procedure “colonoscopy” (within 5 years before the day of the question)]",
    ),
    (
        "1년 넘게 심초음파를 안 한 환자",
        "not [procedure “echocardiography” (within 1 year before the day of the question)]",
    ),
)


@pytest.mark.parametrize(("question", "meant"), DEATHS)
def test_a_death_follows_an_event(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), FOLLOWING)
def test_what_comes_later_is_after_what_stands_before(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), AGAIN)
def test_a_readmission_is_soon_after_a_stay(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), SINCE)
def test_a_time_since_an_event_tells_when_it_was(question: str, meant: str) -> None:
    assert who(question) == meant
