"""Every role of the access matrix on every route: what its row gives opens the row, and nothing else does.

The roles that `test_role_by_route.py` asks with rows that are theirs and rows that are not are left to it.
Here each role asks in one test what it may not, in another what it may, with a row that is its own to see.
"""

import pytest

from app.security.policy import PERMISSIONS, WITHOUT_A_ROUTE
from app.wiring import Wiring
from tests.app.security.planting import Planter, Target
from tests.app.security.routes import CAPABILITIES, DEEP, Route
from tests.app.security.routes_table import GUARDED
from tests.app.security.test_role_by_route import call, sees, stores

ROLES = sorted(CAPABILITIES.keys() - DEEP.keys())


@pytest.fixture(scope="module")
def planted(planter: Planter) -> Target:
    """A row."""
    return planter.plant()


@pytest.fixture(scope="module")
def others(planter: Planter) -> Target:
    """A row of somebody else."""
    return planter.plant()


def test_a_permission_that_no_route_asks_for_is_one_whose_route_comes_later() -> None:
    asked = {need for route in GUARDED for need in (route.needs, route.instead) if need}
    beside = {"fhir.count", "cohort.count", "report.acknowledge"}  # part of routes that need more
    assert PERMISSIONS.keys() - asked - beside == WITHOUT_A_ROUTE


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_refused_what_its_row_does_not_give(
    planter: Planter, planted: Target, gateway: Wiring, role: str
) -> None:
    caller, before = planter.caller(role), planter.version_of(planted)
    refused = [route for route in GUARDED if not route.admits(role)]

    answers = {str(route): call(planter, route, caller, planted) for route in refused}

    assert {name: each.status_code for name, each in answers.items() if each.status_code != 403} == {}
    told = [name for name, each in answers.items() if planted.mark.encode() in each.data]
    assert told == []
    assert (planter.version_of(planted), planter.instances(planted)) == (before, 1)


def target_of(planter: Planter, planted: Target, route: Route) -> Target:
    """The row that a call reaches for: one of its own where it changes it."""
    if stores(route):
        return planter.absent()
    made = planter.plant() if route.changes else planted
    planter.prepare(made, route.before)
    if route.deleted:
        planter.delete(made)
    return made


CHANGING = [False, pytest.param(True, marks=pytest.mark.slow)]
"""What changes a row takes one of its own, which takes its time."""


@pytest.mark.parametrize("changing", CHANGING)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_the_row_on_every_route_that_its_row_gives(
    planter: Planter, planted: Target, role: str, changing: bool
) -> None:
    common = planter.in_role(role, planted)
    failed = {}
    for route in GUARDED:
        if route.changes is not changing or not route.admits(role):
            continue
        target = target_of(planter, planted, route)
        caller = common if target == planted or stores(route) else planter.in_role(role, target)
        answer = call(planter, route, caller, target)
        if not sees(route, answer, target):
            failed[str(route)] = (answer.status_code, answer.data[:200])
    assert failed == {}


NARROW = [role for role in ROLES if role in ("patient", "share-guest", "privacy-officer", "break-glass")]


@pytest.mark.parametrize("role", NARROW)
def test_a_role_of_some_rows_sees_no_other(
    planter: Planter, planted: Target, others: Target, role: str
) -> None:
    caller = planter.in_role(role, planted)

    for route in GUARDED:
        if route.admits(role) and route.shows is not None:
            answer = call(planter, route, caller, others)
            assert route.shows(others) not in answer.data, str(route)
