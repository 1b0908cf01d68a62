"""What only says more of the name before it."""

import pytest

from tests.app.cohorts.plain_words.said import who

EXAMPLES = (
    (
        "warfarin or a direct oral anticoagulant (e.g. apixaban, rivaroxaban)",
        "any of [drug “warfarin”; drug “direct oral anticoagulant or apixaban or rivaroxaban”]",
    ),
    (
        "on an anticoagulant such as warfarin or apixaban",
        "drug “anticoagulant or warfarin or apixaban”",
    ),
    (
        "anticoagulants, including warfarin",
        "drug “anticoagulant or warfarin”",
    ),
)
AGAIN = (
    (
        "65세 이상 여성의 골밀도(DEXA) 검사",
        "65 years or older; women; pictures (modality BMD, BDUS)",
    ),
    (
        "LVEF (left ventricular ejection fraction) below 35",
        "result “left ventricular ejection fraction” (value under 35 %)",
    ),
)


@pytest.mark.parametrize(("question", "meant"), EXAMPLES)
def test_examples_are_of_their_class(question: str, meant: str) -> None:
    assert who(question) == meant


@pytest.mark.parametrize(("question", "meant"), AGAIN)
def test_a_name_in_brackets_is_the_same_thing(question: str, meant: str) -> None:
    assert who(question) == meant
