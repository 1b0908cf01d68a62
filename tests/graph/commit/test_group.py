"""Optimistic commits: one statement when nobody else commits, and the truth when somebody does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import Committing, Draft, Keys, Unit, View
from graph.errors import Conflict, Unavailable
from graph.keys import resource_key
from graph.packing import unpacked
from graph.resources.states import RESOURCES
from graph.resources.writing import VERSIONS, ResourceWrite, next_version
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.scopes import scope_of


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("service", tenant=tenant)


@dataclass(frozen=True)
class Count(Unit[int]):
    """Writes the next version of one resource; the answer is its number."""

    scope: AccessScope
    name: str = "counted"

    def looks_at(self) -> Keys:
        return {RESOURCES: (self.key,)}

    @property
    def key(self) -> str:
        return resource_key(self.scope.tenant, "Basic", self.name)

    def decide(self, view: View, draft: Draft) -> int:
        known = view.get(RESOURCES, self.key)
        version = next_version(known)
        draft.add(
            VERSIONS, ResourceWrite(self.key, "Basic", self.name, known, version, "PUT", b"{}", None, None)
        )
        return version


@dataclass(frozen=True)
class Make(Count):
    """Creates the resource, and refuses where it is there."""

    def looks_at(self) -> Keys:
        return {}

    def presumes_absent(self) -> Keys:
        return {RESOURCES: (self.key,)}

    def decide(self, view: View, draft: Draft) -> int:
        if view.get(RESOURCES, self.key) is not None:
            raise Conflict("it is there")
        return super().decide(view, draft)


@dataclass(frozen=True)
class Draw(Count):
    """Decides something else each time: the answer is the version's text."""

    def decide(self, view: View, draft: Draft) -> str:  # type: ignore[override]
        text = uuid4().hex
        known = view.get(RESOURCES, self.key)
        version = next_version(known)
        write = ResourceWrite(self.key, "Basic", self.name, known, version, "PUT", text.encode(), None, None)
        draft.add(VERSIONS, write)
        return text


