"""Results that differ with the sex."""

import pytest

from tests.app.cohorts.plain_words.said import who

MEANT = (
    "any of [all of [men; result “hemoglobin” (value under 13 g/dL)]; "
    "all of [women; result “hemoglobin” (value under 12 g/dL)]]"
)


@pytest.mark.parametrize(
    "question",
    [
        "혈색소가 남성 13 g/dL 미만, 여성 12 g/dL 미만",
        "혈색소가 남자는 13 미만, 여자는 12 미만인 환자",
        "남성은 혈색소 13 미만, 여성은 12 미만",
        "혈색소 13 미만인 남성 또는 12 미만인 여성",
    ],
)
def test_each_sex_has_its_value(question: str) -> None:
    assert who(question) == MEANT


def test_others_hold_for_both() -> None:
    assert who("혈색소가 남성 13 미만, 여성 12 미만인 통풍 환자") == f"{MEANT}; diagnosis “gout”"


def test_a_value_of_one_sex_is_no_age() -> None:
    assert who("혈색소가 여성 12 미만") == "women; result “hemoglobin” (value under 12 g/dL)"


def test_two_values_of_one_sex_are_not_read() -> None:
    assert who("혈색소가 여성 13 미만, 여성 12 미만") == ""
