"""The shipped roles are those of the access matrix, and what a role says of itself decides what it may do."""

import json
from importlib.resources import files

import pytest

from app.security.policy import COUNTED, PERMISSIONS, TELLING_WHOSE, WITHOUT_A_ROUTE
from app.security.roles import SHIPPED, permissions_of
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.validation.structure import value_set
from graph.accounts.roles import AccessRole, RoleView, RowSource, role_document, role_from
from tests.app.security.access_matrix import COLUMNS, OPENED, SOME, promises

PROMISES = promises()
OTHERS = {
    "clinician": "imaging.read fhir.read fhir.write cohort.query report.write report.acknowledge "
    "feedback.write",
    "service": "imaging.read imaging.store imaging.delete feed.read "
    "fhir.read fhir.write fhir.bulk operations.read",
    "administrator": "administration.manage operations.read operations.cancel "
    "imaging.purge break-glass.review feedback.totals",
    "superuser": " ".join(PERMISSIONS),
}
RECORD = {"imaging.read", "fhir.read", "fhir.count", "fhir.bulk", "feed.read", "cohort.query", "audit.read"}


def role(**members: object) -> AccessRole:
    plain = {"name": "r", "description": "", "purpose": "TREAT", "actions": ["*"], "rows": ["all"]}
    return role_from({**plain, **members})


def test_there_are_thirteen_of_the_matrix_and_four_more() -> None:
    assert len(PROMISES) == 13
    assert set(SHIPPED) == {*PROMISES, *OTHERS}


@pytest.mark.parametrize("name", PROMISES)
def test_a_role_of_the_matrix_may_what_its_row_promises(name: str) -> None:
    promise, shipped = PROMISES[name], SHIPPED[name]

    named = {each for each in PERMISSIONS if shipped.allows(each)}
    assert named == promise.named
    assert permissions_of(shipped) == (promise.named - TELLING_WHOSE if promise.deidentified else named)
    assert (shipped.view is RoleView.DEIDENTIFIED) is promise.deidentified
    assert shipped.sees_all is promise.sees_all
    if SOME in promise.cells.values() and not promise.sees_all:
        assert shipped.rows
    if OPENED in promise.cells.values():
        assert not shipped.rows


@pytest.mark.parametrize("name", OTHERS)
def test_the_others_may_what_is_written_of_them(name: str) -> None:
    assert permissions_of(SHIPPED[name]) == set(OTHERS[name].split())


def test_who_manages_reads_nothing_of_a_patient() -> None:
    administrator = SHIPPED["administrator"]
    assert not permissions_of(administrator) & RECORD
    assert not administrator.rows


@pytest.mark.parametrize("name", SHIPPED)
def test_a_role_is_whole(name: str) -> None:
    shipped = SHIPPED[name]
    known = {*PERMISSIONS, *(f"{each.partition('.')[0]}.*" for each in PERMISSIONS), "*"}
    assert shipped.actions | shipped.not_actions <= known
    assert shipped.purpose in {code for codes in value_set("v3-PurposeOfUse").values() for code in codes}
    assert (shipped.writable or set()) <= RESOURCE_TYPES
    assert role_from(role_document(shipped)) == shipped


def test_every_column_of_the_matrix_is_a_permission_of_the_policy() -> None:
    assert {each for column in COLUMNS.values() for each in column} <= PERMISSIONS.keys()
    assert PERMISSIONS.keys() >= WITHOUT_A_ROUTE


def test_a_role_is_named_once() -> None:
    documents = json.loads(files("app.security").joinpath("roles.json").read_text("utf-8"))
    assert len(documents) == len(SHIPPED)


@pytest.mark.parametrize(
    ("actions", "not_actions", "held"),
    [
        (["fhir.read"], [], True),
        (["fhir.*"], [], True),
        (["*"], [], True),
        (["fhir.write"], [], False),
        (["fhir"], [], False),
        (["fhir.read"], ["fhir.read"], False),
        (["fhir.read"], ["fhir.*"], False),
        (["fhir.read", "*"], ["*"], False),
        (["*"], ["fhir.write"], True),
    ],
)
def test_what_is_not_an_action_is_not_held_whatever_else_names_it(
    actions: list[str], not_actions: list[str], held: bool
) -> None:
    asked = role(actions=actions, notActions=not_actions)
    assert asked.allows("fhir.read") is held
    assert ("fhir.read" in permissions_of(asked)) is held


def test_who_is_shown_no_one_holds_nothing_that_tells_whose_it_is() -> None:
    held = permissions_of(role(view="deidentified"))
    assert held == PERMISSIONS.keys() - TELLING_WHOSE


def test_who_is_shown_counts_is_told_counts_in_place_of_rows() -> None:
    held = permissions_of(role(view="counts", actions=["fhir.*", "imaging.*", "cohort.query"]))
    assert held == {"imaging.purge", *COUNTED.values()}


def test_a_role_of_no_source_sees_no_rows() -> None:
    assert role(rows=[]).rows == frozenset()
    assert not role(rows=list(set(RowSource) - {RowSource.ALL})).sees_all
