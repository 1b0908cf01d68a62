"""Group commit: who shares a transaction, who waits for whom, and that nobody fails for another."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from graph.clock import now
from graph.commit import Committer, ResourceWrite, State, Unit, Writes
from graph.errors import Conflict, Unavailable
from graph.keys import resource_key
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.scopes import scope_of

Decide = Callable[[State, Writes], int]


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("service", tenant=tenant)


def patient(scope: AccessScope, name: str) -> Decide:
    """Create a patient; the answer is the moment of its commit, which all units of one commit share."""

    def decide(state: State, writes: Writes) -> int:
        writes.resources.append(
            ResourceWrite(
                key=resource_key(scope.tenant, "Patient", name),
                resource_type="Patient",
                resource_id=name,
                version_id=1,
                method="PUT",
                values=None,
                body=b"{}",
                compartment=(),
                properties={"serial": state.take_serial()},
            )
        )
        return state.now

    return decide


def refused(state: State, writes: Writes) -> int:
    raise Conflict("no")


def names_of(graph: Graph, scope: AccessScope) -> set[str]:
    rows = graph.read(
        "MATCH (r:Resource) WHERE r.kind = $kind RETURN r.id AS id", kind=f"{scope.tenant}|Patient"
    )
    return {row["id"] for row in rows}


def test_units_that_were_announced_share_one_commit(committer: Committer, scope: AccessScope) -> None:
    everybody = Barrier(4)

    def store(name: str) -> int:
        with committer.expecting():
            everybody.wait()
            return committer.commit(Unit(scope, patient(scope, name)))

    with ThreadPoolExecutor(4) as pool:
        moments = set(pool.map(store, "abcd"))
    assert len(moments) < 4


def test_who_was_announced_and_does_not_come_holds_nobody_up(
    committer: Committer, scope: AccessScope
) -> None:
    with committer.expecting():
        began = time.monotonic()
        committer.commit(Unit(scope, patient(scope, "a")))
        assert time.monotonic() - began < 5


def test_who_goes_away_is_not_waited_for(committer: Committer, scope: AccessScope) -> None:
    with pytest.raises(Conflict), committer.expecting():
        raise Conflict("refused before its commit")
    assert committer._is_complete()


def test_a_unit_that_is_refused_takes_none_with_it(
    committer: Committer, graph: Graph, scope: AccessScope
) -> None:
    everybody = Barrier(3)

    def store(decide: Decide) -> int | None:
        with committer.expecting():
            everybody.wait()
            try:
                return committer.commit(Unit(scope, decide))
            except Conflict:
                return None

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(store, (patient(scope, "a"), refused, patient(scope, "b"))))
    assert [each is not None for each in told] == [True, False, True]
    assert names_of(graph, scope) == {"a", "b"}


def test_a_mistake_of_one_unit_is_its_own(committer: Committer, graph: Graph, scope: AccessScope) -> None:
    def broken(state: State, writes: Writes) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        committer.commit(Unit(scope, broken))
    committer.commit(Unit(scope, patient(scope, "a")))
    assert names_of(graph, scope) == {"a"}


def test_what_waits_is_committed_before_the_end(graph: Graph, scope: AccessScope) -> None:
    committer = Committer(graph, now)
    committer.commit(Unit(scope, patient(scope, "a")))
    committer.close()
    with pytest.raises(Unavailable):
        committer.commit(Unit(scope, patient(scope, "b")))
    assert names_of(graph, scope) == {"a"}
