"""A handle opens once, for its client and in time; who brings it again ends what it opened."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeAlias
from uuid import uuid4

import pytest

from app.security.scopes import system_scope
from graph.authorization.authorizations import (
    ASSERTION,
    CODE,
    REFRESH,
    Authorization,
    AuthorizationStore,
)
from graph.authorization.clients import ClientStore, RegisteredClient
from graph.errors import NotFound
from graph.scope import AccessScope
from graph.session import Graph

NOW, LATER = 1_000_000_000, 2_000_000_000
APP = RegisteredClient(
    client_id="app", name="App", method="none", scope="openid", redirect_uris=("https://app/",)
)
Begun: TypeAlias = Callable[[str], Authorization]


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


@pytest.fixture
def clients(graph: Graph, scope: AccessScope) -> ClientStore:
    store = ClientStore(graph)
    store.add(scope, APP, NOW)
    return store


@pytest.fixture
def kept(graph: Graph, clients: ClientStore) -> AuthorizationStore:
    return AuthorizationStore(graph)


@pytest.fixture
def begun(kept: AuthorizationStore, scope: AccessScope) -> Begun:
    """Keeps an authorization that a code opens."""

    def begin(code: str) -> Authorization:
        made = Authorization(
            authorization_id=uuid4().hex, client="app", subject="kim", scope="openid", at=NOW, until=LATER
        )
        kept.begin(scope, made, code, NOW + 60, {"redirectUri": "https://app/"})
        return made

    return begin


def test_a_code_opens_what_it_was_made_for(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    made = begun("digest")

    held = kept.use(scope, CODE, "digest", "app", NOW)

    assert held is not None
    assert held.authorization == made
    assert held.kept["redirectUri"] == "https://app/"


def test_a_code_that_is_used_again_opens_nothing_and_ends_what_it_opened(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    made = begun("digest")
    kept.use(scope, CODE, "digest", "app", NOW)
    assert kept.find(scope, made.authorization_id, NOW) == made

    assert kept.use(scope, CODE, "digest", "app", NOW) is None
    assert kept.find(scope, made.authorization_id, NOW) is None


def test_another_client_opens_nothing_with_it_and_ends_nothing(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    begun("digest")

    assert kept.use(scope, CODE, "digest", "another", NOW) is None
    assert kept.use(scope, CODE, "digest", "app", NOW) is not None


@pytest.mark.parametrize(("kind", "moment"), [(CODE, NOW + 61), (REFRESH, NOW)], ids=["late", "another kind"])
def test_it_opens_in_time_and_as_what_it_is(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun, kind: str, moment: int
) -> None:
    begun("digest")

    assert kept.use(scope, kind, "digest", "app", moment) is None


def test_of_many_who_use_it_at_once_one_is_let_in_and_it_has_ended(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    made = begun("digest")

    with ThreadPoolExecutor(4) as together:
        found = list(together.map(lambda _: kept.use(scope, CODE, "digest", "app", NOW), range(4)))

    assert sum(each is not None for each in found) == 1
    assert kept.find(scope, made.authorization_id, NOW) is None


def test_a_refresh_token_that_has_been_replaced_ends_its_family(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    name = begun("digest").authorization_id
    kept.hold(scope, name, REFRESH, "first", LATER)
    kept.use(scope, REFRESH, "first", "app", NOW)
    kept.hold(scope, name, REFRESH, "second", LATER)

    assert kept.use(scope, REFRESH, "first", "app", NOW) is None
    assert kept.use(scope, REFRESH, "second", "app", NOW) is None


def test_what_lasts_longer_by_a_refresh_token_lasts_as_long_as_that(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    name = begun("digest").authorization_id
    assert kept.find(scope, name, LATER + 1) is None

    kept.hold(scope, name, REFRESH, "first", LATER * 2)

    assert kept.find(scope, name, LATER + 1) is not None


def test_what_was_authorized_ends_with_its_client(
    kept: AuthorizationStore, clients: ClientStore, scope: AccessScope, begun: Begun
) -> None:
    made = begun("digest")

    clients.remove(scope, "app")

    assert kept.find(scope, made.authorization_id, NOW) is None
    assert kept.use(scope, CODE, "digest", "app", NOW) is None


def test_nothing_of_it_reaches_another_tenant(
    kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    made, elsewhere = begun("digest"), replace(scope, tenant=f"{scope.tenant}x")

    assert kept.use(elsewhere, CODE, "digest", "app", NOW) is None
    assert kept.find(elsewhere, made.authorization_id, NOW) is None
    with pytest.raises(NotFound):
        kept.end(elsewhere, made.authorization_id, NOW)


def test_an_assertion_is_new_once(kept: AuthorizationStore, scope: AccessScope) -> None:
    assert kept.keep(scope, ASSERTION, "jti", until=LATER, now=NOW, kept={})
    assert not kept.keep(scope, ASSERTION, "jti", until=LATER, now=NOW, kept={})


def test_what_has_expired_is_swept_by_what_comes(
    graph: Graph, kept: AuthorizationStore, scope: AccessScope, begun: Begun
) -> None:
    begun("digest")

    kept.keep(scope, ASSERTION, "jti", until=LATER * 2, now=LATER + 1, kept={})

    (row,) = graph.read("MATCH (h:Handle) WHERE h.tenant = $tenant RETURN count(h) AS n", tenant=scope.tenant)
    assert row["n"] == 1
