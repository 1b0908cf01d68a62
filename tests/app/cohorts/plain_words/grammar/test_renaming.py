"""Names and words that mean another thing beside certain others."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, who

RELATIVES = (
    (
        "mother or sister had breast cancer",
        "family history “breast cancer” (relatives MTH, NMTH, SIS, NSIS)",
    ),
    (
        "first-degree relative with colon cancer",
        (
            "family history “colon cancer” (relatives MTH, FTH, NMTH, NFTH, SIB, NSIB, BRO, SIS, "
            "NBRO, NSIS, CHILD, SON, DAU)"
        ),
    ),
    (
        "어머니나 자매가 유방암이었던 환자",
        "family history “breast cancer” (relatives MTH, NMTH, SIS, NSIS)",
    ),
)
SWITCHES = (
    (
        "adults switched from warfarin to apixaban",
        "18 years or older; drug “apixaban” (not before warfarin). Where drug “warfarin” = warfarin",
    ),
    (
        "와파린에서 아픽사반으로 바꾼 성인 환자",
        "drug “apixaban” (not before warfarin); 18 years or older. Where drug “warfarin” = warfarin",
    ),
    (
        "prescribed an ACE inhibitor but later switched to an ARB",
        (
            "drug “ACE inhibitor”; drug “angiotensin receptor blocker” (not before ace-inhibitor; the "
            "first). Where drug “ACE inhibitor” = ace-inhibitor"
        ),
    ),
)
OTHERS = (
    (
        "COPD and a smoking history of at least 10 pack-years",
        (
            "diagnosis “chronic obstructive pulmonary disease”; result “pack-years smoked” (value 10 "
            "{PackYears} or more)"
        ),
    ),
    (
        "cardiac CTs performed on GE equipment",
        "pictures (modality CT; of “heart”; made by “GE MEDICAL SYSTEMS”)",
    ),
    (
        "ischemic stroke confirmed on CT or MRI of the head",
        "diagnosis “cerebral infarction”; pictures (modality CT, MR; of “head”)",
    ),
)
OPERATIONS = (
    (
        "levothyroxine after thyroid cancer surgery",
        (
            "drug “levothyroxine” (not before procedure); diagnosis “thyroid cancer”. Where procedure "
            "= procedure"
        ),
    ),
    (
        "갑상선암 수술 후 레보티록신을 복용하는 환자",
        (
            "diagnosis “thyroid cancer”; drug “levothyroxine” (not before procedure). Where procedure "
            "= procedure"
        ),
    ),
    (
        "위암으로 수술받은 환자",
        "diagnosis “stomach cancer”; procedure",
    ),
    (
        "고관절 골절 수술 후 30일 이내 사망",
        "diagnosis “hip fracture”; has died (within 30 days after procedure). Where procedure = procedure",
    ),
)


@pytest.mark.parametrize(("question", "meant"), RELATIVES)
def test_relatives_are_any_of_those_that_are_named(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), SWITCHES)
def test_what_somebody_is_switched_to_comes_after(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), OTHERS)
def test_words_stand_for_what_they_are_said_of(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), OPERATIONS)
def test_an_operation_for_a_disease_is_any_and_that_is_told(question: str, meant: str) -> None:
    assert who(question) == meant
    assert "operation" in doubts(question)
