"""A number that is told is off by little, by the same for the same patients, and never too small."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.cohorts.answers.disclosure import Disclosure
from app.cohorts.answers.tallies import MOST_OFF, number_told
from graph.keys import resource_key

LEAST = 11
SHOWN = Disclosure("t", b"secret")
NUMBERS = st.sets(st.integers(0, 500), min_size=LEAST, max_size=60)


def pseudonyms(numbers: set[int], shown: Disclosure = SHOWN) -> list[str]:
    return [shown.reference(resource_key("t", "Patient", str(each))) for each in numbers]


@given(NUMBERS, st.randoms(use_true_random=False))
def test_a_number_is_off_by_little_and_by_the_same_in_any_order(numbers: set[int], order: Random) -> None:
    patients = pseudonyms(numbers)
    told = number_told(patients, SHOWN, LEAST)

    order.shuffle(patients)

    assert number_told(patients, SHOWN, LEAST) == told
    assert told >= LEAST
    assert abs(told - len(numbers)) <= MOST_OFF


def test_it_is_off_by_each_of_these_as_often_as_by_any_other() -> None:
    drawn = Random(5)
    off = Counter(
        number_told(pseudonyms(some), SHOWN, LEAST) - len(some)
        for some in ({drawn.getrandbits(40) for _ in range(20)} for _ in range(1_400))
    )

    assert set(off) == set(range(-MOST_OFF, MOST_OFF + 1))
    assert all(140 < count < 260 for count in off.values())


def test_another_gateway_draws_otherwise() -> None:
    numbers = [set(range(at, at + 20)) for at in range(40)]
    other = Disclosure("t", b"another secret")

    def told(shown: Disclosure) -> list[int]:
        return [number_told(pseudonyms(each, shown), shown, LEAST) for each in numbers]

    assert told(SHOWN) != told(other)
