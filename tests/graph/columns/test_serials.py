"""Sets of rows as arrays are sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.columns import serials
from graph.columns.serials import common, joined, marked, members, sorted_serials, together, without

sets = st.frozensets(st.integers(0, 60))


@given(sets, sets)
def test_they_join_meet_and_part_as_sets_do(one: frozenset[int], other: frozenset[int]) -> None:
    first, second = sorted_serials(one), sorted_serials(other)

    assert joined(first, second).tolist() == sorted(one | other)
    assert common(first, second).tolist() == sorted(one & other)
    assert without(first, second).tolist() == sorted(one - other)
    assert (
        together([first, second]).tolist()
        == together([second, first, second]).tolist()
        == sorted(one | other)
    )


@pytest.mark.parametrize("many", [0, 50_000])
@given(values=st.lists(st.integers(0, 60)), some=sets)
def test_who_is_in_a_set_is_told_of_values_in_any_order(
    many: int, values: list[int], some: frozenset[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serials, "_MANY", many)
        found = members(np.array(values, dtype=np.int64), sorted_serials(some))

    assert found.tolist() == [each in some for each in values]


@given(st.lists(st.integers(0, 60)))
def test_numbers_that_come_twice_are_in_a_set_once(values: list[int]) -> None:
    assert sorted_serials(values).tolist() == sorted(set(values))


def test_marks_end_with_the_most() -> None:
    assert marked(sorted_serials([1, 3, 9]), 3).tolist() == [False, True, False, True]
