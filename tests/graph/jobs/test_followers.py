"""The cursor of a follower: held by one, moved after the handling, never by an older hold."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.jobs.followers import FollowerStore
from graph.jobs.records import Superseded
from graph.scope import AccessScope
from graph.session import Graph

NAME = "purge"


@pytest.fixture
def followers(graph: Graph) -> FollowerStore:
    return FollowerStore(graph)


def counted(graph: Graph, scope: AccessScope, sequence: int) -> None:
    """Let the tenant's feed have so many changes."""
    text = "MERGE (c:Counter {key: $key}) SET c.sequence = $sequence"
    graph.write(lambda tx: tx.run(text, key=scope.tenant, sequence=sequence))


def test_a_new_follower_begins_before_the_first_change(followers: FollowerStore, scope: AccessScope) -> None:
    hold = followers.claim(scope, NAME, "a worker", 60)

    assert hold is not None
    assert hold.position == 0


def test_of_many_one_follows(followers: FollowerStore, scope: AccessScope) -> None:
    with ThreadPoolExecutor(8) as pool:
        holds = list(pool.map(lambda n: followers.claim(scope, NAME, f"worker {n}", 60), range(8)))

    assert len([hold for hold in holds if hold]) == 1


def test_the_next_goes_on_where_the_last_one_moved_to(followers: FollowerStore, scope: AccessScope) -> None:
    hold = followers.claim(scope, NAME, "a worker", 60)
    assert hold is not None
    followers.release(scope, followers.advance(scope, hold, 7, 60))
    following = followers.claim(scope, NAME, "another", 60)

    assert following is not None
    assert (following.position, following.fence) == (7, hold.fence + 1)


def test_an_older_hold_moves_nothing(followers: FollowerStore, scope: AccessScope) -> None:
    older = followers.claim(scope, NAME, "a worker", 0)
    newer = followers.claim(scope, NAME, "another", 60)
    assert older is not None
    assert newer is not None

    with pytest.raises(Superseded):
        followers.advance(scope, older, 9, 60)
    with pytest.raises(Superseded):
        followers.release(scope, older)
    assert followers.claim(scope, NAME, "a third", 60) is None
    assert followers.advance(scope, newer, 3, 60).position == 3


def test_a_follower_is_behind_until_it_has_handled_the_last_change(
    followers: FollowerStore, scope: AccessScope, graph: Graph
) -> None:
    assert not followers.is_behind(scope, NAME)
    counted(graph, scope, 2)
    assert followers.is_behind(scope, NAME)
    hold = followers.claim(scope, NAME, "a worker", 60)
    assert hold is not None
    followers.advance(scope, hold, 2, 60)
    assert not followers.is_behind(scope, NAME)