class Late(Graph):
    """The graph of the run, in which the first commit happens only when the second one is sent."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._held: dict[str, Any] | None = None
        self._released = False

    def run(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        if "$commit.batch" in text and not self._released:
            if self._held is None:
                self._held = parameters
                raise Unavailable("the connection is gone")
            self._released = True
            self._graph.run(text, **self._held)
        return self._graph.run(text, **parameters)


class Counted(Graph):
    """The graph of the run, whose statements are counted, and which can fail in the middle."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.statements: list[str] = []
        self.after: Callable[[], None] | None = None
        self.before: Callable[[], None] | None = None

    def run(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        self.statements.append(text)
        before, self.before = self.before, None
        if before and "$commit.batch" in text:
            before()
        elif before:
            self.before = before
        rows = self._graph.run(text, **parameters)
        if self.after and "$commit.batch" in text:
            after, self.after = self.after, None
            after()
        return rows

    def write(self, work: Callable[[Any], Any]) -> Any:
        self.statements.append("a managed transaction")
        return self._graph.write(work)


@pytest.fixture
def counted(graph: Graph) -> Counted:
    return Counted(graph)


def committing(graph: Graph) -> Committing:
    return Committing(graph, AGGREGATES, now)


def answer(committing: Committing, unit: Unit[int]) -> int:
    (outcome,) = committing.first([unit])
    if outcome.error:
        raise outcome.error
    return int(outcome.answer)


def test_what_is_remembered_takes_one_statement(counted: Counted, scope: AccessScope) -> None:
    alone = committing(counted)
    answer(alone, Count(scope))
    counted.statements.clear()

    assert answer(alone, Count(scope)) == 2
    assert len(counted.statements) == 1


def test_what_is_presumed_absent_takes_one_statement(counted: Counted, scope: AccessScope) -> None:
    alone = committing(counted)
    answer(alone, Count(scope, "another"))
    counted.statements.clear()

    assert answer(alone, Make(scope)) == 1
    assert len(counted.statements) == 1


def test_what_is_presumed_absent_and_is_there_is_seen(
    graph: Graph, counted: Counted, scope: AccessScope
) -> None:
    answer(committing(graph), Make(scope))

    with pytest.raises(Conflict):
        answer(committing(counted), Make(scope))
    assert answer(committing(graph), Count(scope)) == 2


def test_committers_that_take_turns_lose_nothing(graph: Graph, scope: AccessScope) -> None:
    first, second = committing(graph), committing(graph)

    versions = [answer(each, Count(scope)) for each in (first, second, second, first, second, first)]

    assert versions == [1, 2, 3, 4, 5, 6]


def test_who_is_overtaken_between_deciding_and_writing_decides_again(
    graph: Graph, counted: Counted, scope: AccessScope
) -> None:
    slow, fast = committing(counted), committing(graph)
    answer(slow, Count(scope))

    def overtake() -> None:
        answer(fast, Count(scope))

    counted.before = overtake

    assert answer(slow, Count(scope)) == 3
    assert versions_of(graph, scope) == [1, 2, 3]


def test_who_is_overtaken_again_and_again_locks_the_others_out(
    graph: Graph, counted: Counted, scope: AccessScope
) -> None:
    slow, fast = committing(counted), committing(graph)

    def overtake() -> None:
        answer(fast, Count(scope))
        counted.before = overtake

    counted.before = overtake
    answer(slow, Count(scope))
    counted.before = None

    assert "a managed transaction" in counted.statements
    found = versions_of(graph, scope)
    assert found == list(range(1, len(found) + 1))


def test_what_is_presumed_absent_is_looked_up_once_the_others_are_locked_out(
    graph: Graph, counted: Counted, scope: AccessScope
) -> None:
    answer(committing(graph), Make(scope))
    slow, fast = committing(counted), committing(graph)

    def overtake() -> None:
        answer(fast, Count(scope, "another"))
        counted.before = overtake

    counted.before = overtake
    with pytest.raises(Conflict):
        answer(slow, Make(scope))
    counted.before = None


def test_who_finds_that_all_is_there_is_answered_by_the_statement_that_found_it(
    graph: Graph, counted: Counted, scope: AccessScope
) -> None:
    answer(committing(graph), Make(scope))
    alone = committing(counted)

    with pytest.raises(Conflict):
        answer(alone, Make(scope))

    assert len(counted.statements) == 2  # the ledger, and the commit that found the row


def test_a_commit_whose_answer_was_lost_is_answered_and_not_done_twice(
    graph: Graph, counted: Counted, scope: AccessScope
) -> None:
    def lose() -> None:
        raise Unavailable("the connection is gone")

    alone = committing(counted)
    counted.after = lose

    assert answer(alone, Count(scope)) == 1
    assert versions_of(graph, scope) == [1]


def test_a_lost_answer_is_known_even_after_others_have_committed(
    graph: Graph, counted: Counted, scope: AccessScope
) -> None:
    def lose() -> None:
        answer(committing(graph), Count(scope))
        raise Unavailable("the connection is gone")

    alone = committing(counted)
    counted.after = lose

    assert answer(alone, Count(scope)) == 1
    assert versions_of(graph, scope) == [1, 2]


def test_a_commit_that_happens_late_is_answered_with_what_it_wrote(graph: Graph, scope: AccessScope) -> None:
    (outcome,) = committing(Late(graph)).first([Draw(scope)])

    key = resource_key(scope.tenant, "Basic", "counted")
    text = "MATCH (:Resource {key: $key})-[:HAS_VERSION]->(v) RETURN v.body AS body"
    (row,) = graph.read(text, key=key)
    assert unpacked(row["body"]).decode() == outcome.answer


def test_a_unit_that_writes_over_another_comes_with_the_next_commit(graph: Graph, scope: AccessScope) -> None:
    alone = committing(graph)

    outcomes = alone.first([Count(scope), Count(scope, "another"), Count(scope)])

    assert [outcome.answer for outcome in outcomes] == [1, 1]
    assert answer(alone, Count(scope)) == 2


def versions_of(graph: Graph, scope: AccessScope) -> list[int]:
    key = resource_key(scope.tenant, "Basic", "counted")
    text = "MATCH (:Resource {key: $key})-[:HAS_VERSION]->(v) RETURN v.versionId AS version ORDER BY version"
    return [row["version"] for row in graph.read(text, key=key)]
