"""What is denied without a part of it: 비흑색종 피부암을 제외한 암이 없는."""

import pytest

from app.cohorts.language.normal_form import normal_form
from tests.app.cohorts.plain_words.restating.test_round_trip import again
from tests.app.cohorts.plain_words.said import DAY, read, who

WITHOUT = "not [diagnosis “cancer but not non-melanoma skin cancer”]"


@pytest.mark.parametrize(
    "question",
    [
        "비흑색종 피부암을 제외한 암이 없는 환자",
        "암(비흑색종 피부암 제외) 병력이 없는 환자",
        "악성종양(단, 비흑색종 피부암은 제외)이 없는 환자",
        "악성종양이 없을 것(비흑색종 피부암은 예외)",
        "제외기준: 암(비흑색종 피부암 제외)",
        "제외기준: 비흑색종 피부암을 제외한 암",
    ],
)
def test_a_part_is_left_out(question: str) -> None:
    assert who(question) == WITHOUT


def test_who_has_the_rest_has_no_such_part() -> None:
    assert who("폐암을 제외한 암 환자") == "diagnosis “cancer”; not [diagnosis “lung cancer”]"
    assert who("암 환자(폐암 제외)") == "diagnosis “cancer”; not [diagnosis “lung cancer”]"


@pytest.mark.parametrize("question", ["통풍을 제외한 암이 없는 환자", "제외기준: 통풍을 제외한 암"])
def test_what_is_no_part_is_not_read(question: str) -> None:
    assert who(question) == ""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_is_told_and_read_again(language: str) -> None:
    question = read("암(비흑색종 피부암 제외) 병력이 없는 환자").question

    assert question is not None
    assert question["conceptSets"]["cancer-without-nonmelanoma-skin-cancer"]["exclude"]
    assert again(question, language) == normal_form(question, DAY)
