"""Names of FHIR and of DICOM are written as their script is read, and texts asked as what they may mean."""

from typing import Any

import pytest

from app.records.people.finding import asked_of
from app.records.people.names import names_of, names_of_dicom, parted_hangul

FHIR: list[tuple[list[dict[str, Any]], tuple[str, ...]]] = [
    ([{"family": "Kim", "given": ["Seoyeon", "Anna"]}], ("Seoyeon Anna Kim",)),
    ([{"family": "김", "given": ["서연"]}], ("김서연",)),
    ([{"text": "Madonna"}], ("Madonna",)),
    ([{"given": ["Madonna"]}], ("Madonna",)),
    ([{"use": "old", "family": "Lee"}, {"use": "official", "family": "Kim"}], ("Kim", "Lee")),
    ([{"family": "Kim"}, {"family": "Kim"}], ("Kim",)),
    ([{}], ()),
    ([], ()),
]
DICOM = {
    "Kim^Seoyeon": ("Seoyeon Kim",),
    "Kim^Seoyeon=김^서연=": ("Seoyeon Kim", "김서연"),
    "Doe^Jane^Q^^": ("Jane Q Doe",),
    "^": (),
    "": (),
    "=김^서연": ("김서연",),
}


@pytest.mark.parametrize(("names", "read"), FHIR, ids=range(len(FHIR)))
def test_names_of_fhir(names: list[dict[str, Any]], read: tuple[str, ...]) -> None:
    assert names_of({"name": names}) == read


@pytest.mark.parametrize(("text", "read"), DICOM.items(), ids=range(len(DICOM)))
def test_names_of_dicom(text: str, read: tuple[str, ...]) -> None:
    assert names_of_dicom(text) == read


def test_a_korean_name_without_a_space_has_a_family_of_one_syllable_or_two() -> None:
    assert parted_hangul("김서연") == (("김", "서연"), ("김서", "연"))
    assert parted_hangul("김서") == (("김", "서"),)
    assert parted_hangul("김") == parted_hangul("Kim") == parted_hangul("") == ()


@pytest.mark.parametrize("text", ["1964-10-20", "19641020", "1964.10.20", "1964/10/20", "1964년 10월 20일"])
def test_a_date_is_asked_as_a_birth_date_first(text: str) -> None:
    assert next(asked_of(text)) == (("birthdate", "1964-10-20"),)


def test_what_is_no_date_is_a_number_and_names() -> None:
    assert [*asked_of("1964-13-45")] == [(("identifier", "1964-13-45"),), (("name", "1964-13-45"),)]
    assert [*asked_of("Kim, Ann")] == [
        (("identifier", "Kim\\, Ann"),),
        (("name", "Kim"), ("name", "Ann")),
    ]
    assert [*asked_of("")] == []
