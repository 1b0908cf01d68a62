"""Sets of patients are kept in few bytes and come back as they were."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from graph.cohorts.kept_patients import KeptPatients

SERIALS = st.frozensets(st.integers(0, 2**53), max_size=60)


@given(SERIALS, st.data())
def test_what_is_kept_comes_back(everybody: frozenset[int], data: st.DataObject) -> None:
    some = st.frozensets(st.sampled_from(sorted(everybody)) if everybody else st.nothing())
    sets = {name: data.draw(some) for name in ("matched", "+$.population.age")}
    kept = KeptPatients(everybody, sets)

    assert KeptPatients.unpacked(kept.packed()) == kept


def test_who_was_not_to_see_is_in_no_set() -> None:
    kept = KeptPatients.unpacked(KeptPatients(frozenset((1, 2)), {"matched": frozenset((2, 3))}).packed())

    assert kept.sets["matched"] == {2}


def test_a_hundred_thousand_patients_take_little_room() -> None:
    drawn = Random(3)
    everybody = frozenset(drawn.sample(range(5_000_000), 100_000))
    some = frozenset(drawn.sample(sorted(everybody), 30_000))

    kept = KeptPatients(everybody, {f"set {at}": some for at in range(8)})

    assert len(kept.packed()) < 400_000
