"""A follower sees every change in order; one that fails sees the batch again, at once."""

from collections.abc import Sequence
from threading import Event

import pytest

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work import following
from app.work.following import Following
from graph.changes.changes import ChangeStore
from graph.errors import Unavailable
from graph.jobs.followers import FollowerStore
from graph.records import Change
from graph.scope import AccessScope
from tests.factories.dicom import ct_instance


class Collecting:
    """Keeps the numbers of what it was handed; fails as often as it is told to."""

    name = "collecting"

    def __init__(self, failures: int = 0) -> None:
        self.seen: list[int] = []
        self._failures = failures

    def handle(self, scope: AccessScope, changes: Sequence[Change]) -> None:
        if self._failures:
            self._failures -= 1
            raise Unavailable("away")
        self.seen += [change.sequence for change in changes]


@pytest.fixture
def follow(services: Wiring, scope: AccessScope) -> Following:
    """Follows a feed of five changes."""
    store = system_scope(services.sites.own.tenant)
    for number in range(5):
        assert services.ingest.store(store, [[ct_instance(number=number)]]).outcomes[0].stored
    return Following(FollowerStore(services.graph), ChangeStore(services.graph), scope)


def test_every_change_comes_once_and_in_order(follow: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "BATCH", 2)
    follower = Collecting()

    for _ in range(2):
        follow.catch_up(follower, "a worker", Event())

    assert follower.seen == [1, 2, 3, 4, 5]


def test_what_could_not_be_handled_comes_again_at_once(follow: Following) -> None:
    follower = Collecting(failures=1)
    with pytest.raises(Unavailable):
        follow.catch_up(follower, "a worker", Event())

    follow.catch_up(follower, "another", Event())

    assert follower.seen == [1, 2, 3, 4, 5]


def test_a_worker_that_stops_takes_no_further_batch(follow: Following) -> None:
    stop, follower = Event(), Collecting()
    stop.set()
    follow.catch_up(follower, "a worker", stop)
    assert follower.seen == []

    follow.catch_up(follower, "another", Event())
    assert len(follower.seen) == 5
