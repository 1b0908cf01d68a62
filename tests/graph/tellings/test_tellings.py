"""What a researcher is told next depends on what they were told before, and on nothing else."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest

from graph.errors import Forbidden, Throttled
from graph.scope import AccessScope
from graph.session import Graph
from graph.tellings import tellings
from graph.tellings.tellings import DAYS, TellingStore
from tests.factories.scopes import scope_of

LEAST = 11
NOW = 1_800_000_000_000_000
DAY = 86_400 * 1_000_000


def of(*members: int) -> list[list[bytes]]:
    """One set of patients, as a group of its own."""
    return [[sha256(str(each).encode()).digest() for each in members]]


@pytest.fixture
def store(graph: Graph) -> TellingStore:
    return TellingStore(graph)


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("researcher", tenant=tenant)


def test_what_differs_by_few_from_what_was_told_is_not_told(store: TellingStore, scope: AccessScope) -> None:
    many, fewer, half = of(*range(40)), of(*range(37)), of(*range(20))

    assert store.tell(scope, [many], LEAST, NOW) == [True]
    assert store.tell(scope, [many, fewer, half], LEAST, NOW) == [True, False, True]
    assert store.tell(scope, [of(*range(23))], LEAST, NOW) == [False]
    assert store.tell(scope, [fewer], LEAST, NOW) == [False]


def test_sets_of_one_answer_are_held_against_one_another(store: TellingStore, scope: AccessScope) -> None:
    assert store.tell(scope, [of(*range(40)), of(*range(39))], LEAST, NOW) == [True, False]


def test_three_answers_tell_together_of_no_few(store: TellingStore, scope: AccessScope) -> None:
    one, other, three = of(*range(40)), of(*range(20, 60)), of(*range(100))

    assert store.tell(scope, [one, other], LEAST, NOW) == [True, True]
    assert store.tell(scope, [of(*range(65))], LEAST, NOW) == [False]  # five beyond both
    assert store.tell(scope, [of(*range(17), *range(25, 60))], LEAST, NOW) == [False]  # lacks five of both
    assert store.tell(scope, [three], LEAST, NOW) == [True]
    assert store.tell(scope, [one, other, three], LEAST, NOW) == [True, True, True]


def test_the_sets_of_a_group_are_told_together_or_not_at_all(store: TellingStore, scope: AccessScope) -> None:
    women, men, few = of(*range(30)), of(*range(30, 60)), of(*range(30, 55))

    assert store.tell(scope, [men], LEAST, NOW) == [True]
    assert store.tell(scope, [[*women, *few]], LEAST, NOW) == [False]
    assert store.tell(scope, [of(*range(27))], LEAST, NOW) == [True]  # nothing is known of the women
    assert store.tell(scope, [[*men, *of(*range(100, 120))]], LEAST, NOW) == [True]


def test_what_others_were_told_does_not_count(store: TellingStore, scope: AccessScope, tenant: str) -> None:
    store.tell(scope, [of(*range(40))], LEAST, NOW)

    for where, subject in ((tenant, "another"), (f"{tenant}-other", None)):
        other = scope_of("researcher", tenant=where, subject=subject)
        assert store.tell(other, [of(*range(39))], LEAST, NOW) == [True]


def test_a_telling_is_forgotten_after_its_days(store: TellingStore, scope: AccessScope) -> None:
    store.tell(scope, [of(*range(40))], LEAST, NOW)

    assert store.tell(scope, [of(*range(39))], LEAST, NOW + DAYS * DAY - 1) == [False]
    assert store.tell(scope, [of(*range(39))], LEAST, NOW + DAYS * DAY) == [True]


def test_of_two_questions_at_once_one_is_told(store: TellingStore, scope: AccessScope) -> None:
    sets = [of(*range(40 - each)) for each in range(6)]

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda each: store.tell(scope, [each], LEAST, NOW)[0], sets))

    assert told.count(True) == 1


def test_so_much_is_told_and_no_more(
    store: TellingStore, scope: AccessScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tellings, "MOST", 2)
    sets = [of(*range(20 * each, 20 * each + 20)) for each in range(3)]

    assert store.tell(scope, sets[:2], LEAST, NOW) == [True, True]
    with pytest.raises(Throttled) as refused:
        store.tell(scope, [sets[2]], LEAST, NOW + DAY)
    assert refused.value.retry_after == (DAYS - 1) * 86_400
    assert store.tell(scope, [sets[0]], LEAST, NOW) == [True]


def test_only_who_asks_questions_is_told(store: TellingStore, tenant: str) -> None:
    with pytest.raises(Forbidden):
        store.tell(scope_of("service", tenant=tenant), [of(1)], LEAST, NOW)
