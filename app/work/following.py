"""Follows the change feed: hands each follower what was committed since, in order, and keeps how far it came.

A batch may be handed over twice, when a worker dies between the handling and the cursor; none is left out.
"""

from collections.abc import Sequence
from contextlib import suppress
from threading import Event
from typing import Protocol

from graph.changes.changes import ChangeStore, FeedWindow
from graph.errors import HilumError
from graph.jobs.followers import FollowerStore, Hold
from graph.records import Change
from graph.scope import AccessScope

LEASE_SECONDS = 30.0
BATCH = 200


class Follower(Protocol):
    """Who wants to know of every change."""

    @property
    def name(self) -> str:
        """The name of its cursor."""

    def handle(self, scope: AccessScope, changes: Sequence[Change]) -> None:
        """Take in changes, in the order of their numbers; the same ones may come again."""


class Following:
    """Brings followers of one tenant's feed up to date; `lease` is in seconds."""

    def __init__(
        self,
        followers: FollowerStore,
        changes: ChangeStore,
        scope: AccessScope,
        lease: float = LEASE_SECONDS,
    ) -> None:
        self._followers = followers
        self._changes = changes
        self._scope = scope
        self._lease = lease

    def catch_up(self, follower: Follower, worker: str, stop: Event) -> None:
        """Hand the follower everything that it has not seen, unless another worker is at it.

        Raises what the follower raises: its cursor stays, and the batch comes again. Raises `Superseded`
        where another worker has taken over.
        """
        if not self._followers.is_behind(self._scope, follower.name):
            return
        hold = self._followers.claim(self._scope, follower.name, worker, self._lease)
        if hold is None:
            return
        try:
            self._follow(follower, hold, stop)
        finally:
            with suppress(HilumError):  # whose hold it is no longer has nothing to release
                self._followers.release(self._scope, hold)

    def _follow(self, follower: Follower, hold: Hold, stop: Event) -> None:
        while not stop.is_set():
            window = FeedWindow(limit=BATCH, after=hold.position)
            changes = self._changes.page(self._scope, window, metadata=False)
            if not changes:
                return
            follower.handle(self._scope, changes)
            hold = self._followers.advance(self._scope, hold, changes[-1].sequence, self._lease)
