"""The stretches of a question in words: together they are its text, whatever spans are told."""

from hypothesis import given
from hypothesis import strategies as st

from app.http.cohort_page.asked_words import marked_question

SPANS = st.lists(st.tuples(st.integers(-2, 12), st.integers(-2, 12)).map(list), max_size=4)


def test_what_was_not_understood_is_a_stretch_of_its_own() -> None:
    read = {"notUnderstood": [{"text": "흐물흐물", "span": [3, 7]}]}

    assert marked_question("여성 흐물흐물 환자", read) == [
        ("여성 ", False),
        ("흐물흐물", True),
        (" 환자", False),
    ]


def test_a_question_that_nobody_read_has_none() -> None:
    assert marked_question("women", None) == []


@given(st.text(max_size=10), SPANS)
def test_no_word_is_lost(words: str, spans: list[list[int]]) -> None:
    parts = marked_question(words, {"notUnderstood": [{"span": each} for each in spans]})

    assert "".join(each.text for each in parts) == words
