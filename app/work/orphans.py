"""Takes blobs out of sight that nobody owns: a process died between a blob's name and its commit.

A blob is an orphan when neither an instance nor a tombstone names it, it is older than the grace, and two
scans found it so. It goes into quarantine first and is removed a week later. Nothing is swept while the graph
looks older than the blobs, nor where so many look orphaned that no crash explains it: then a person decides.
"""

from dataclasses import dataclass, field
from pathlib import Path

from app.blobs import BlobStore
from app.blobs.ownership import orphans, remember
from app.security.scopes import system_scope
from graph.errors import Conflict
from graph.scope import AccessScope
from graph.studies.removals import RemovalStore

FEW = 1_000  # so many may always go; beyond them, at most one blob in a hundred
SHARE = 0.01
QUARANTINE_SECONDS = 7 * 86_400
SCANS_PER_GRACE = 4
LONGEST_PAUSE = 3600.0


@dataclass(slots=True)
class OrphanSweeper:
    """The chore of one worker: scans when a scan is due, and remembers what it found orphaned before."""

    removals: RemovalStore
    blobs: BlobStore
    home: Path
    tenant: str
    grace: int
    suspects: frozenset[str] = frozenset()
    due: float = field(default=0.0)

    def sweep(self, now: float) -> int:
        """One round at a moment (seconds since the epoch); return how many blobs went into quarantine.

        Raises `Conflict` where sweeping would not be safe.
        """
        scope = system_scope(self.tenant)
        remember(self.removals, self.home, scope)
        if now < self.due:
            return 0
        self.due = now + min(self.grace / SCANS_PER_GRACE, LONGEST_PAUSE)
        self.blobs.empty_quarantine(now - QUARANTINE_SECONDS)
        found = frozenset(orphans(self.removals, self.blobs, scope, now - self.grace))
        again, self.suspects = found & self.suspects, found
        return self._set_aside(scope, sorted(again))

    def _set_aside(self, scope: AccessScope, again: list[str]) -> int:
        if len(again) > FEW and len(again) > SHARE * sum(1 for _ in self.blobs.walk()):
            raise Conflict(
                f"{len(again)} blobs have no owner, which is too many to be the remains of crashes"
            )
        still = self.removals.unowned(scope, again)  # asked once more, as late as can be
        for blob_id in still:
            self.blobs.quarantine(blob_id)
        return len(still)
