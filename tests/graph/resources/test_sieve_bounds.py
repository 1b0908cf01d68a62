"""What the graph has no room for is refused before it is asked, or told to come again while it is read."""

import numpy as np
import pytest

from graph.columns.columns import Columns
from graph.errors import TooLarge, Unavailable
from graph.query.expression import SerialIn
from graph.resources import row_values, sieve_bounds
from graph.resources.row_values import RowValues
from graph.resources.sieve import Sieve
from graph.resources.sieve_bounds import SieveBounds
from graph.session import Graph
from tests.graph.columns.rows import CODE, OF_PATIENT, caller, diagnose, recorded_before


@pytest.fixture(autouse=True)
def little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sieve_bounds, row_values):
        monkeypatch.setattr(module, "MOST_ASKED_OF", 1)


@pytest.mark.parametrize("rows", [np.array([1, 2]), frozenset({1, 2})])
def test_no_statement_is_sent_more_rows_than_there_is_room_for(rows: frozenset[int]) -> None:
    bounds = SieveBounds(None)

    assert bounds.sent(np.array([7])) == [7]
    with pytest.raises(TooLarge, match="more than"):
        bounds.sent(rows)


def test_a_question_asks_nothing_of_more_rows_than_that(graph: Graph, tenant: str) -> None:
    rows = frozenset({diagnose(graph, tenant, "c1", "a"), diagnose(graph, tenant, "c2", "a")})
    sieve, values = Sieve(graph, caller(tenant)), RowValues(graph, caller(tenant))

    with pytest.raises(TooLarge):
        sieve.serials("Condition", recorded_before(3.0), rows)
    with pytest.raises(TooLarge):
        sieve.pairs("Patient", OF_PATIENT, rows)
    with pytest.raises(TooLarge):
        values.owners("Patient", OF_PATIENT, rows)
    with pytest.raises(TooLarge):
        list(values.codes("Condition", CODE, rows))


def test_what_columns_will_tell_is_to_be_asked_for_again(graph: Graph, tenant: str) -> None:
    rows = frozenset({diagnose(graph, tenant, "c1", "a"), diagnose(graph, tenant, "c2", "a")})
    columns = Columns(graph, large=0)
    early = Sieve(graph, caller(tenant), columns.of(caller(tenant)))
    with pytest.raises(Unavailable):
        early.serials("Condition", recorded_before(3.0), rows)

    columns.settle(tenant)
    columns.of(caller(tenant)).every("Condition")
    columns.settle(tenant)
    later = Sieve(graph, caller(tenant), columns.of(caller(tenant)))

    assert later.serials("Condition", recorded_before(3.0), rows) == rows
    assert later.serials("Condition", SerialIn("Condition", rows)) == rows
