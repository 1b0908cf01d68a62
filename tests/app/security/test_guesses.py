"""Wrong secrets make the next try wait, longer each time, and shut nobody out who made no mistake."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.security import guesses as module
from app.security.guesses import (
    FORGOTTEN,
    FREE_TRIES,
    FREE_TRIES_OF_ADDRESS,
    FREE_TRIES_OF_KNOWN,
    LONGEST_WAIT,
    SUSPICIOUS,
    Guesses,
)
from graph.errors import Throttled, Unavailable

HOME, ELSEWHERE = "192.0.2.1", "198.51.100.1"


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guesses(tmp_path: Path, clock: Clock) -> Guesses:
    return Guesses(tmp_path / "guesses.db", clock)


def fail(guesses: Guesses, times: int, client: str = "archive", address: str = ELSEWHERE) -> None:
    for _ in range(times):
        guesses.admit(client, address)


def wait(guesses: Guesses, client: str = "archive", address: str = ELSEWHERE) -> int:
    """The seconds that a try has to wait; 0 where it is let in."""
    try:
        guesses.admit(client, address)
    except Throttled as error:
        assert error.retry_after is not None
        return error.retry_after
    return 0


def succeed(guesses: Guesses, client: str = "archive", address: str = HOME) -> None:
    guesses.admit(client, address)
    guesses.take_off(client, address, right=True)


def test_each_wrong_secret_makes_the_next_try_wait_twice_as_long(guesses: Guesses, clock: Clock) -> None:
    fail(guesses, FREE_TRIES)
    waits = []
    for _ in range(12):
        waits.append(wait(guesses))
        clock.now += waits[-1]
        assert wait(guesses) == 0

    assert waits[:4] == [2, 3, 5, 9]
    assert waits[-1] == int(LONGEST_WAIT) + 1


def test_a_try_that_has_to_wait_is_not_counted(guesses: Guesses) -> None:
    fail(guesses, FREE_TRIES)

    assert {wait(guesses) for _ in range(20)} == {2}


def test_right_secrets_are_never_counted(guesses: Guesses) -> None:
    for _ in range(10 * FREE_TRIES_OF_KNOWN):
        succeed(guesses)


def test_a_secret_that_nobody_looked_at_is_not_counted(guesses: Guesses) -> None:
    for _ in range(5 * FREE_TRIES):
        guesses.admit("archive", HOME)
        guesses.take_off("archive", HOME, right=False)


def test_after_an_hour_nothing_is_held_against_anybody(guesses: Guesses, clock: Clock) -> None:
    fail(guesses, FREE_TRIES)
    clock.now += FORGOTTEN + 1

    fail(guesses, FREE_TRIES)


def test_an_address_may_not_try_many_clients(guesses: Guesses) -> None:
    for number in range(FREE_TRIES_OF_ADDRESS):
        fail(guesses, 1, f"client-{number}")

    assert wait(guesses, "one more") > 0
    assert wait(guesses, "one more", HOME) == 0


def test_what_others_do_behind_an_address_is_not_held_against_a_client_that_is_known_there(
    guesses: Guesses,
) -> None:
    succeed(guesses, address=ELSEWHERE)
    for number in range(FREE_TRIES_OF_ADDRESS):
        fail(guesses, 1, f"client-{number}")

    assert wait(guesses, "one more") > 0
    assert wait(guesses, "archive") == 0


def test_guesses_from_everywhere_leave_a_new_address_one_try_and_shut_nobody_out(guesses: Guesses) -> None:
    succeed(guesses)
    for number in range(SUSPICIOUS):
        fail(guesses, 1, address=f"203.0.113.{number}")

    assert [wait(guesses, address="203.0.113.200") > 0 for _ in range(2)] == [False, True]
    assert wait(guesses, address=HOME) == 0
    succeed(guesses, address="198.51.100.77")  # the client has moved, and knows its secret


def test_a_network_of_ipv6_is_one_address(guesses: Guesses) -> None:
    for number in range(FREE_TRIES):
        fail(guesses, 1, address=f"2001:db8::{number}:1")

    assert wait(guesses, address="2001:db8::ffff") > 0


def test_tries_at_the_same_time_are_no_way_around(guesses: Guesses) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: wait(guesses), range(3 * FREE_TRIES)))

    assert waits.count(0) == FREE_TRIES


def test_another_process_and_a_start_again_know_of_it(guesses: Guesses, tmp_path: Path, clock: Clock) -> None:
    fail(guesses, FREE_TRIES)

    assert wait(Guesses(tmp_path / "guesses.db", clock)) > 0


def test_names_are_not_kept_and_the_rows_are_bounded(
    guesses: Guesses, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 20)
    for number in range(40):
        fail(guesses, 1, f"secret-name-{number}", f"192.0.2.{number}")

    with guesses._tally() as tally:
        assert tally.execute("SELECT count(*) FROM tally").fetchone()[0] <= 20
    assert not [path for path in tmp_path.iterdir() if b"secret-name" in path.read_bytes()]


def test_without_its_tally_nobody_gets_in(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "guesses.db").write_text("no tally of ours, and longer than its header would have to be" * 9)

    with pytest.raises(Unavailable):
        Guesses(tmp_path / "guesses.db", clock).admit("archive", HOME)
