"""Periods that lead a sentence, and those that stand behind whose pictures they date."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, who

ALL_OF_IT = (
    (
        "Since March 2025: a CT or an MRI of the liver, but no ultrasound",
        "pictures (modality CT, MR; of “liver”; since 2025-03); not [pictures (modality US; since 2025-03)]",
    ),
    (
        "In 2024, women with asthma who had a CT and no colonoscopy",
        "women; diagnosis “asthma”; pictures (modality CT; from 2024 to 2024); "
        "not [procedure “colonoscopy” (from 2024 to 2024)]",
    ),
    ("Since 2020, women with gout", "women; diagnosis “gout” (since 2020)"),
    ("In 2025, diabetics who died", "diagnosis “diabetes”; has died (from 2025 to 2025)"),
)
DATED = (
    (
        "brain MRIs in patients with gout in 2024",
        "pictures (modality MR; of “brain”; from 2024 to 2024); diagnosis “gout”",
    ),
    (
        "colonoscopies in patients with Crohn's disease since 2023",
        "procedure “colonoscopy” (since 2023); diagnosis “Crohn disease”",
    ),
)


@pytest.mark.parametrize(("question", "meant"), ALL_OF_IT)
def test_a_period_before_all_is_of_all_that_happened(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), DATED)
def test_what_was_done_is_dated_and_not_whose_it_is(question: str, meant: str) -> None:
    assert who(question) == meant
    assert "window" in doubts(question)
