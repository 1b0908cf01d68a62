"""A bearer gets the rights that the account has now, or at most two seconds ago."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.security.authenticator import RIGHTS_SECONDS, TOKEN_SECONDS, Authenticator
from app.security.keys import SigningKey
from app.security.roles import SHIPPED
from app.security.scopes import system_scope
from app.security.tokens import InvalidToken, LocalVerifier, Principal, TokenIssuer
from graph.accounts.accounts import AccountStore, AccountTerms, Granted
from graph.accounts.role_store import RoleStore
from graph.edition import Edition
from graph.errors import Forbidden, Unauthenticated, Unavailable
from graph.session import Graph
from tests.app.security.conftest import BASE, NOW
from tests.graph.accounts.test_accounts import place_patient

MICRO = NOW * 1_000_000
OUTSIDE = "https://op.example"


@dataclass
class Clock:
    now: float = float(NOW)

    def __call__(self) -> float:
        return self.now


@dataclass
class Provider:
    """Believes everybody who comes with a token of its issuer, as the claimed role."""

    issuer: str = OUTSIDE
    role: str | None = "clinician"
    roles: tuple[str, ...] = ()
    asked: list[int] = field(default_factory=list)

    def verify(self, token: str, now: int) -> Principal:
        self.asked.append(now)
        return Principal("oidc:kim", None, self.role, False, now + 30, roles=self.roles)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def authenticator(
    key: SigningKey, accounts: AccountStore, tenant: str, clock: Clock, provider: Provider
) -> Authenticator:
    return Authenticator([LocalVerifier(key, BASE), provider], accounts, tenant, clock)


@pytest.fixture
def bearer(issuer: TokenIssuer, accounts: AccountStore, tenant: str) -> Callable[..., str]:
    """Makes an account and the Authorization header of its token."""

    def make(name: str, role: str, scope: str | None = None) -> str:
        accounts.ensure(system_scope(tenant), name, role, MICRO)
        return f"Bearer {issuer.issue(name, tenant, now=NOW, token_id='1', scope=scope)}"

    return make


Bearer = Callable[..., str]


def test_the_rights_are_those_of_the_account(
    authenticator: Authenticator, bearer: Bearer, tenant: str
) -> None:
    scope = authenticator(bearer("kim", "clinician"))
    assert (scope.tenant, scope.subject, scope.role) == (tenant, "kim", "clinician")
    assert scope.sees_all


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic a2ltOnB3", "Token x"])
def test_without_a_bearer_token_nobody_is_recognised(
    authenticator: Authenticator, header: str | None
) -> None:
    with pytest.raises(Unauthenticated):
        authenticator(header)


@pytest.mark.parametrize("header", ["Bearer x", "Bearer a.b.c", "Bearer \udcff", "Bearer " + "x" * 100_000])
def test_rubbish_is_refused_without_a_reason(authenticator: Authenticator, header: str) -> None:
    with pytest.raises(InvalidToken):
        authenticator(header)


def test_the_scheme_is_read_in_any_case(authenticator: Authenticator, bearer: Bearer) -> None:
    assert authenticator(bearer("kim", "clinician").replace("Bearer", "bearer")).subject == "kim"


def test_a_token_of_an_unknown_issuer_is_refused(
    authenticator: Authenticator, key: SigningKey, tenant: str
) -> None:
    stranger = TokenIssuer(key, "https://stranger.example", 60).issue("kim", tenant, now=NOW, token_id="1")
    with pytest.raises(InvalidToken):
        authenticator(f"Bearer {stranger}")


def test_a_token_whose_account_is_gone_is_worth_nothing(
    authenticator: Authenticator, issuer: TokenIssuer, tenant: str
) -> None:
    with pytest.raises(InvalidToken):
        authenticator(f"Bearer {issuer.issue('nobody', tenant, now=NOW, token_id='1')}")


def test_an_expired_token_is_refused_even_when_it_is_remembered(
    authenticator: Authenticator, issuer: TokenIssuer, bearer: Bearer, clock: Clock, tenant: str
) -> None:
    bearer("kim", "clinician")
    short = f"Bearer {issuer.issue('kim', tenant, now=NOW, token_id='1', lifetime=10)}"
    authenticator(short)
    clock.now += 16
    with pytest.raises(InvalidToken):
        authenticator(short)


def test_a_disabled_account_stops_within_a_minute(
    authenticator: Authenticator, bearer: Bearer, accounts: AccountStore, clock: Clock, tenant: str
) -> None:
    header = bearer("kim", "clinician")
    authenticator(header)
    accounts.switch(system_scope(tenant), "kim", disabled=True)
    assert RIGHTS_SECONDS <= TOKEN_SECONDS <= 60
    clock.now += RIGHTS_SECONDS
    with pytest.raises(InvalidToken):
        authenticator(header)


def test_a_new_role_replaces_the_old_one(
    authenticator: Authenticator, bearer: Bearer, accounts: AccountStore, clock: Clock, tenant: str
) -> None:
    header = bearer("kim", "administrator")
    authenticator(header)
    accounts.ensure(system_scope(tenant), "kim", "researcher", MICRO)
    clock.now += RIGHTS_SECONDS
    assert authenticator(header).role == "researcher"


def test_a_role_that_is_changed_is_in_force_within_two_seconds(
    authenticator: Authenticator, bearer: Bearer, graph: Graph, clock: Clock, tenant: str
) -> None:
    header = bearer("kim", "clinician")
    before = authenticator(header).permissions
    assert "fhir.write" in before
    narrower = replace(SHIPPED["clinician"], not_actions=frozenset({"fhir.write"}))
    RoleStore(graph).put(system_scope(tenant), narrower, MICRO)
    assert RIGHTS_SECONDS <= 2
    clock.now += RIGHTS_SECONDS
    assert authenticator(header).permissions == before - {"fhir.write"}


def test_what_this_machine_changes_is_in_force_at_once(
    key: SigningKey, bearer: Bearer, graph: Graph, clock: Clock, *, tenant: str, tmp_path: Path
) -> None:
    edition = Edition(tmp_path)
    verifiers = [LocalVerifier(key, BASE)]
    authenticator = Authenticator(verifiers, AccountStore(graph), tenant, clock, edition=edition.current)
    header, here = bearer("kim", "clinician"), Edition(tmp_path)  # of another process
    assert authenticator(header).role == "clinician"
    changing = AccountStore(graph, changing=here.changing)
    changing.put(system_scope(tenant), "kim", AccountTerms("auditor"), MICRO)
    assert authenticator(header).role == "auditor"
    changing.switch(system_scope(tenant), "kim", disabled=True)
    with pytest.raises(InvalidToken):
        authenticator(header)


def test_rights_that_stay_the_same_stay_the_same_object(
    authenticator: Authenticator, bearer: Bearer, clock: Clock
) -> None:
    header = bearer("kim", "teleradiologist")
    before = authenticator(header)
    clock.now += RIGHTS_SECONDS
    assert authenticator(header) is before


@pytest.fixture
def patient(graph: Graph, tenant: str) -> str:
    return place_patient(graph, tenant, "p1")


def test_a_revoked_grant_stops_within_two_seconds(
    authenticator: Authenticator, bearer: Bearer, accounts: AccountStore, clock: Clock, patient: str
) -> None:
    header = bearer("kim", "teleradiologist")
    ours = system_scope(patient.split("|", maxsplit=1)[0])
    accounts.grant(ours, "kim", Granted(patient="p1"), MICRO)
    assert authenticator(header).patients == {patient}
    accounts.revoke(ours, "kim", Granted(patient="p1"))
    assert RIGHTS_SECONDS <= 2
    clock.now += RIGHTS_SECONDS
    assert authenticator(header).patients == frozenset()


def test_a_researcher_becomes_identified_by_a_purpose_grant(
    authenticator: Authenticator, bearer: Bearer, accounts: AccountStore, clock: Clock, tenant: str
) -> None:
    header = bearer("kim", "researcher")
    assert authenticator(header).purpose == "pseudonymous"
    accounts.grant(system_scope(tenant), "kim", Granted(purpose="research"), MICRO)
    clock.now += RIGHTS_SECONDS
    assert authenticator(header).purpose == "HRESCH"


def test_a_narrow_token_and_a_wide_one_of_the_same_account_do_not_mix(
    authenticator: Authenticator, bearer: Bearer
) -> None:
    narrow = bearer("kim", "clinician", "fhir.read")
    wide = bearer("kim", "clinician")
    assert authenticator(narrow).permissions == {"fhir.read"}
    assert "fhir.write" in authenticator(wide).permissions
    assert authenticator(narrow).permissions == {"fhir.read"}


def theirs(issuer: TokenIssuer) -> str:
    """A token that names the provider; the provider of these tests believes any."""
    return f"Bearer {TokenIssuer(issuer.key, OUTSIDE, 60).issue('kim', 'x', now=NOW, token_id='1')}"


def test_a_caller_of_the_provider_needs_no_account(
    authenticator: Authenticator, issuer: TokenIssuer, provider: Provider, tenant: str
) -> None:
    header = theirs(issuer)
    assert [authenticator(header).role, authenticator(header).tenant] == ["clinician", tenant]
    assert provider.asked == [NOW]


def test_a_caller_of_the_provider_has_the_first_role_that_the_tenant_knows(
    authenticator: Authenticator, issuer: TokenIssuer, provider: Provider, graph: Graph, tenant: str
) -> None:
    reader = replace(SHIPPED["fhir-reader"], name="reader", rows=frozenset())
    RoleStore(graph).put(system_scope(tenant), reader, MICRO)
    provider.roles = ("default-roles-hilum", "reader", "clinician")
    scope = authenticator(theirs(issuer))
    assert (scope.role, scope.permissions, scope.patients) == ("reader", {"fhir.read"}, frozenset())


def test_a_caller_of_the_provider_can_be_disabled_here(
    authenticator: Authenticator, issuer: TokenIssuer, accounts: AccountStore, clock: Clock, tenant: str
) -> None:
    accounts.add(system_scope(tenant), "oidc:kim", "administrator", None, MICRO)
    assert authenticator(theirs(issuer)).role == "clinician"
    accounts.switch(system_scope(tenant), "oidc:kim", disabled=True)
    clock.now += RIGHTS_SECONDS
    with pytest.raises(InvalidToken):
        authenticator(theirs(issuer))


def test_a_caller_of_the_provider_without_a_role_is_forbidden(
    authenticator: Authenticator, issuer: TokenIssuer, provider: Provider
) -> None:
    provider.role = None
    with pytest.raises(Forbidden):
        authenticator(theirs(issuer))


def test_without_the_graph_nobody_gets_in(
    key: SigningKey, issuer: TokenIssuer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.session.RETRY_DEADLINE", 0.1)
    dead = Graph.connect("bolt://127.0.0.1:9", "neo4j", "x")
    alone = Authenticator([LocalVerifier(key, BASE)], AccountStore(dead), "t", clock)
    with pytest.raises(Unavailable):
        alone(f"Bearer {issuer.issue('kim', 't', now=NOW, token_id='1')}")
    dead.close()
