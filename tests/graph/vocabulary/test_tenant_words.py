"""The words of a tenant are gathered behind the questions, kept up to date, and never told in part."""

from collections.abc import Iterator
from threading import Event
from typing import Any, Protocol, TypeVar

import pytest

from graph.budget import RequestBudget, begin_budget
from graph.driver import GraphDatabase
from graph.errors import Unavailable
from graph.local.state import Neo4jAddress
from graph.session import Graph, Row
from graph.vocabulary import gathering
from graph.vocabulary.gathering import CodedElement
from graph.vocabulary.tenant_words import TenantWords
from tests.factories.graphs import NotedGraph
from tests.graph.vocabulary.rows import CODE, carry

G = TypeVar("G", bound=Graph)


class Connect(Protocol):
    """Makes a graph of a kind."""

    def __call__(self, kind: type[G]) -> G: ...


class Clock:
    """A clock that goes on by itself with every look."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 1.0
        return self.seconds


class HeldGraph(Graph):
    """A graph whose reads wait until they are let go."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.let = Event()

    def read(self, text: str, **parameters: Any) -> list[Row]:
        self.let.wait(10.0)
        return super().read(text, **parameters)


class AwayOnce(Graph):
    """A graph that does not answer the first time."""

    away = True

    def read(self, text: str, **parameters: Any) -> list[Row]:
        if self.away:
            self.away = False
            raise Unavailable("the record store does not answer now", retry_after=2)
        return super().read(text, **parameters)


@pytest.fixture
def connected(neo4j_address: Neo4jAddress) -> Iterator[Connect]:
    """Connects a graph of a kind, which is closed in the end."""
    where, made = neo4j_address, list[Graph]()

    def connect(kind: type[G]) -> G:
        found = kind(GraphDatabase.driver(where.uri, auth=(where.user, where.password)))
        made.append(found)
        return found

    yield connect
    for each in made:
        each.close()


def test_every_word_and_code_is_there_once(graph: Graph, tenant: str) -> None:
    carry(graph, tenant, *((f"Word {number % 90}", f"c|{number % 90}%") for number in range(900)))

    found = TenantWords(graph, [CODE]).of(tenant)[CODE]

    assert found.texts == {f"word {number}" for number in range(90)}
    assert found.codes == {f"c|{number}%" for number in range(90)}


def test_nothing_of_others_is_there(graph: Graph, tenant: str) -> None:
    carry(graph, tenant, ("Asthma", "1"))
    carry(graph, f"{tenant}0", ("Gout", "2"))

    words = TenantWords(graph, [CODE, CodedElement("Procedure", "code")])

    assert words.of(tenant)[CODE].codes == {"1"}
    assert words.of(tenant)[CodedElement("Procedure", "code")].texts == frozenset()
    assert words.of(f"{tenant}none")[CODE].codes == frozenset()


def test_what_is_written_later_is_added(graph: Graph, tenant: str) -> None:
    carry(graph, tenant, ("Asthma", "1"))
    words = TenantWords(graph, [CODE], clock=Clock())
    first = words.of(tenant)[CODE]

    carry(graph, tenant, ("Gout", "2"), ("Asthma", "1"))

    assert words.of(tenant)[CODE] is first, "they are not gathered anew"
    assert first.texts == {"asthma", "gout"}
    assert first.codes == {"1", "2"}


def test_much_that_is_written_is_added_in_parts_or_gathered_anew(
    graph: Graph, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_AT_ONCE", 3)
    monkeypatch.setattr(gathering, "_MOST_WRITTEN", 20)
    carry(graph, tenant, ("Asthma", "1"))
    words = TenantWords(graph, [CODE], clock=Clock())
    first = words.of(tenant)[CODE]

    carry(graph, tenant, *((f"Word {number}", f"{number}") for number in range(10)))
    assert words.of(tenant)[CODE] is first
    assert len(first.texts) == 11

    carry(graph, tenant, *((f"Name {number}", f"{number}") for number in range(30)))
    assert words.of(tenant)[CODE] is not first
    assert len(words.of(tenant)[CODE].texts) == 41


def test_while_nothing_is_written_nothing_is_read(graph: Graph, tenant: str, connected: Connect) -> None:
    carry(graph, tenant, ("Asthma", "1"))
    noted = connected(NotedGraph)
    words = TenantWords(noted, [CODE], clock=Clock())
    words.of(tenant)
    noted.texts.clear()

    words.of(tenant)

    assert len(noted.texts) == 1, "the look whether something was"


def test_many_words_take_few_statements(graph: Graph, tenant: str, connected: Connect) -> None:
    carry(graph, tenant, *((f"Word {number}", f"{number}") for number in range(1_200)))
    noted = connected(NotedGraph)

    found = gathering.gathered(noted, tenant, CODE)

    assert len(found.texts) == len(found.codes) == 1_200
    assert len(noted.texts) < 10


def test_more_words_than_are_kept_are_told_to_be(graph: Graph, tenant: str) -> None:
    carry(graph, tenant, *((f"Word {number}", "1") for number in range(12)))

    assert TenantWords(graph, [CODE], most=10).of(tenant)[CODE].is_cut
    assert not TenantWords(graph, [CODE], most=12).of(tenant)[CODE].is_cut


def test_a_question_that_comes_too_early_waits_for_its_budget_and_is_told_to_come_again(
    graph: Graph, tenant: str, connected: Connect
) -> None:
    carry(graph, tenant, ("Asthma", "1"))
    held = connected(HeldGraph)
    words = TenantWords(held, [CODE])
    begin_budget(RequestBudget(0.05))
    try:
        with pytest.raises(Unavailable) as refused:
            words.of(tenant)
        assert refused.value.retry_after
    finally:
        begin_budget(None)
        held.let.set()

    assert words.of(tenant)[CODE].codes == {"1"}, "what was begun is carried on"


def test_who_keeps_them_gathers_before_anybody_asks(graph: Graph, tenant: str) -> None:
    carry(graph, tenant, ("Asthma", "1"))
    words = TenantWords(graph, [CODE])

    words.keep(tenant)
    try:
        assert words.of(tenant)[CODE].codes == {"1"}
    finally:
        words.close()


def test_a_graph_that_is_away_is_told_and_asked_again(connected: Connect, tenant: str) -> None:
    words = TenantWords(connected(AwayOnce), [CODE])

    with pytest.raises(Unavailable):
        words.of(tenant)
    assert words.of(tenant)[CODE].codes == frozenset()
