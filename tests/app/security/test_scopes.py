"""Rights come from role, grants and the token's own limits, and are built in one place."""

import ast
from pathlib import Path

import pytest

from app.security.policy import PERMISSIONS
from app.security.roles import SHIPPED, permissions_of
from app.security.scopes import scope_for, system_scope
from app.security.tokens import Principal
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.accounts.accounts import Grants
from graph.errors import Forbidden

ROOT = Path(__file__).parents[3]
BUILDER = Path("app/security/scopes.py")
GRANTS = Grants(frozenset({"t|-|Patient|1"}), frozenset({"t|-|ImagingStudy|9"}), frozenset({"research"}))


def principal(narrowed: frozenset[str] | None = None) -> Principal:
    return Principal("kim", "t", None, True, 0, narrowed)


@pytest.mark.parametrize("role", [name for name, role in SHIPPED.items() if role.sees_all])
def test_most_roles_see_every_row_of_their_tenant(role: str) -> None:
    scope = scope_for(principal(), "t", role, GRANTS)
    assert scope.sees_all
    assert (scope.tenant, scope.subject, scope.role) == ("t", "kim", role)
    assert scope.permissions == permissions_of(SHIPPED[role])
    assert scope.writable is None


def test_a_teleradiologist_writes_reports_and_nothing_else() -> None:
    scope = scope_for(principal(), "t", "teleradiologist", GRANTS)
    scope.require_writing("DiagnosticReport")
    for kind in RESOURCE_TYPES - {"DiagnosticReport"}:
        with pytest.raises(Forbidden):
            scope.require_writing(kind)


def test_a_teleradiologist_sees_what_was_granted() -> None:
    scope = scope_for(principal(), "t", "teleradiologist", GRANTS)
    assert (scope.patients, scope.studies) == (GRANTS.patients, GRANTS.studies)
    assert scope.sees("t|-|ImagingStudy|9", [], None)
    assert not scope.sees("t|-|ImagingStudy|8", ["t|-|Patient|2"], None)


def test_a_teleradiologist_without_grants_sees_nothing_of_any_patient() -> None:
    scope = scope_for(principal(), "t", "teleradiologist", Grants())
    assert scope.patients == frozenset()
    assert not scope.sees("t|-|Patient|1", ["t|-|Patient|1"], None)


@pytest.mark.parametrize(
    ("role", "purposes", "purpose"),
    [
        ("researcher", set(), "pseudonymous"),
        ("researcher", {"research"}, "HRESCH"),
        ("clinician", {"research"}, "TREAT"),
    ],
)
def test_a_researcher_is_identified_by_a_purpose_grant_only(
    role: str, purposes: set[str], purpose: str
) -> None:
    grants = Grants(purposes=frozenset(purposes))
    assert scope_for(principal(), "t", role, grants).purpose == purpose


def test_a_narrow_token_narrows_and_never_widens() -> None:
    narrowed = principal(frozenset({"fhir.read", "administration.manage"}))
    assert scope_for(narrowed, "t", "clinician", Grants()).permissions == {"fhir.read"}


@pytest.mark.parametrize("role", [None, "", "root", "system"])
def test_a_role_that_is_not_ours_is_forbidden(role: str | None) -> None:
    with pytest.raises(Forbidden):
        scope_for(principal(), "t", role, Grants())


def test_the_gateway_itself_may_do_everything_in_one_tenant() -> None:
    scope = system_scope("t")
    assert scope.sees_all
    assert scope.tenant == "t"
    assert scope.permissions == set(PERMISSIONS)


def test_nothing_else_builds_an_access_scope() -> None:
    sources = [path for room in ("app", "graph", "fhir_profiles") for path in (ROOT / room).rglob("*.py")]
    builders = {path.relative_to(ROOT) for path in sources if _builds_a_scope(path)}
    assert builders == {BUILDER}


def _builds_a_scope(path: Path) -> bool:
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == "AccessScope" for call in calls)
