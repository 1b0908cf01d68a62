"""The Patient that DICOM facts describe."""

from typing import Any

import pytest
from hypothesis import given

from fhir_profiles.mapping.patient import patient
from fhir_profiles.mapping.patient_identity import PROVISIONAL
from fhir_profiles.mapping.person_names import REPRESENTATION, display
from fhir_profiles.validation.validation import validate
from tests.strategies.dicom_facts import studies

SYSTEM = "urn:hilum:mrn"


def made(**facts: Any) -> dict[str, Any]:
    return patient(facts, id="p1", identifier_system=SYSTEM)


def test_a_patient_is_made_of_what_the_file_says() -> None:
    facts = {
        "PatientID": " 42 ",
        "PatientName": "Family^Given^Middle^Dr^Jr",
        "PatientSex": "F",
        "PatientBirthDate": "19700203",
    }
    assert made(**facts) == {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"system": SYSTEM, "value": "42"}],
        "name": [{"family": "Family", "given": ["Given", "Middle"], "prefix": ["Dr"], "suffix": ["Jr"]}],
        "gender": "female",
        "birthDate": "1970-02-03",
    }


def test_each_group_of_a_name_is_a_name_of_its_script() -> None:
    names = made(PatientName="Hong^Gildong=洪^吉洞=홍^길동")["name"]
    assert [(name["family"], name["given"]) for name in names] == [
        ("Hong", ["Gildong"]),
        ("洪", ["吉洞"]),
        ("홍", ["길동"]),
    ]
    assert [name["extension"] for name in names] == [
        [{"url": REPRESENTATION, "valueCode": code}] for code in ("ABC", "IDE", "SYL")
    ]


def test_a_name_in_one_foreign_script_says_so() -> None:
    (name,) = made(PatientName="=山田^太郎")["name"]
    assert name["extension"][0]["valueCode"] == "IDE"


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("PatientID", ""),
        ("PatientID", "   "),
        ("PatientName", ""),
        ("PatientName", "^^^^"),
        ("PatientName", "=="),
        ("PatientName", None),
        ("PatientSex", "?"),
        ("PatientBirthDate", "19701301"),
        ("PatientBirthDate", "00000000"),
        ("PatientBirthDate", "unknown"),
    ],
)
def test_what_fhir_cannot_hold_is_left_out(keyword: str, value: Any) -> None:
    assert made(**{keyword: value}) == {"resourceType": "Patient", "id": "p1"}


def test_a_provisional_patient_is_marked_and_can_still_be_found_by_the_number() -> None:
    found = patient({"PatientID": "42"}, id="p1", identifier_system=SYSTEM, provisional=True)
    assert found["meta"] == {"tag": [PROVISIONAL]}
    assert found["identifier"] == [{"use": "temp", "system": SYSTEM, "value": "42"}]


def test_a_name_is_shown_as_one_reads_it() -> None:
    assert display("Family^Given^Middle^Dr^MD") == "Dr Given Middle Family MD"
    assert display("") is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("홍^길동", "홍 길동"),
        ("=山田^太郎=やまだ^たろう", "山田 太郎"),
        ("==やまだ^たろう", "やまだ たろう"),
        ("ﾔﾏﾀﾞ^ﾀﾛｳ", "ﾔﾏﾀﾞ ﾀﾛｳ"),
        ("王^小東^^Dr", "Dr 王 小東"),
        ("홍길동", "홍길동"),
        ("Hong^Gildong=洪^吉洞=홍^길동", "Gildong Hong"),
        ("Müller^Änne", "Änne Müller"),
    ],
)
def test_a_name_in_han_kana_or_hangul_is_shown_family_first(name: str, shown: str) -> None:
    assert display(name) == shown


@given(studies())
def test_whatever_the_file_says_the_patient_is_valid(facts: dict[str, Any]) -> None:
    assert validate(made(**facts)) == ()
