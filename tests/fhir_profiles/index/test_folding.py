"""Two spellings of one text fold to the same."""

from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.index.folding import LONGEST, fold


def test_case_accents_and_spaces_do_not_count() -> None:
    assert fold("  Müller   LÜDENSCHEIDT ") == fold("muller ludenscheidt")
    assert fold("Straße") == fold("STRASSE")


def test_scripts_without_accents_stay_as_they_are() -> None:
    assert fold("김 영수") == "김 영수"
    assert fold("山田") == "山田"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=60))
def test_the_form_of_the_characters_does_not_count(text: str) -> None:
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text))


@given(st.text(min_size=LONGEST))
def test_a_fold_is_never_longer_than_the_limit(text: str) -> None:
    assert len(fold(text)) <= LONGEST
