"""What cells tell together, held against sets that are compared as sets."""

import time
from hashlib import sha256
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from graph.tellings.cells import Patients, packed, tells_of_few, unpacked
from graph.tellings.tellings import MOST

LEAST = 3
MEMBERS = st.frozensets(st.integers(0, 24), max_size=20)


def digest(member: int) -> bytes:
    return sha256(str(member).encode()).digest()


def cell(patients: Patients, members: frozenset[int]) -> int:
    return patients.cell([digest(each) for each in members])


def few(members: frozenset[int]) -> bool:
    return 0 < len(members) < LEAST


def tell_of_few(new: frozenset[int], told: list[frozenset[int]]) -> bool:
    """The same, said in sets."""
    if new in told:
        return False
    if any(few(new - each) or few(each - new) for each in told):
        return True
    for place, one in enumerate(told):
        for two in told[place + 1 :]:
            three = (new, one, two)
            for mine, second, third in (three, (one, two, new), (two, new, one)):
                if few(mine - second - third) or (not few(mine & second) and few((mine & second) - third)):
                    return True
    return False


@given(st.lists(MEMBERS, max_size=6))
def test_two_and_three_cells_tell_what_their_sets_tell(sets: list[frozenset[int]]) -> None:
    patients = Patients()
    told: list[frozenset[int]] = []
    for each in sets:
        cells = [cell(patients, one) for one in told]
        assert tells_of_few(cell(patients, each), cells, LEAST) is tell_of_few(each, told)
        if not tell_of_few(each, told):
            told.append(each)


@given(MEMBERS, MEMBERS)
def test_cells_are_kept_and_go_on_from_there(one: frozenset[int], other: frozenset[int]) -> None:
    patients = Patients()
    kept = packed(cell(patients, one))

    again = Patients(patients.packed())

    assert unpacked(kept) == cell(again, one)
    assert (cell(again, other) & unpacked(kept)).bit_count() == len(one & other)


def test_a_cell_is_held_against_as_many_as_are_remembered_in_a_moment() -> None:
    drawn = Random(7)
    told = [drawn.getrandbits(20_000) for _ in range(MOST)]

    began = time.process_time()
    assert not tells_of_few(drawn.getrandbits(20_000), told, 11)

    assert time.process_time() - began < 1
