"""What cells tell together, held against sets that are compared as sets."""

from hashlib import sha256
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from graph.tellings.cells import Patients, packed, tells_of_few, unpacked
from graph.tellings.tellings import MOST
from tests.effort import little_effort

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
    wholes = [new, *(each for each in told if new < each)]
    return any(few(rest) for whole in wholes for rest in left_of(whole, new, told))


def left_of(whole: frozenset[int], new: frozenset[int], told: list[frozenset[int]]) -> list[frozenset[int]]:
    """What a whole has beside all that lies within it, and beside what is apart there, the new one first."""
    inside = [each for each in told if each <= whole and each != whole]
    parts = inside if whole == new else [new, *inside]
    apart: frozenset[int] = frozenset()
    for part in parts:
        apart |= part if not apart & part else frozenset()
    return [whole.difference(*parts), whole - apart] if parts else []


@given(st.lists(MEMBERS, max_size=6))
def test_two_and_three_cells_tell_what_their_sets_tell(sets: list[frozenset[int]]) -> None:
    patients = Patients()
    told: list[frozenset[int]] = []
    for each in sets:
        cells = [cell(patients, one) for one in told]
        assert tells_of_few(cell(patients, each), cells, LEAST) is tell_of_few(each, told)
        if not tell_of_few(each, told):
            told.append(each)


def test_four_that_are_apart_leave_no_few_of_a_whole() -> None:
    patients = Patients()
    whole, *parts = (
        cell(patients, frozenset(range(*each))) for each in ((0, 40), (0, 10), (10, 20), (20, 30), (30, 38))
    )
    told = [whole]
    for part in parts[:3]:
        assert not tells_of_few(part, told, LEAST)
        told.append(part)

    assert tells_of_few(parts[3], told, LEAST)  # two are in none
    assert tells_of_few(whole, [*parts], LEAST)


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

    with little_effort():
        assert not tells_of_few(drawn.getrandbits(20_000), told, 11)
