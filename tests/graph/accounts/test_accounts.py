"""Accounts and grants of a tenant, as authentication and the command line use them."""

import pytest

from app.security.scopes import system_scope
from graph.accounts.accounts import AccountStore, Granted, Grants
from graph.errors import Conflict, Forbidden, Invalid, NotFound, ScopeMissing
from graph.keys import resource_key, study_key
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.scopes import scope_of

NOW = 1_700_000_000_000_000
STUDY = "1.2.826.0.1.3680043.8.498.1"


@pytest.fixture
def accounts(graph: Graph) -> AccountStore:
    return AccountStore(graph)


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


def place_patient(graph: Graph, tenant: str, patient: str, *, deleted: bool = False) -> str:
    key = resource_key(tenant, "Patient", patient)
    graph.write(
        lambda tx: tx.run("CREATE (:Resource:Patient {key: $key, deleted: $gone})", key=key, gone=deleted)
    )
    return key


def place_study(graph: Graph, tenant: str, resource: str) -> str:
    key = resource_key(tenant, "ImagingStudy", resource)
    text = "CREATE (:Resource:ImagingStudy {key: $key, dicomKey: $dicom, deleted: false})"
    graph.write(lambda tx: tx.run(text, key=key, dicom=study_key(tenant, "default", STUDY)))
    return key


def test_an_account_is_found_by_its_name(accounts: AccountStore, scope: AccessScope) -> None:
    accounts.add(scope, "kim", "clinician", "hash", NOW)
    found = accounts.find(scope, "kim")
    assert found is not None
    assert (found.name, found.role, found.disabled, found.secret_hash) == ("kim", "clinician", False, "hash")
    assert found.grants == Grants()
    assert accounts.find(scope, "lee") is None


def test_a_name_is_taken_once(accounts: AccountStore, scope: AccessScope) -> None:
    accounts.add(scope, "kim", "clinician", None, NOW)
    with pytest.raises(Conflict):
        accounts.add(scope, "kim", "administrator", None, NOW)
    found = accounts.find(scope, "kim")
    assert found is not None
    assert found.role == "clinician"


def test_the_same_name_in_another_tenant_is_somebody_else(accounts: AccountStore, scope: AccessScope) -> None:
    accounts.add(scope, "kim", "clinician", None, NOW)
    assert accounts.find(system_scope(f"{scope.tenant}x"), "kim") is None


def test_a_name_cannot_reach_into_another_key(accounts: AccountStore, scope: AccessScope) -> None:
    accounts.add(scope, "kim|x", "clinician", None, NOW)
    assert accounts.find(scope, "kim") is None
    assert accounts.find(scope, "kim|x") is not None


def test_disabling_and_enabling(accounts: AccountStore, scope: AccessScope) -> None:
    accounts.add(scope, "kim", "clinician", None, NOW)
    for disabled in (True, False):
        accounts.switch(scope, "kim", disabled=disabled)
        found = accounts.find(scope, "kim")
        assert found is not None
        assert found.disabled is disabled


def test_ensuring_keeps_one_account_and_sets_its_role(accounts: AccountStore, scope: AccessScope) -> None:
    for role in ("clinician", "researcher"):
        accounts.ensure(scope, "demo", role, NOW)
    (line,) = accounts.listed(scope)
    assert (line.name, line.role, line.has_secret) == ("demo", "researcher", False)


def test_grants_arrive_as_the_keys_that_queries_compare(
    accounts: AccountStore, scope: AccessScope, graph: Graph
) -> None:
    patient = place_patient(graph, scope.tenant, "p1")
    study = place_study(graph, scope.tenant, "s1")
    accounts.add(scope, "kim", "teleradiologist", None, NOW)
    for granted in (Granted(patient="p1"), Granted(study=STUDY), Granted(purpose="research")):
        accounts.grant(scope, "kim", granted, NOW)
        accounts.grant(scope, "kim", granted, NOW)
    found = accounts.find(scope, "kim")
    assert found is not None
    assert found.grants == Grants(frozenset({patient}), frozenset({study}), frozenset({"research"}))
    (line,) = accounts.listed(scope)
    assert len(line.grants) == 3


def test_a_granted_study_may_arrive_later(accounts: AccountStore, scope: AccessScope, graph: Graph) -> None:
    accounts.add(scope, "kim", "teleradiologist", None, NOW)
    accounts.grant(scope, "kim", Granted(study=STUDY), NOW)
    before = accounts.find(scope, "kim")
    study = place_study(graph, scope.tenant, "s1")
    after = accounts.find(scope, "kim")
    assert before is not None
    assert after is not None
    assert (before.grants.studies, after.grants.studies) == (frozenset(), frozenset({study}))


def test_a_revoked_grant_is_gone_and_the_others_stay(
    accounts: AccountStore, scope: AccessScope, graph: Graph
) -> None:
    keys = {place_patient(graph, scope.tenant, each) for each in ("p1", "p2")}
    accounts.add(scope, "kim", "teleradiologist", None, NOW)
    for each in ("p1", "p2"):
        accounts.grant(scope, "kim", Granted(patient=each), NOW)
    accounts.revoke(scope, "kim", Granted(patient="p1"))
    found = accounts.find(scope, "kim")
    assert found is not None
    assert found.grants.patients == keys - {resource_key(scope.tenant, "Patient", "p1")}
    with pytest.raises(NotFound):
        accounts.revoke(scope, "kim", Granted(patient="p1"))


def test_what_is_not_there_cannot_be_granted(
    accounts: AccountStore, scope: AccessScope, graph: Graph
) -> None:
    place_patient(graph, scope.tenant, "gone", deleted=True)
    accounts.add(scope, "kim", "teleradiologist", None, NOW)
    for patient in ("never", "gone"):
        with pytest.raises(NotFound):
            accounts.grant(scope, "kim", Granted(patient=patient), NOW)
    with pytest.raises(NotFound):
        accounts.grant(scope, "nobody", Granted(purpose="research"), NOW)
    with pytest.raises(NotFound):
        accounts.switch(scope, "nobody", disabled=True)


@pytest.mark.parametrize(
    "granted", [Granted(), Granted(patient="1", study="1.2"), Granted(purpose="everything")]
)
def test_a_grant_is_of_one_known_thing(granted: Granted, accounts: AccountStore, scope: AccessScope) -> None:
    with pytest.raises(Invalid):
        accounts.grant(scope, "kim", granted, NOW)


@pytest.mark.parametrize("role", ["clinician", "researcher", "teleradiologist", "service"])
def test_only_administrators_change_accounts(role: str, accounts: AccountStore, tenant: str) -> None:
    scope = scope_of(role, tenant=tenant)
    attempts = (
        lambda: accounts.listed(scope),
        lambda: accounts.add(scope, "mallory", "administrator", None, NOW),
        lambda: accounts.ensure(scope, "mallory", "administrator", NOW),
        lambda: accounts.switch(scope, "mallory", disabled=False),
        lambda: accounts.grant(scope, "mallory", Granted(purpose="research"), NOW),
        lambda: accounts.revoke(scope, "mallory", Granted(purpose="research")),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert accounts.find(scope, "mallory") is None


@pytest.mark.parametrize("method", ["find", "listed", "add", "ensure", "switch", "grant", "revoke"])
def test_no_method_runs_without_a_scope(method: str, accounts: AccountStore) -> None:
    with pytest.raises(ScopeMissing):
        getattr(accounts, method)(None)
