"""What English lists: of which one is enough, of which nothing hangs, and of which nothing is known."""

import pytest

from tests.app.cohorts.plain_words.said import said, who

LISTED = (
    ("diabetes, hypertension, or both", "any of [diagnosis “diabetes”; diagnosis “hypertension”]"),
    ("both asthma and gout", "diagnosis “asthma”; diagnosis “gout”"),
    (
        "either asthma or gout and a history of smoking",
        "any of [diagnosis “asthma”; diagnosis “gout”]; " + who("ever smoked"),
    ),
    ("at least one of gout and asthma", "any of [diagnosis “gout”; diagnosis “asthma”]"),
    (
        "at least one of the following: age over 65, diabetes, asthma",
        "any of [older than 65 years; diagnosis “diabetes”; diagnosis “asthma”]",
    ),
    (
        "women with at least one of asthma or gout, aged over 50",
        "women; any of [diagnosis “asthma”; diagnosis “gout”]; older than 50 years",
    ),
)
NO_MATTER = (
    ("type 2 diabetes with or without hypertension", "diagnosis “type 2 diabetes”"),
    ("breast cancer with or without prior chemotherapy", "diagnosis “breast cancer”"),
    ("with or without obesity, women with asthma", "women; diagnosis “asthma”"),
    ("gout regardless of smoking status", "diagnosis “gout”"),
    ("gout with or without asthma or obesity and on allopurinol", "diagnosis “gout”; drug “allopurinol”"),
)
NOTHING_KNOWN = (
    "diabetes and either retinopathy or nephropathy, but not both",
    "diabetes with or without hypertension and obesity",
    "diabetes, unless well controlled",
    "cancer unless in remission for more than 5 years",
    "CT before and after surgery",
    "patients with a CT before and an MRI after surgery",
)


@pytest.mark.parametrize(("question", "meant"), LISTED)
def test_of_a_list_one_is_enough_where_it_is_said(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), NO_MATTER)
def test_what_may_be_there_or_not_is_no_condition(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize("question", NOTHING_KNOWN)
def test_what_no_condition_says_is_refused(question: str) -> None:
    assert said(question) == ""
