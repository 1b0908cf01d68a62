"""The invariants of the store, each a checker that reads everything again from disk and graph.

I1 visible is whole, I5 counts are of children, I7 the feed has no gap and replays to what is there, I8 no
blob without an owner and no owner without a blob, I10 versions count up by one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from app.audit.reading import defects
from app.blobs.store import State
from app.bootstrap import AUDIT_FOLDER, Services
from app.security.scopes import system_scope
from graph.scope import AccessScope


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
    """Each blob on disk has an instance, or a tombstone from which the worker will remove it."""
    owned = {blob_id for blob_id, _, _ in services.removals.owned(_scope(services))}
    doomed = set(services.removals.entombed(_scope(services)))
    for blob in services.blobs.walk():
        if blob.blob_id not in owned and blob.blob_id not in doomed and not blob.deleted:
            yield f"blob {blob.blob_id} has no owner"


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
    "audit is unbroken": _audit_holds,
}
