"""Conditions that become one text have one form, whatever their values; others have another."""

from itertools import islice

from graph.query.expression import All, Field, Kind, Not, Order, Present, Span, Term
from graph.query.forms import form, subqueries
from tests.strategies.operators import each_operator_alone

CODE, DATE = Field("Observation", "code", Kind.TERM), Field("Observation", "date", Kind.SPAN)
STATUS = Field("Observation", "status", Kind.TERM)


def test_values_and_fields_are_no_part_of_a_form() -> None:
    assert form(Term(CODE, ("a",))) == form(Term(STATUS, ("b",)))
    assert form(Term(CODE, ("a", "b"))) == form(Term(CODE, ("c", "d", "e")))
    assert form(Span(DATE, Order.EQ, 1, 2)) == form(Span(DATE, Order.EQ, 3, 4))


def test_what_is_compared_otherwise_has_another_form() -> None:
    leaves = (
        Term(CODE, ("a",)),
        Term(CODE, ("a", "b")),
        Term(CODE, ("a",), "s"),
        Span(DATE, Order.EQ, 1, 2),
        Span(DATE, Order.EQ, None, 2),
        Span(DATE, Order.SA, 1, 2),
        Present(CODE),
        Not(Present(CODE)),
        All((Present(CODE), Present(DATE))),
    )
    assert len({form(each) for each in leaves}) == len(leaves)


def test_every_operator_has_a_form_and_subqueries() -> None:
    for asked in islice(each_operator_alone(0), 0, None, 7):
        assert form(asked.question.where)
        assert subqueries(asked.question.where) >= 0
