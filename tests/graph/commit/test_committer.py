"""Group commit: who shares a transaction, who waits for whom, and that nobody fails for another."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest

from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import CommitterThread, Committing, Draft, Unit, View
from graph.errors import Conflict, Unavailable
from graph.keys import resource_key
from graph.resources.writing import VERSIONS, ResourceWrite
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.scopes import scope_of


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("service", tenant=tenant)


@dataclass(frozen=True)
class MakePatient(Unit[int]):
    """Creates a patient; the answer is the moment of its commit, which all units of one commit share."""

    scope: AccessScope
    name: str

    def decide(self, view: View, draft: Draft) -> int:
        key = resource_key(self.scope.tenant, "Patient", self.name)
        draft.add(VERSIONS, ResourceWrite(key, "Patient", self.name, None, 1, "PUT", b"{}", None, ()))
        return view.now


@dataclass(frozen=True)
class Refused(Unit[int]):
    """Fails as a request does that may not be."""

    scope: AccessScope

    def decide(self, view: View, draft: Draft) -> int:
        raise Conflict("no")


@dataclass(frozen=True)
class Broken(Unit[int]):
    """Fails by a mistake of its own."""

    scope: AccessScope

    def decide(self, view: View, draft: Draft) -> int:
        raise ZeroDivisionError


def names_of(graph: Graph, scope: AccessScope) -> set[str]:
    rows = graph.read(
        "MATCH (r:Resource) WHERE r.kind = $kind RETURN r.id AS id", kind=f"{scope.tenant}|Patient"
    )
    return {row["id"] for row in rows}


def test_units_that_were_announced_share_one_commit(committer: CommitterThread, scope: AccessScope) -> None:
    everybody = Barrier(4)

    def store(name: str) -> int:
        with committer.expecting():
            everybody.wait()
            return committer.commit(MakePatient(scope, name))

    with ThreadPoolExecutor(4) as pool:
        moments = set(pool.map(store, "abcd"))
    assert len(moments) < 4


def test_who_was_announced_and_does_not_come_holds_nobody_up(
    committer: CommitterThread, scope: AccessScope
) -> None:
    with committer.expecting():
        assert committer.commit(MakePatient(scope, "a"))  # else it would say that it takes too long


def test_who_goes_away_is_not_waited_for(committer: CommitterThread, scope: AccessScope) -> None:
    with pytest.raises(Conflict), committer.expecting():
        raise Conflict("refused before its commit")
    assert committer._is_complete()


def test_a_unit_that_is_refused_takes_none_with_it(
    committer: CommitterThread, graph: Graph, scope: AccessScope
) -> None:
    everybody = Barrier(3)

    def store(unit: Unit[int]) -> int | None:
        with committer.expecting():
            everybody.wait()
            try:
                return committer.commit(unit)
            except Conflict:
                return None

    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(store, (MakePatient(scope, "a"), Refused(scope), MakePatient(scope, "b"))))
    assert [each is not None for each in told] == [True, False, True]
    assert names_of(graph, scope) == {"a", "b"}


def test_a_mistake_of_one_unit_is_its_own(
    committer: CommitterThread, graph: Graph, scope: AccessScope
) -> None:
    with pytest.raises(ZeroDivisionError):
        committer.commit(Broken(scope))
    committer.commit(MakePatient(scope, "a"))
    assert names_of(graph, scope) == {"a"}


def test_what_waits_is_committed_before_the_end(graph: Graph, scope: AccessScope) -> None:
    committer = CommitterThread(Committing(graph, AGGREGATES, now))
    committer.commit(MakePatient(scope, "a"))
    committer.close()
    with pytest.raises(Unavailable):
        committer.commit(MakePatient(scope, "b"))
    assert names_of(graph, scope) == {"a"}
