"""Of what somebody typed, words of anatomy and technique stay, and nothing that may name somebody."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.deidentification.words import cleaned, harmless_words

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("CT Abdomen w/ contrast 5mm", "CT Abdomen w/ contrast 5mm"),
        ("T1 MPRAGE sag 1.0 mm Quillfeather", "T1 MPRAGE sag 1.0 mm"),
        ("010-1234-5678 chest", "chest"),
        ("123 45 6789", ""),
        ("pneumonia 12/25/1970", "pneumonia"),
        ("복부 CT 김철수 조영", "복부 CT 조영"),
        ("born 1970", ""),
        ("C-spine lat HONG GILDONG", "C-spine lat"),
        ("ottoline@example.org", ""),
        ("", ""),
    ],
)
def test_known_words_and_short_numbers_stay(text: str, kept: str) -> None:
    assert cleaned(text, NOBODY) == kept


def test_a_word_that_is_somebodys_name_goes_whatever_it_means() -> None:
    assert cleaned("CT back Sharp kernel", frozenset({"sharp", "back"})) == "CT kernel"


@given(st.text(max_size=200))
def test_nothing_stays_that_is_not_known(text: str) -> None:
    kept = cleaned(text, NOBODY)

    for part in kept.replace("-", " ").replace("/", " ").split():
        letters = "".join(each if each.isalpha() else " " for each in part).casefold().split()
        assert all(each in harmless_words() for each in letters), (text, kept)


@example("02-14 1970")
@given(st.from_regex(r"[0-9]{2,4}[-/. ][0-9]{2,4}[-/. ][0-9]{2,4}", fullmatch=True))
def test_numbers_in_groups_do_not_stay(text: str) -> None:
    assert sum(each.isdigit() for each in cleaned(f"chest {text} lung", NOBODY)) <= 3
