"""Drugs written in Hangul are known by their sound, and look-alikes are never taken for one another."""

import pytest

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.linking.hearing import DrugListener
from app.cohorts.plain_words.linking.sounding import sounding_like
from tests.app.cohorts.plain_words.said import doubts, said

LISTENER = DrugListener.of(Lexicon.shipped())
HEARD = {
    "이매티닙": "imatinib",
    "레보티록씬": "levothyroxine",
    "아미오다론": "amiodarone",
    "심바스타틴": "simvastatin",
    "와르파린": "warfarin",
    "트라스트주맙": "trastuzumab",
}
LOOK_ALIKE = {
    "암로디핀": ("amlodipine", "nifedipine"),
    "로라제팜": ("lorazepam", "clonazepam"),
    "도파민": ("dopamine", "dobutamine"),
    "세파졸린": ("cefazolin", "ceftazidime"),
    "메트포르민": ("metformin", "metronidazole"),
}


def heard(word: str) -> list[str]:
    return [row.id for row in LISTENER.heard(word)]


@pytest.mark.parametrize(("word", "drug"), HEARD.items(), ids=HEARD)
def test_a_drug_is_known_by_its_sound(word: str, drug: str) -> None:
    assert heard(word) == [drug]


@pytest.mark.parametrize(("word", "drugs"), LOOK_ALIKE.items(), ids=LOOK_ALIKE)
def test_drugs_that_look_alike_are_told_together(word: str, drugs: tuple[str, ...]) -> None:
    assert set(drugs) <= set(heard(word))


@pytest.mark.parametrize(
    ("word", "drug"),
    [("레비티라세탐", "levetiracetam"), ("메트폴민", "metformin"), ("아토르바스타친", "atorvastatin")],
)
def test_a_name_with_one_wrong_letter_is_known(word: str, drug: str) -> None:
    found = LISTENER.misspelt(word)

    assert found is not None
    assert found.id == drug
    assert "sounded" in doubts(f"{word} 복용 환자")


@pytest.mark.parametrize("word", ["가나다라마", "당뇨", "metformine"])
def test_what_is_no_misspelt_drug_is_none(word: str) -> None:
    assert LISTENER.misspelt(word) is None


@pytest.mark.parametrize("word", ["가나다라", "당뇨", "imatinib", "", "아주아주아주긴이름의약물"])
def test_what_sounds_like_no_drug_is_none(word: str) -> None:
    assert heard(word) == []


def test_a_look_alike_is_near_however_it_sounds() -> None:
    names = ("dobutamine", "dopamine")

    assert [each.name for each in sounding_like("도부타민", names, {})] == ["dobutamine"]
    assert len(sounding_like("도부타민", names, {"dobutamine": frozenset(("dopamine",))})) == 2


def test_that_a_name_was_heard_is_told() -> None:
    assert said("이매티닙 복용 환자") == "drug “imatinib”"
    assert "sounded" in doubts("이매티닙 복용 환자")
