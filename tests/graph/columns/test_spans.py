"""Spans in arrays stand to each other as the plain reader of the tests reads them."""

from math import inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.columns.spans import standing
from graph.query.expression import Field, Kind, Order, Span
from tests.reader.answers import stands
from tests.reader.rows import Extent

BORN = Field("Patient", "birthdate", Kind.SPAN)
stored = st.tuples(st.sampled_from([-inf, 0.0, 1.0, 2.0]), st.sampled_from([1.0, 2.0, 3.0, inf]))
asked = st.sampled_from([None, 0.0, 1.0, 2.0, 3.0])


@given(st.lists(stored), st.sampled_from(list(Order)), asked, asked)
def test_each_order_is_as_it_is_read(
    spans: list[tuple[float, float]], order: Order, low: float | None, high: float | None
) -> None:
    leaf = Span(BORN, order, low, high)
    lows, highs = (np.array([each[place] for each in spans], dtype=np.float64) for place in (0, 1))

    assert standing(lows, highs, leaf).tolist() == [stands(Extent(*each), leaf) for each in spans]
