"""What reports ask for, in English and Korean: planted sentences are read right, few variants missed."""

import pytest

from app.records.glance.recommendations import Recommendation, recommendations_in, recommended
from app.records.glance.recommended_times import delay_in
from app.records.glance.report_text import sections_of
from tests.app.records.glance.sentences import PLANTED, VARIANTS

RECALL = 0.9


def read(sentence: str) -> str:
    """What a sentence is read as."""
    found = recommendations_in(sentence)
    if not found:
        return "nothing"
    return "conditional" if all(each.condition for each in found) else "asked"


def only(text: str) -> Recommendation:
    (found,) = recommendations_in(text)
    return found


@pytest.mark.parametrize(
    ("what", "sentence"), [(what, each) for what, listed in PLANTED.items() for each in listed]
)
def test_a_planted_sentence_is_read_as_what_it_says(what: str, sentence: str) -> None:
    assert read(sentence) == what


def test_most_variants_are_found_and_none_is_made_up() -> None:
    asking = [(what, each) for what in ("asked", "conditional") for each in VARIANTS[what]]
    found = [each for what, each in asking if read(each) == what]

    assert len(found) / len(asking) >= RECALL
    assert [each for each in VARIANTS["nothing"] if read(each) != "nothing"] == []


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("in 3 months", 91, 91),
        ("in 3-6 months", 91, 183),
        ("three to six months", None, None),
        ("in three to six months", 91, 183),
        ("within 2 weeks", 14, 14),
        ("6-month follow-up", 183, 183),
        ("annual mammography", 365, 365),
        ("3개월 후", 91, 91),
        ("3~6개월 내", 91, 183),
        ("한 달 후", 30, 30),
        ("1년 뒤", 365, 365),
        ("매년", 365, 365),
        ("3 months ago", None, None),
        ("3개월 전", None, None),
    ],
)
def test_a_time_to_come_is_read_in_days(text: str, low: int | None, high: int | None) -> None:
    delay = delay_in(text)

    assert (delay and delay.low, delay and delay.high) == (low, high)


def test_what_is_asked_for_has_its_kind_and_its_region() -> None:
    picture, procedure = only("Recommend MRI of the liver."), only("폐결절에 대해 조직검사를 권합니다.")

    assert (picture.modalities, picture.regions) == ({"MR"}, {"LIVER"})
    assert (procedure.procedures, procedure.regions) == ({"biopsy"}, {"LUNG"})


def test_a_condition_belongs_to_its_own_part_of_a_sentence() -> None:
    now, later = recommendations_in("Recommend CT in 3 months, and biopsy if it grows.")

    assert (now.modalities, now.condition) == ({"CT"}, False)
    assert (later.procedures, later.condition) == ({"biopsy"}, True)


def test_pictures_and_a_biopsy_are_two_things_of_one_time() -> None:
    picture, tissue = recommendations_in("Recommend MRI of the knee and a core needle biopsy within 2 weeks.")

    assert (picture.modalities, tissue.procedures) == ({"MR"}, {"biopsy"})
    assert picture.delay == tissue.delay
    assert picture.delay is not None


def test_pictures_or_a_biopsy_are_one_thing_that_either_answers() -> None:
    found = only("Recommend PET-CT or biopsy within 4 weeks and the tumour board.")

    assert (found.modalities, found.procedures) == ({"CT", "PT"}, {"biopsy"})


def test_what_is_denied_of_one_finding_is_asked_for_of_another() -> None:
    found = only("낭종은 추적 검사가 필요 없으나, 결절은 6개월 후 CT 추적 검사를 권합니다.")

    assert found.delay is not None
    assert found.delay.low == 183


def test_the_findings_and_the_impression_ask_for_one_thing_once() -> None:
    text = sections_of(
        "FINDINGS: Nodule. Recommend follow-up CT in 3 months.\n"
        "IMPRESSION: 1. Nodule, 6 mm.\n2. Follow-up CT in 3 months recommended.\n"
    )

    (found,) = recommended(text)

    assert found.sentence == "Follow-up CT in 3 months recommended."


def test_the_history_and_the_technique_ask_for_nothing() -> None:
    text = sections_of(
        "CLINICAL HISTORY: Follow-up CT in 3 months was advised.\nTECHNIQUE: Repeat CT in 2 phases.\n"
        "IMPRESSION: Normal."
    )

    assert recommended(text) == ()


def test_a_long_text_without_an_end_is_read_in_time() -> None:
    assert recommendations_in("no follow up recommended if CT " * 600) == ()
