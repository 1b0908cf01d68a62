"""The sieve finds what the compiled statement and the plain reader find, in few texts whatever is asked."""

from itertools import islice, product

import pytest
from hypothesis import HealthCheck, given, settings

from graph.columns.columns import Columns
from graph.query.expression import (
    Against,
    All,
    Any,
    Expression,
    Field,
    Kind,
    Not,
    Present,
    Related,
    Term,
)
from graph.resources.sieve import Sieve
from graph.scope import AccessScope
from graph.session import Graph, Row
from tests.graph.cypher.conftest import Worlds, reader
from tests.graph.cypher.test_agreement import named
from tests.strategies.operators import a_few_of_each_operator, each_operator_alone
from tests.strategies.trees import Asked, questions, with_tenant


class Counted(Graph):
    """A graph that keeps the texts that it is asked."""

    def __init__(self, graph: Graph, texts: set[str]) -> None:
        vars(self).update(vars(graph))
        self._texts = texts

    def read(self, text: str, **parameters: object) -> list[Row]:
        """Run a statement, and keep its text."""
        self._texts.add(text)
        return super().read(text, **parameters)


@pytest.fixture(scope="module")
def columns(worlds: Worlds) -> Columns:
    return Columns(worlds.graph)


def sifted(worlds: Worlds, asked: Asked, where: Expression, columns: Columns | None = None) -> list[str]:
    scope = worlds.scope(asked)
    kind = asked.question.entity
    sieve = Sieve(worlds.graph, scope, columns.of(scope) if columns else None)
    found = sieve.named(kind, sieve.serials(kind, with_tenant(scope.tenant, where)))
    return [key.removeprefix(f"{scope.tenant}|") for key in found.values()]


def read(asked: Asked, where: Expression) -> set[str]:
    found = reader(asked).answer(asked.question.entity, with_tenant("any", where), asked.question.page)
    return {named(row) for row in found}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_a_question_has_the_reader_s_answer(worlds: Worlds, asked: Asked) -> None:
    assert set(sifted(worlds, asked, asked.question.where)) == read(asked, asked.question.where)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_off_columns_a_question_has_the_same_answer(worlds: Worlds, columns: Columns, asked: Asked) -> None:
    where = asked.question.where
    assert set(sifted(worlds, asked, where, columns)) == read(asked, where)


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_off_columns_thousands_of_questions_have_the_same_answer(
    worlds: Worlds, columns: Columns, asked: Asked
) -> None:
    where = asked.question.where
    assert set(sifted(worlds, asked, where, columns)) == read(asked, where)


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_thousands_of_questions_have_the_reader_s_answer(worlds: Worlds, asked: Asked) -> None:
    assert set(sifted(worlds, asked, asked.question.where)) == read(asked, asked.question.where)


def test_questions_of_one_shape_become_the_same_few_texts(worlds: Worlds) -> None:
    texts: set[str] = set()
    graph = Counted(worlds.graph, texts)
    scope = AccessScope(worlds.tenants[0], "someone", "any", "test")
    for entity, name, codes in product(("Condition", "Observation"), ("code", "category"), (("a",), ("b",))):
        field = Field(entity, name, Kind.TERM)
        link = Against(entity, ("subject",))
        held = Related(link, All((Term(field, codes), Not(Present(field)))))
        Sieve(graph, scope).serials("Patient", Any((held, Not(held))))
    assert len(texts) <= 8


@pytest.mark.parametrize("held", [False, True])
def test_each_operator_alone_has_the_reader_s_answer(worlds: Worlds, columns: Columns, held: bool) -> None:
    for asked in a_few_of_each_operator():
        where, known = asked.question.where, columns if held else None
        assert set(sifted(worlds, asked, where, known)) == read(asked, where), asked


@pytest.mark.slow
def test_each_operator_alone_has_the_reader_s_answer_on_all_fields(worlds: Worlds) -> None:
    for asked in each_operator_alone(0):
        assert set(sifted(worlds, asked, asked.question.where)) == read(asked, asked.question.where), asked


def test_nothing_asked_is_everything(worlds: Worlds) -> None:
    for asked in islice(each_operator_alone(0), 0, None, 25):
        assert set(sifted(worlds, asked, All())) == read(asked, All())
