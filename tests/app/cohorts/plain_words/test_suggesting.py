"""Sets of codes by a few letters of a name: the nearest first, of the kind that is asked for, with codes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cohorts.language.forms import ConceptSetSchema
from app.cohorts.plain_words.suggesting import KINDS_OF, MOST_SUGGESTED, suggested

ASKED = {
    "the beginning of a word": ("metf", "medication", "metformin"),
    "an abbreviation": ("AAA", "condition", "abdominal-aortic-aneurysm"),
    "Korean": ("당뇨", "condition", "diabetes"),
    "Korean with a space that it lacks": ("복부 대동맥류", "condition", "abdominal-aortic-aneurysm"),
    "where": ("lung", "bodySite", "lung"),
    "a test": ("hba1c", "observation", "hba1c"),
}


@pytest.mark.parametrize(("text", "of", "first"), ASKED.values(), ids=ASKED)
def test_the_nearest_is_the_first(text: str, of: str, first: str) -> None:
    assert suggested(text, of)[0].id == first


def test_a_kind_has_only_its_own() -> None:
    assert [each.id for each in suggested("metformin", "condition")] == []


@pytest.mark.parametrize("text", ["", " ", "no such thing whatever"])
def test_what_names_nothing_finds_nothing(text: str) -> None:
    assert suggested(text, "condition") == []


@settings(deadline=None)  # the first reads the lexicon
@given(st.text(max_size=6), st.sampled_from([*KINDS_OF, "nothing"]))
def test_whatever_is_typed_finds_sets_that_a_question_takes(text: str, of: str) -> None:
    found = suggested(text, of)

    assert len(found) <= MOST_SUGGESTED
    assert [ConceptSetSchema().validate(dict(each.concept_set)) for each in found] == [{}] * len(found)
