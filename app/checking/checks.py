"""The invariants of the store, each a checker that reads everything again from disk and graph.

I1 visible is whole, I5 counts are of children, I7 the feed has no gap and replays to what is there, I8 no
blob without an owner and no owner without a blob, I10 versions count up by one.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.audit.proving import AuditTrail
from app.blobs import BlobStore
from app.blobs.ownership import is_older_than_blobs, orphans
from app.blobs.store import State
from app.security.scopes import system_scope
from graph.invariants import InvariantStore
from graph.studies.removals import RemovalStore

GRACES = 2  # in one the worker does not touch an orphan, in the next it has had time to


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong: which invariant, and where, in identifiers that are nobody's."""

    invariant: str
    what: str


class Checks:
    """Checks one tenant's store; `home` is the folder beside the graph, `grace` is in seconds."""

    def __init__(
        self,
        removals: RemovalStore,
        invariants: InvariantStore,
        blobs: BlobStore,
        *,
        home: Path,
        audit: AuditTrail,
        tenant: str,
        grace: int,
    ) -> None:
        self._removals = removals
        self._invariants = invariants
        self._blobs = blobs
        self._home = home
        self._audit = audit
        self._scope = system_scope(tenant)
        self._grace = grace
        self.checkers: Mapping[str, Callable[[], Iterator[str]]] = {
            "I1 visible is whole": self._visible_is_whole,
            "I5 I7 I10 the graph agrees with itself": self._in_graph,
            "I8 nothing is orphaned": self._nothing_is_orphaned,
            "the graph is not older than the blobs": self._graph_is_of_today,
            "audit is unbroken": self._audit_holds,
        }

    def run(self) -> Iterator[Violation]:
        """Run every check; what it yields is wrong."""
        for invariant, check in self.checkers.items():
            yield from (Violation(invariant, what) for what in check())

    def _visible_is_whole(self) -> Iterator[str]:
        """Each instance has its bytes, and they hash to what was noted when they came."""
        for blob_id, digest in self._removals.owned(self._scope):
            for found in self._blobs.verify(blob_id, digest):
                if found.state is not State.GOOD:
                    yield f"blob {blob_id} is {found.state}"

    def _nothing_is_orphaned(self) -> Iterator[str]:
        """Each blob has an instance, or a tombstone, or is so young that commit or sweep may yet come."""
        before = time.time() - GRACES * self._grace
        for blob_id in orphans(self._removals, self._blobs, self._scope, before):
            yield f"blob {blob_id} has no owner"

    def _graph_is_of_today(self) -> Iterator[str]:
        """The graph remembers what the worker has seen in it: it was not restored from before that."""
        if is_older_than_blobs(self._removals, self._home, self._scope):
            yield "the graph has forgotten pictures that it had; no blob is swept"

    def _in_graph(self) -> Iterator[str]:
        """What the graph can tell of itself: counts, feed, versions."""
        yield from self._invariants.violations(self._scope)

    def _audit_holds(self) -> Iterator[str]:
        """Each line of the audit follows from the one before, and no file is missing."""
        yield from self._audit.defects(self._scope)
