"""Tables of rows keep the order of their resources, whatever is taken out of them or put in."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.columns.serials import sorted_serials
from graph.columns.tables import HeldTable, NumberedTexts

Rows = Sequence[tuple[int, int]]
rows = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5)))
some = st.frozensets(st.integers(0, 40))


def table(of: Rows) -> HeldTable:
    return HeldTable.of([row for row, _ in of], {"ends": np.array([end for _, end in of], dtype=np.int64)})


def told(of: HeldTable) -> list[tuple[int, int]]:
    assert of.serials.tolist() == sorted(of.serials.tolist())
    return sorted(zip(of.serials.tolist(), of["ends"].tolist(), strict=True))


@given(rows)
def test_rows_lie_side_by_side_in_order(of: Rows) -> None:
    assert told(table(of)) == sorted(of)


@given(rows, some)
def test_the_rows_of_some_resources_are_found_few_or_many(of: Rows, wanted: frozenset[int]) -> None:
    expected = sorted(each for each in of if each[0] in wanted)

    assert told(table(of).of_rows(sorted_serials(wanted))) == expected
    assert told(table([*of] * 40).of_rows(sorted_serials(wanted))) == sorted(expected * 40)


@given(rows, some, rows)
def test_what_was_written_is_there_as_it_is_now(of: Rows, changed: frozenset[int], new: Rows) -> None:
    now = [each for each in new if each[0] in changed]

    found = table(of).mended(sorted_serials(changed), table(now))

    assert told(found) == sorted([each for each in of if each[0] not in changed] + now)


def test_a_table_says_what_it_takes() -> None:
    assert table([(1, 2), (3, 4)]).weight - table([]).weight == 32
    assert table([]).weight > 0


@given(st.lists(st.text(max_size=2)))
def test_texts_are_known_by_their_numbers(given_texts: list[str]) -> None:
    texts = NumberedTexts()
    numbers = texts.numbered(given_texts)

    assert [texts.text(int(each)) for each in numbers] == given_texts
    assert texts.numbered([None]).tolist() == [texts.number("")]
    assert all(texts.known(each) == texts.number(each) for each in given_texts)
    assert texts.known("of no row") not in texts.numbered(given_texts)
