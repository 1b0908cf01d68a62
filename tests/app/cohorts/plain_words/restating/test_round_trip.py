"""What a question is restated as is read as that question again, in both languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cohorts.language.normal_form import normal_form
from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.restating.naming import LexiconNames
from app.cohorts.plain_words.restating.reading import question_in
from app.cohorts.plain_words.restating.writing import question_words
from tests.app.cohorts.evaluation.random_questions import RandomQuestion
from tests.app.cohorts.plain_words.said import DAY, linker, read
from tests.bench.test_plain_words import kept

NAMES = LexiconNames(Lexicon.shipped())
LANGUAGES = ("en", "ko")
QUESTIONS = [each.text for each in kept()["development"]]


def again(question: dict[str, object], language: str) -> dict[str, object] | None:
    """The normal form of a question that went through words and back; None where it did not come back."""
    found = question_in(question_words(question, language), NAMES, linker())
    return None if found is None else normal_form(found, DAY)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 1_000_000), st.sampled_from(LANGUAGES))
def test_any_question_of_the_language_comes_back(seed: int, language: str) -> None:
    question = {name: value for name, value in RandomQuestion(seed).question.items() if name != "page"}

    assert again(question, language) == normal_form(question, DAY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_read_of_plain_words_comes_back(language: str) -> None:
    trees = [found.question for text in QUESTIONS if (found := read(text)).question is not None]

    assert [each for each in trees if again(each, language) != normal_form(each, DAY)] == []


@pytest.mark.parametrize("text", ["", "Patients as of 2026-11-22: whatever.", "women over 40", "환자: 여성"])
def test_what_is_no_restatement_is_none(text: str) -> None:
    assert question_in(text, NAMES, linker()) is None
