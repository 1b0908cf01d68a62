"""A question costs what its form makes likely: links multiply, denials and values add."""

from itertools import pairwise

import pytest

from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    AtLeast,
    Expression,
    Field,
    KeyIn,
    Kind,
    Present,
    Related,
    Term,
)
from graph.query.prices import price

LEAF = Present(Field("Patient", "name", Kind.TEXT))
CODE = Field("Observation", "code", Kind.TERM)


def chain(links: int) -> Expression:
    found: Expression = LEAF
    for _ in range(links):
        found = Related(Against("Observation", ("subject",)), found)
    return found


@pytest.mark.parametrize(
    ("cheaper", "dearer"),
    [
        (All(), LEAF),
        (LEAF, All((LEAF, LEAF))),
        (Any((LEAF, LEAF)), AtLeast(2, (LEAF, LEAF, LEAF))),
        (Term(CODE, ("a",)), Term(CODE, ("a",) * 1_000)),
        (KeyIn("Patient", ("a",)), KeyIn("Patient", ("a",) * 1_000)),
        (Related(Along(("subject",), ("Patient",)), LEAF), chain(1)),
        (All((chain(1), chain(1))), chain(2)),
    ],
)
def test_what_makes_more_work_costs_more(cheaper: Expression, dearer: Expression) -> None:
    assert price(cheaper) < price(dearer)


def test_links_multiply() -> None:
    prices = [price(chain(links)) for links in range(6)]
    assert all(after > 4 * before for before, after in pairwise(prices))
