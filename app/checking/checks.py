"""The invariants of the store, each a checker that reads everything again from disk and graph.

I1 visible is whole, I5 counts are of children, I7 the feed has no gap and replays to what is there, I8 no
blob without an owner and no owner without a blob, I10 versions count up by one.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from app.audit.reading import defects
from app.blobs.ownership import is_older_than_blobs, orphans
from app.blobs.store import State
from app.security.scopes import system_scope
from app.wiring import AUDIT_FOLDER, Services
from graph.scope import AccessScope

GRACES = 2  # in one the worker does not touch an orphan, in the next it has had time to


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which invariant, and where, in identifiers that are nobody's."""

    invariant: str
    what: str


Checker: TypeAlias = Callable[[Services], Iterator[str]]


def run_checks(services: Services) -> Iterator[Finding]:
    """Run every check; what it yields is wrong."""
    for invariant, check in CHECKS.items():
        yield from (Finding(invariant, what) for what in check(services))


def _visible_is_whole(services: Services) -> Iterator[str]:
    """Each instance has its bytes, and they hash to what was noted when they came."""
    for blob_id, digest, _ in services.removals.owned(_scope(services)):
        for found in services.blobs.verify(blob_id, digest):
            if found.state is not State.GOOD:
                yield f"blob {blob_id} is {found.state}"


def _nothing_is_orphaned(services: Services) -> Iterator[str]:
    """Each blob has an instance, or a tombstone, or is so young that its commit or the sweep may yet come."""
    before = time.time() - GRACES * services.config.orphan_seconds
    for blob_id in orphans(services.removals, services.blobs, _scope(services), before):
        yield f"blob {blob_id} has no owner"


def _graph_is_of_today(services: Services) -> Iterator[str]:
    """The graph remembers what the worker has seen in it: it was not restored from before that."""
    if is_older_than_blobs(services.removals, services.config.home, _scope(services)):
        yield "the graph has forgotten pictures that it had; no blob is swept"


def _in_graph(services: Services) -> Iterator[str]:
    """What the graph can tell of itself: counts, feed, versions."""
    yield from services.invariants.violations(_scope(services))


def _audit_holds(services: Services) -> Iterator[str]:
    """The hash chain of each audit file is whole."""
    yield from defects(services.config.home / AUDIT_FOLDER)


def _scope(services: Services) -> AccessScope:
    return system_scope(services.config.tenant)


CHECKS: dict[str, Checker] = {
    "I1 visible is whole": _visible_is_whole,
    "I5 I7 I10 the graph agrees with itself": _in_graph,
    "I8 nothing is orphaned": _nothing_is_orphaned,
    "the graph is not older than the blobs": _graph_is_of_today,
    "audit is unbroken": _audit_holds,
}
