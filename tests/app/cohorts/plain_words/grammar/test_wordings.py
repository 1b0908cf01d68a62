"""Wordings of wards and protocols that say what plainer ones do."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, read, said, who

BOTH_TYPES = "any of [diagnosis “type 1 diabetes”; diagnosis “type 2 diabetes”]"
PLAINER = (
    ("type 1 or type 2 diabetics", BOTH_TYPES),
    ("type 1 or 2 diabetes", BOTH_TYPES),
    (
        "a sodium below 130 in a type 1",
        "result “sodium” (value under 130 mmol/L); diagnosis “type 1 diabetes”",
    ),
    ("who spiked 38.5 or higher", "result “body temperature” (value 38.5 Cel or more)"),
    ("anybody with an appendix op", "procedure “appendectomy”"),
    (
        "hypertension without (a) gout, (b) asthma, (c) COPD",
        "diagnosis “hypertension”; not [any of [diagnosis “gout”; diagnosis “asthma”; "
        "diagnosis “chronic obstructive pulmonary disease”]]",
    ),
    ("elderly men with high blood sugar", "65 years or older; men; result “glucose” (value high)"),
    ("FEV1/FVC < 0.7", "result “FEV1/FVC” (value under 70 %)"),
    ("CT or MRI of the head, no contrast", "pictures (modality CT, MR; of “head”; without contrast)"),
    (
        "Psoriasis. Gout or asthma: any of these excludes the subject.",
        "diagnosis “psoriasis”; not [any of [diagnosis “gout”; diagnosis “asthma”]]",
    ),
)
BY_SEX = (
    (
        "QTc above 470 ms in women or above 450 ms in men",
        "any of [all of [women; result “QTc” (value over 470 ms)]; "
        "all of [men; result “QTc” (value over 450 ms)]]",
    ),
    (
        "ferritin below 15 ng/mL (women) or below 30 ng/mL (men)",
        "any of [all of [women; result “ferritin” (value under 15 ng/mL)]; "
        "all of [men; result “ferritin” (value under 30 ng/mL)]]",
    ),
)
IN_ONE_STUDY = (
    "pictures (together on one study; tag ModalitiesInStudy exactly “CT”; tag ModalitiesInStudy exactly “PT”)"
)
UNKNOWN = (
    "type 2 respiratory failure",
    "no hemoglobin below 13 in men or below 12 in women",
    "thyroid op",
    "hypertensive retinopathy",
    "thin-slice chest CT",
)


@pytest.mark.parametrize(("question", "meant"), PLAINER)
def test_it_is_read_as_the_plainer_wording(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), BY_SEX)
def test_each_sex_has_its_own_value(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", ["studies with both CT and PET series", "exams containing CT and PET"])
def test_one_study_holds_both(question: str) -> None:
    assert who(question) == IN_ONE_STUDY


def test_a_hybrid_is_any_pet_unless_somebody_chooses_both() -> None:
    assert who("women with a PET-CT") == "women; pictures (modality PT)"
    assert doubts("women with a PET-CT") == {"hybrid"}
    assert who("women with a PET-CT", hybrid_13="both") == f"women; {IN_ONE_STUDY}"


def test_a_report_that_mentions_a_finding_is_what_a_time_is_told_by() -> None:
    asked = "chest CT in the 3 months after a nodule was mentioned in a report"
    assert said(asked).startswith("pictures (modality CT; of “chest”; within 3 months after report)")
    assert "Where report (saying any of “nodule”" in said(asked)


def test_slices_in_millimetres_are_their_thickness() -> None:
    assert who("chest CT in slices thinner than 1.25 mm") == (
        "pictures (modality CT; of “chest”; slices under 1.25 mm)"
    )
    assert who("chest CT with over 300 slices") == (
        "pictures (modality CT; of “chest”; number of pictures over 300)"
    )


def test_either_of_two_numbers_of_pictures_is_enough() -> None:
    assert who("patients with an MRI at 1.5 T or 3 T") == (
        "any of [pictures (modality MR; field exactly 1.5 T); pictures (modality MR; field exactly 3 T)]"
    )


def test_how_well_a_disease_is_controlled_is_no_record() -> None:
    assert who("diabetes not controlled on metformin") == ""


@pytest.mark.parametrize("question", UNKNOWN)
def test_what_only_looks_like_it_is_refused(question: str) -> None:
    assert read(question).question is None
