"""The words of a report: its sections under English and Korean headings, and what changed between two."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.records.glance.report_text import (
    MOST_COMPARED,
    attached_binaries,
    differences,
    report_text,
    sections_of,
)

ENGLISH = """INDICATION: cough
TECHNIQUE: CT of the chest.
COMPARISON: CT 2025-03-02.
FINDINGS: A nodule of 3.5 mm.
IMPRESSION: Stable nodule."""
KOREAN = """[임상정보] 기침
[검사방법] 흉부 CT
소견: 3.5 mm 결절.
결론:
안정된 결절."""


def test_an_english_report_is_parted_at_its_headings() -> None:
    found = sections_of(ENGLISH)

    assert found.indication == "cough"
    assert found.comparison == "CT 2025-03-02."
    assert found.findings == "A nodule of 3.5 mm."
    assert found.impression == found.first == "Stable nodule."


def test_a_korean_report_is_parted_at_its_headings() -> None:
    found = sections_of(KOREAN)

    assert (found.indication, found.technique) == ("기침", "흉부 CT")
    assert (found.findings, found.impression) == ("3.5 mm 결절.", "안정된 결절.")


def test_headings_in_one_line_part_it_too() -> None:
    found = sections_of("FINDINGS: clear lungs. IMPRESSION: normal.")

    assert (found.findings, found.impression) == ("clear lungs.", "normal.")


def test_a_text_without_headings_is_what_is_read_first() -> None:
    assert sections_of("No pulmonary metastasis. 폐 전이 소견 없음.").first == (
        "No pulmonary metastasis. 폐 전이 소견 없음."
    )


def test_a_conclusion_is_the_impression_and_what_is_attached_the_rest() -> None:
    attached = {"contentType": "text/plain; charset=utf-8", "data": b64encode(ENGLISH.encode()).decode()}
    found = report_text({"conclusion": "A new nodule.", "presentedForm": [attached]}, {})

    assert (found.impression, found.findings) == ("A new nodule.", "A nodule of 3.5 mm.")


def test_a_text_in_a_binary_is_read_where_it_is_there_to_see() -> None:
    report = {"presentedForm": [{"contentType": "text/plain", "url": "https://here/fhir/Binary/b1"}]}

    assert list(attached_binaries(report)) == ["Binary/b1"]
    assert report_text(report, {"Binary/b1": "IMPRESSION: seen"}).impression == "seen"
    assert not any(report_text(report, {}))


@pytest.mark.parametrize("data", ["%%%", "", None, 7, "/////w=="])
def test_what_is_attached_and_is_no_text_says_nothing_bad(data: object) -> None:
    assert isinstance(report_text({"presentedForm": [{"data": data}]}, {}).first, str)


WORDS = st.lists(st.sampled_from(["nodule", "3", "mm", "폐", "결절", ".", ",", "stable", "new"]), max_size=12)


@given(WORDS, WORDS)
def test_what_is_the_same_and_added_is_the_new_text_and_with_what_is_removed_the_old_one(
    old: list[str], new: list[str]
) -> None:
    changes = differences(" ".join(old), " ".join(new))

    def said(*what: str) -> list[str]:
        joined = " ".join(each.words for each in changes if each.what in what)
        return joined.replace(".", " .").replace(",", " ,").split()

    assert said("same", "added") == new
    assert said("same", "removed") == old


@given(st.text(max_size=200))
def test_every_word_of_a_text_is_in_a_section_or_heads_one(text: str) -> None:
    kept = "".join("".join(sections_of(text)).split())

    assert len(kept) <= len("".join(text.split()))


def test_long_texts_of_few_words_are_compared_as_far_as_there_is_time() -> None:
    changes = differences("a b c d " * 2_500, "b a d c " * 2_500)

    assert sum(len(each.words.split()) for each in changes if each.what != "removed") == MOST_COMPARED
