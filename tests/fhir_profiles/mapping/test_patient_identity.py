"""Whether two descriptions can be of one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.mapping.patient import patient
from fhir_profiles.mapping.patient_identity import disagreements, facts_of
from tests.strategies.dicom_facts import NAMES, studies


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Family^Given", "FAMILY^GIVEN^Middle^Dr"),
        ("Müller^Änne", "muller^anne"),
        ("Van-der Berg^A", "VAN DER BERG^A"),
        ("O'Hara^A", "O HARA^A"),
        ("Hong^Gildong=洪^吉洞", "=洪^吉洞"),
        ("Given Family", "Family^Given"),
        ("Family", "Family^Given"),
        ("", "Family^Given"),
        ("Family^Mary Ann", "Family^Mary"),
        ("O'Neil^Mary", "ONEIL^MARY"),
        ("O’Neil^Mary", "MARY ONEIL"),
        ("O'Neil^Mary^K", "ONEIL"),
        ("Hong^Gil-dong", "HONG^GILDONG"),
        ("Hong^Gil^Dong", "HONG^GILDONG"),
        ("GIL DONG HONG", "Hong^Gildong"),
        ("홍길동", "홍^길동"),
        ("길동 홍", "홍^길동"),
        ("山田太郎", "山田^太郎"),
        ("Family^Mary Ann Lee", "Family^Maryann"),
        ("VanDerBerg^A", "VAN DER BERG^A"),
        ("Wałęsa^Łukasz", "WALESA^LUKASZ"),
        ("Bjørn^Æsa", "BJORN^AESA"),
        ("Işık^Şaş_maz", "ISIK^SASMAZ"),
    ],
)
def test_names_that_can_be_one_agree(one: str, other: str) -> None:
    assert disagreements({"PatientName": one}, {"PatientName": other}) == ()
    assert disagreements({"PatientName": other}, {"PatientName": one}) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Family^Given", "Family^Other"),
        ("Family^Given", "Other^Given"),
        ("Other", "Family^Given"),
        ("A B C", "A^B"),
        ("An^Na", "A^Nna"),
        ("홍길동", "홍^길순"),
        ("김길동", "홍^길동"),
        ("O'Neil^Mary", "ONEILL^MARY"),
    ],
)
def test_names_of_two_people_disagree(one: str, other: str) -> None:
    assert disagreements({"PatientName": one}, {"PatientName": other}) == ("name",)
    assert disagreements({"PatientName": other}, {"PatientName": one}) == ("name",)


WORDS = st.lists(st.text("abcdeðłø길동洪", min_size=1, max_size=4), min_size=1, max_size=3)
MARKS = st.sampled_from(["", " ", "-", "'", "’", ".", "_", " - "])


@given(WORDS, WORDS, MARKS, MARKS, st.sampled_from(["^", " ", ""]))
def test_a_name_agrees_with_itself_however_it_is_parted(
    family: list[str], given_name: list[str], one: str, other: str, split: str
) -> None:
    parted = f"{' '.join(family)}^{' '.join(given_name)}"
    joined = f"{one.join(family)}{split}{other.join(given_name)}".upper()
    assert disagreements({"PatientName": parted}, {"PatientName": joined}) == ()
    assert disagreements({"PatientName": joined}, {"PatientName": parted}) == ()


@given(NAMES, NAMES)
def test_disagreement_does_not_depend_on_who_is_first(one: str, other: str) -> None:
    mine, theirs = {"PatientName": one}, {"PatientName": other}
    assert disagreements(mine, theirs) == disagreements(theirs, mine)


def test_any_of_several_names_will_do() -> None:
    chart = {"PatientName": ("Maiden^Given", "Married^Given")}
    assert disagreements(chart, {"PatientName": "Married^Given"}) == ()
    assert disagreements(chart, {"PatientName": "Third^Given"}) == ("name",)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("19700203", "19700203", ()),
        ("19700203", "19700204", ("birthDate",)),
        ("1970", "19700203", ()),
        ("1971", "19700203", ("birthDate",)),
        ("", "19700203", ()),
        ("19701399", "19700203", ()),
    ],
)
def test_birth_dates_are_compared_as_far_as_both_are_known(
    one: str, other: str, found: tuple[str, ...]
) -> None:
    assert disagreements({"PatientBirthDate": one}, {"PatientBirthDate": other}) == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("M", "F", ("sex",)),
        ("M", "M", ()),
        ("m", "M", ()),
        ("", "F", ()),
        ("U", "F", ()),
        ("O", "F", ("sex",)),
    ],
)
def test_sexes_are_compared_where_both_are_known(one: str, other: str, found: tuple[str, ...]) -> None:
    assert disagreements({"PatientSex": one}, {"PatientSex": other}) == found


def test_all_that_disagrees_is_named() -> None:
    one = {"PatientName": "A^B", "PatientBirthDate": "19700101", "PatientSex": "M"}
    other = {"PatientName": "C^D", "PatientBirthDate": "19800101", "PatientSex": "F"}
    assert disagreements(one, other) == ("name", "birthDate", "sex")
    assert disagreements(one, {}) == ()


def test_a_chart_is_compared_by_all_its_names() -> None:
    chart = {
        "name": [{"family": "Married", "given": ["Given", "Middle"]}, {"text": "Whole Name"}],
        "birthDate": "1970-02",
        "gender": "female",
    }
    assert facts_of(chart) == {
        "PatientName": ("Married^Given^Middle", "Whole Name"),
        "PatientBirthDate": "197002",
        "PatientSex": "F",
    }


@given(studies())
def test_a_patient_made_of_facts_agrees_with_them(facts: dict[str, object]) -> None:
    assert disagreements(facts, facts_of(patient(facts, id="p", identifier_system="urn:s"))) == ()
