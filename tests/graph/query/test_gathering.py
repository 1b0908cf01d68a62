"""Alternatives of one field become one leaf, and mean what they meant."""

import pytest

from graph.query.expression import All, Any, Expression, Field, Kind, Not, Present, Related, Term, Whole
from graph.query.gathering import gathered

CODE, STATUS = Field("Observation", "code", Kind.TERM), Field("Observation", "status", Kind.TERM)
A, B, OTHER = Term(CODE, ("a",)), Term(CODE, ("b",)), Term(STATUS, ("b",))
OF_SYSTEM, ANY_OF_SYSTEM = Term(CODE, ("c",), "s"), Term(CODE, (), "s")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (A, A),
        (Any((A, B)), Term(CODE, ("a", "b"))),
        (Any((A, OTHER, B)), Any((Term(CODE, ("a", "b")), OTHER))),
        (Any((A, OF_SYSTEM, ANY_OF_SYSTEM)), Any((A, OF_SYSTEM, ANY_OF_SYSTEM))),
        (All((A, B)), All((A, B))),
        (Any(()), Any(())),
        (Not(Any((A, B))), Not(Term(CODE, ("a", "b")))),
        (Related(Whole("Series"), Any((A, B))), Related(Whole("Series"), Term(CODE, ("a", "b")))),
        (Any((Any((A, B)), Term(CODE, ("c",)))), Term(CODE, ("a", "b", "c"))),
        (All((Not(A), Not(B), Not(OTHER))), All((Not(Term(CODE, ("a", "b"))), Not(OTHER)))),
        (All((Not(A), OTHER, Not(B))), All((OTHER, Not(Term(CODE, ("a", "b")))))),
        (All((A, OTHER, A)), All((A, OTHER))),
        (All((Not(Present(CODE)), Not(A))), All((Not(Present(CODE)), Not(A)))),
        (Any((Present(CODE), A)), Any((Present(CODE), A))),
    ],
)
def test_alternatives_of_one_field_are_one_leaf(where: Expression, expected: Expression) -> None:
    assert gathered(where) == expected
