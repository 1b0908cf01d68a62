"""Blood pressures of two numbers."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, said, who

BELOW = (
    (
        "blood pressure below 140/90",
        (
            "result “systolic blood pressure” (value under 140 mm[Hg]); result “diastolic blood "
            "pressure” (value under 90 mm[Hg])"
        ),
    ),
    (
        "혈압 140/90 미만",
        (
            "result “systolic blood pressure” (value under 140 mm[Hg]); result “diastolic blood "
            "pressure” (value under 90 mm[Hg])"
        ),
    ),
)
ABOVE = (
    (
        "BP above 140/90",
        (
            "any of [result “systolic blood pressure” (value over 140 mm[Hg]); result “diastolic "
            "blood pressure” (value over 90 mm[Hg])]"
        ),
    ),
)
NAMED = (
    (
        "BP over 180 systolic",
        "result “systolic blood pressure” (value over 180 mm[Hg])",
    ),
    (
        "BP above 160 systolic or 100 diastolic",
        (
            "any of [result “systolic blood pressure” (value over 160 mm[Hg]); result “diastolic "
            "blood pressure” (value over 100 mm[Hg])]"
        ),
    ),
)


@pytest.mark.parametrize(("question", "meant"), BELOW)
def test_below_is_both(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), ABOVE)
def test_above_is_either(question: str, meant: str) -> None:
    assert said(question) == meant


@pytest.mark.parametrize(("question", "meant"), NAMED)
def test_the_name_behind_a_number_says_which_it_is(question: str, meant: str) -> None:
    assert who(question) == meant


def test_one_number_is_the_systolic_pressure_and_that_is_told() -> None:
    assert (
        who("혈압 180 초과") == who("BP > 180") == "result “systolic blood pressure” (value over 180 mm[Hg])"
    )
    assert "pressure" in doubts("BP > 180")
