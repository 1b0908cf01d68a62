"""Names as they are looked up: spellings of one name have one form, other names another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.folding import fold
from fhir_profiles.terminology.naming import LONGEST_NAME, SpokenName, name_form, namings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Crohn's disease", "crohn’s  Disease"),
        ("Carcinoma, hepatocellular", "carcinoma hepatocellular"),
        ("non-small cell", "Non small-cell"),
        ("제 2형 당뇨병", "제2형당뇨병"),
        ("Ménière syndrome", "meniere syndrome"),
        ("HbA1c", "hba1c"),
    ],
)
def test_spellings_of_a_name_share_a_form(one: str, other: str) -> None:
    assert name_form(one) == name_form(other)


@pytest.mark.parametrize(
    ("one", "other"), [("CD4+", "CD4"), ("2.5 mg", "25 mg"), ("type 1", "type 2"), ("골육종", "연골육종")]
)
def test_other_names_have_other_forms(one: str, other: str) -> None:
    assert name_form(one) != name_form(other)


@given(st.text(max_size=60))
def test_a_form_is_its_own_form_and_does_not_depend_on_folding(text: str) -> None:
    form = name_form(text)

    assert name_form(form) == form
    assert name_form(fold(text)) == form


def test_each_form_stands_once_and_the_preferred_name_first() -> None:
    found = list(
        namings(
            [
                SpokenName("heart-attack", "en", False),
                SpokenName("Heart attack", "en", True),
                SpokenName("심장 마비", "ko", False),
                SpokenName("x", "en", False),
                SpokenName("y" * (LONGEST_NAME + 1), "en", False),
            ]
        )
    )

    assert [(each.form, each.language, each.preferred) for each in found] == [
        ("heart attack", "en", True),
        ("심장마비", "ko", False),
    ]
