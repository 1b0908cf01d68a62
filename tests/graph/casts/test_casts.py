"""A topic is changed by one at a time, and a subscription is there until its end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.security.scopes import system_scope
from graph.casts.casts import CastChange, CastState, CastStore, CastSubscription
from graph.scope import AccessScope
from graph.session import Graph

NOW = 1_000_000


@pytest.fixture
def casts(graph: Graph) -> Iterator[CastStore]:
    yield CastStore(graph)


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return replace(system_scope(tenant), subject="kim")


def test_of_changes_at_once_each_sees_the_one_before(casts: CastStore, scope: AccessScope) -> None:
    def add(state: CastState, number: int) -> CastChange:
        return CastChange({"seen": [*state.get("seen", ()), number]}, number + 1, str(number))

    with ThreadPoolExecutor(8) as many:
        versions = list(many.map(lambda _: casts.change(scope, add), range(40)))

    assert sorted(map(int, filter(None, versions))) == list(range(40))
    assert casts.state(scope) == ({"seen": list(range(40))}, 40)
    assert casts.sequence(scope) == 40
    assert casts.state(replace(scope, subject="lee")) == ({}, 0)


def test_a_change_that_fails_leaves_all_as_it_was(casts: CastStore, scope: AccessScope) -> None:
    casts.change(scope, lambda _state, number: CastChange({"a": 1}, number + 1))

    def fail(_state: CastState, _number: int) -> CastChange:
        raise KeyError

    with pytest.raises(KeyError):
        casts.change(scope, fail)
    assert casts.state(scope) == ({"a": 1}, 1)


def test_a_subscription_is_there_until_it_ends_or_is_ended(casts: CastStore, scope: AccessScope) -> None:
    kept = CastSubscription("d1", "kim", NOW + 10, {"events": ["Patient-open"]})
    casts.subscribe(scope, kept, NOW)

    assert casts.subscription(scope, "d1", NOW) == kept
    assert casts.subscription(scope, "d1", NOW + 10) is None
    assert casts.listeners(scope, NOW) == 1
    assert casts.subscription(replace(scope, tenant="another"), "d1", NOW) is None
    assert (casts.end(scope, "d1"), casts.end(scope, "d1")) == (True, False)
    assert casts.subscription(scope, "d1", NOW) is None
    casts.subscribe(scope, replace(kept, digest="d2"), NOW)
    casts.subscribe(scope, replace(kept, digest="d3", until=NOW + 99), NOW + 50)
    assert casts.listeners(scope, NOW) == 1  # what had ended was cleared away
