"""No number of a table that is not told can be found out from those that are: attacked by linear algebra.

The attacker is written anew: all cells are unknown numbers that are not negative, what is told are equations.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from app.cohorts.answers.counting import Crossing, TablePlace
from app.cohorts.answers.suppressing import tellable

LEAST = 5
SIZES = st.sampled_from((0, 0, 1, 2, 3, 4, 5, 6, 9, 12, 30))


def table(rows: int, columns: int) -> st.SearchStrategy[np.ndarray]:
    drawn = st.lists(SIZES, min_size=rows * columns, max_size=rows * columns)
    return drawn.map(lambda sizes: np.array(sizes).reshape(rows, columns))


TABLES = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(lambda shape: table(*shape))


def crossing(sizes: np.ndarray) -> Crossing:
    """Patients who are parted by a table."""
    names = tuple(
        tuple(f"{axis}{at}" for at in range(length)) for axis, length in zip("rc", sizes.shape, strict=True)
    )
    patients: dict[TablePlace, set[int]] = {(None, None): set()}
    for (row, column), size in np.ndenumerate(sizes):
        members = {len(patients[None, None]) + each for each in range(int(size))}
        for place in product((names[0][row], None), (names[1][column], None)):
            if members:
                patients.setdefault(place, set()).update(members)
    return Crossing(names, {place: frozenset(each) for place, each in patients.items()})


def indicator(found: Crossing, place: TablePlace) -> np.ndarray:
    """The cells that a number adds up, as a vector."""
    rows, columns = found.values
    return np.array(
        [
            [float(place[0] in (None, row) and place[1] in (None, column)) for column in columns]
            for row in rows
        ]
    ).ravel()


def equations(found: Crossing, told: frozenset[TablePlace]) -> tuple[np.ndarray, np.ndarray]:
    places = sorted(told, key=str)
    return (
        np.array([indicator(found, place) for place in places]),
        np.array([len(found.patients[place]) for place in places], dtype=float),
    )


def small(found: Crossing) -> Iterator[tuple[TablePlace, int]]:
    for place, patients in found.patients.items():
        if 0 < len(patients) < LEAST:
            yield place, len(patients)


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_a_small_number_may_be_anything_from_none_to_enough(sizes: np.ndarray) -> None:
    found = crossing(sizes)
    assume(sizes.sum() >= LEAST)

    told = tellable(found, LEAST, parting=True)

    sums, numbers = equations(found, told)
    for place, _ in small(found):
        assert place not in told
        wanted = indicator(found, place)
        assert np.linalg.matrix_rank(np.vstack([sums, wanted])) > np.linalg.matrix_rank(sums)
        least, most = (
            linprog(sign * wanted, A_eq=sums, b_eq=numbers, bounds=(0, None), method="highs")
            for sign in (1, -1)
        )
        assert least.fun < 0.5
        assert most.status == 3 or -most.fun > LEAST - 0.5


@settings(max_examples=100, deadline=None)
@given(TABLES)
def test_what_is_left_of_a_margin_beside_its_cells_is_none_or_enough(sizes: np.ndarray) -> None:
    found = crossing(sizes)
    assume(sizes.sum() >= LEAST)

    told = tellable(found, LEAST, parting=True)

    for margin in (each for each in told if each.count(None) == 1):
        at = margin.index(None)
        cells = [each for each in told if None not in each and each[1 - at] == margin[1 - at]]
        rest = found.patients[margin].difference(*(found.patients[each] for each in cells))
        assert not 0 < len(rest) < LEAST


MEMBERS = st.dictionaries(
    st.integers(0, 60),
    st.sets(st.sampled_from("abcdef"), min_size=1, max_size=3),
    min_size=LEAST,
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(MEMBERS)
def test_values_that_patients_share_leave_no_few_beside_those_that_are_told(
    said: dict[int, set[str]],
) -> None:
    patients: dict[TablePlace, set[int]] = {}
    for patient, values in said.items():
        for value in values:
            patients.setdefault((value,), set()).add(patient)
    everybody = frozenset(said)
    found = Crossing(
        (tuple("abcdef"),), {**{k: frozenset(v) for k, v in patients.items()}, (None,): everybody}
    )

    told = tellable(found, LEAST, parting=False)

    assert (None,) in told
    shown = [found.patients[each] for each in told if each != (None,)]
    assert all(len(each) >= LEAST for each in shown)
    assert not 0 < len(everybody.difference(*shown)) < LEAST


def test_a_table_without_small_numbers_is_told_whole() -> None:
    found = crossing(np.full((3, 4), LEAST))

    assert tellable(found, LEAST, parting=True) == found.patients.keys()


def test_of_two_sexes_the_larger_hides_with_the_few_who_have_none() -> None:
    found = Crossing(
        (("female", "male", "unknown"),),
        {
            (None,): frozenset(range(43)),
            ("female",): frozenset(range(20)),
            ("male",): frozenset(range(20, 41)),
            ("unknown",): frozenset((41, 42)),
        },
    )

    assert tellable(found, LEAST, parting=True) == {(None,), ("male",)}
