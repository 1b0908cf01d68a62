"""Events of facts: what is assumed of them, and which of several ways is taken."""

import pytest

from tests.app.cohorts.plain_words.said import doubts, who

CONFIRMED = ("patients with confirmed COVID-19", "코로나19 확진 환자", "biopsy-proven COVID-19")
DIAGNOSED = ("patients diagnosed with asthma", "천식으로 진단받은 환자")
STAYS = (
    ("patients in the ICU", "visit “intensive care unit stay”"),
    (
        "patients currently in the ICU",
        "visit “intensive care unit stay” (status arrived, triaged, in-progress, onleave)",
    ),
    (
        "currently admitted patients",
        "visit (status arrived, triaged, in-progress, onleave; class IMP, ACUTE, NONAC)",
    ),
)


@pytest.mark.parametrize("question", CONFIRMED)
def test_what_is_confirmed_is_taken_by_its_word_and_told(question: str) -> None:
    assert who(question) == "diagnosis “COVID-19” (verification confirmed)"
    assert "confirmed" in doubts(question)


@pytest.mark.parametrize("question", DIAGNOSED)
def test_whether_provisional_diagnoses_count_is_told(question: str) -> None:
    assert who(question) == "diagnosis “asthma”"
    assert doubts(question) == {"confirmed"}


@pytest.mark.parametrize(("question", "meant"), STAYS)
def test_whether_somebody_is_there_now_is_told(question: str, meant: str) -> None:
    assert who(question) == meant
    assert "staying" in doubts(question)


def test_how_often_reports_say_a_word_is_not_asked() -> None:
    assert who("at least two relapses in the previous 24 months") == ""


def test_pictures_that_have_no_code_of_their_own_are_told() -> None:
    assert who("CT angiography") == "pictures (modality CT)"
    assert "described" in doubts("CT angiography")


def test_a_positive_test_of_an_infection_is_read_as_the_diagnosis_and_told() -> None:
    assert who("이번 달 C. difficile 양성") == who("C diff positives this month") != ""
    assert "positive" in doubts("C diff positives this month")


def test_what_is_said_of_now_and_no_record_tells_is_left_out_and_told() -> None:
    assert who("current pacemaker") == "device “pacemaker”"
    assert "soft" in doubts("current pacemaker")
