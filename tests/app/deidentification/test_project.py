"""Pseudonyms are the same within a project, and two projects, tenants or gateways have none in common."""

from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from app.deidentification.project import MOST_DAYS, Project

SECRET = b"s" * 32
NAMES = st.text(min_size=1, max_size=40).filter(str.strip)
PATIENTS = st.from_regex(r"Patient/[A-Za-z0-9.-]{1,64}", fullmatch=True)
UIDS = st.from_regex(r"[1-9][0-9]{0,4}(\.[1-9][0-9]{0,8}){2,5}", fullmatch=True)


@given(NAMES, PATIENTS, UIDS)
def test_a_project_always_says_the_same(name: str, patient: str, uid: str) -> None:
    one, again = (Project(SECRET, "t", name) for _ in range(2))

    assert one.subject(patient) == again.subject(patient)
    assert one.uid(uid) == again.uid(uid)


@given(PATIENTS, UIDS)
def test_projects_tenants_and_gateways_have_nothing_in_common(patient: str, uid: str) -> None:
    projects = [
        Project(SECRET, "t", "one"),
        Project(SECRET, "t", "other"),
        Project(SECRET, "u", "one"),
        Project(b"o" * 32, "t", "one"),
    ]

    assert len({each.subject(patient).pseudonym for each in projects}) == len(projects)
    assert len({each.uid(uid) for each in projects}) == len(projects)


@given(st.lists(PATIENTS, min_size=2, max_size=20, unique=True))
def test_no_two_patients_share_a_pseudonym(patients: list[str]) -> None:
    project = Project(SECRET, "t", "one")

    assert len({project.subject(each).pseudonym for each in patients}) == len(patients)


@given(PATIENTS)
def test_dates_always_move_back_and_at_most_ten_years(patient: str) -> None:
    assert -MOST_DAYS <= Project(SECRET, "t", "one").subject(patient).days <= -1


def test_the_shifts_of_two_projects_are_not_those_of_each_other() -> None:
    one, other = Project(SECRET, "t", "one"), Project(SECRET, "t", "other")
    patients = [f"Patient/{number}" for number in range(500)]

    differences = {one.subject(each).days - other.subject(each).days for each in patients}

    assert len(differences) > 400
    assert len({one.subject(each).days for each in patients}) > 400


@given(UIDS)
def test_a_uid_is_one_of_the_standard_form(uid: str) -> None:
    made = Project(SECRET, "t", "one").uid(uid)

    assert UID(made).is_valid
    assert made.startswith("2.25.")
    assert uid not in made


def test_names_that_differ_in_case_and_spaces_are_one_project() -> None:
    same = [Project(SECRET, "t", each).uid("1.2.3") for each in ("Bone study", " bone STUDY ", "Bone study")]

    assert len(set(same)) == 1
    assert Project(SECRET, "t", "Bone  study").uid("1.2.3") not in same
