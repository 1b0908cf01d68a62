"""The pause before a dead child is started again."""

from hypothesis import given
from hypothesis import strategies as st

from app.processes.backoff import FIRST_PAUSE, LONGEST_PAUSE, STEADY_AFTER, Backoff


def test_the_first_death_waits_shortest() -> None:
    dead = Backoff(started=100.0).at_death(101.0)

    assert dead.due == 101.0 + FIRST_PAUSE


def test_a_child_that_dies_again_at_once_waits_twice_as_long() -> None:
    twice = Backoff(started=100.0).at_death(101.0).at_start(102.0).at_death(103.0)

    assert twice.due == 103.0 + 2 * FIRST_PAUSE


def test_a_child_that_ran_steadily_is_forgiven() -> None:
    restarted = Backoff(deaths=7, started=100.0)

    assert restarted.at_death(100.0 + STEADY_AFTER).due == 100.0 + STEADY_AFTER + FIRST_PAUSE


@given(st.integers(1, 10_000))
def test_no_pause_is_longer_than_the_longest(deaths: int) -> None:
    backoff = Backoff(deaths=deaths, died=0.0)

    assert FIRST_PAUSE <= backoff.due <= LONGEST_PAUSE
