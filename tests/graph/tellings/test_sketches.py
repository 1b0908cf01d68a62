"""A sketch tells how far two sets are apart where they are close, whatever they hold."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from graph.tellings.sketches import BUCKETS, apart, sketch_of

MEMBERS = st.sets(st.integers(0, 200), max_size=60)


def sketch(members: set[int]) -> bytes:
    return sketch_of(sha256(str(each).encode()).digest() for each in members)


@given(MEMBERS, MEMBERS)
def test_it_never_says_more_than_there_is_and_knows_equal_sets(one: set[int], other: set[int]) -> None:
    found = apart(sketch(one), sketch(other))

    assert found <= len(one ^ other)
    assert (found == 0) is (one == other)


@given(MEMBERS, st.sets(st.integers(300, 5_000), max_size=400))
def test_of_a_set_and_what_it_holds_it_says_all(one: set[int], more: set[int]) -> None:
    assert apart(sketch(one), sketch(one | more)) == len(more)


def test_it_has_one_size() -> None:
    assert len(sketch(set())) == len(sketch(set(range(5_000)))) == BUCKETS * 10
    assert apart(sketch(set()), sketch(set(range(50_000)))) == 50_000
