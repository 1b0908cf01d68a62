"""Two spellings of one text fold to the same."""

import re
from unicodedata import name, normalize

from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.folding import LONGEST, fold


def test_case_accents_and_spaces_do_not_count() -> None:
    assert fold("  Müller   LÜDENSCHEIDT ") == fold("muller ludenscheidt")
    assert fold("Straße") == fold("STRASSE")


def test_strokes_ligatures_and_lost_dots_do_not_count() -> None:
    assert fold("Łódź Ørsted Đorđe Ćwikła") == "lodz orsted dorde cwikla"
    assert fold("Æsa Œuvre Ðóra Þór Işık") == "aesa oeuvre dora thor isik"
    assert fold("Ǿ") == "o"


_STRUCK = re.compile(
    r"LATIN (?:CAPITAL|SMALL) LETTER ([A-Z]) WITH (?:OBLIQUE |DIAGONAL )?STROKE(?: AND ACUTE)?"
)


def test_every_letter_of_the_alphabet_with_a_stroke_is_that_letter() -> None:
    named = {chr(code): _STRUCK.fullmatch(name(chr(code), "")) for code in range(0x250)}
    assert {each: fold(each) for each, match in named.items() if match} == {
        each: match[1].lower() for each, match in named.items() if match
    }


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
