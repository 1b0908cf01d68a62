"""Takes blobs out of sight that nobody owns: a process died between a blob's name and its commit.

A blob is an orphan when neither an instance nor a tombstone names it, it is older than the grace, and two
scans found it so. It goes into quarantine first and is removed a week later. Nothing is swept while the graph
looks older than the blobs, nor where so many look orphaned that no crash explains it: then a person decides.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.blobs import BlobStore
from app.blobs.ownership import orphans, remember
from app.security.scopes import system_scope
from app.work.kinds import Retry
from app.work.running import Running
from graph.errors import Conflict
from graph.local.state import write_whole
from graph.scope import AccessScope
from graph.studies.removals import RemovalStore

FEW = 1_000  # so many may always go; beyond them, at most one blob in a hundred
SHARE = 0.01
QUARANTINE_SECONDS = 7 * 86_400
SCANS_PER_GRACE = 4
LONGEST_PAUSE = 3600.0
SUSPECTS = "orphan-suspects.json"


@dataclass(frozen=True, slots=True)
class _Scan:
    """What one scan found: when it was (seconds since the epoch), and the blobs without an owner."""

    at: float
    suspects: frozenset[str]


@dataclass(frozen=True, slots=True)
class OrphanSweeper:
    """Scans the blobs of a home, and keeps in it what the last scan found, whichever worker made it."""

    removals: RemovalStore
    blobs: BlobStore
    home: Path
    tenant: str
    grace: int

    @property
    def pause(self) -> float:
        """Seconds between two scans."""
        return min(self.grace / SCANS_PER_GRACE, LONGEST_PAUSE)

    def sweep(self, now: float) -> int:
        """One round at a moment (seconds since the epoch); return how many blobs went into quarantine.

        Raises `Conflict` where sweeping would not be safe.
        """
        scope = system_scope(self.tenant)
        remember(self.removals, self.home, scope)
        last = self._last_scan()
        if 0 <= now - last.at < self.pause:
            return 0
        self.blobs.empty_quarantine(now - QUARANTINE_SECONDS)
        found = frozenset(orphans(self.removals, self.blobs, scope, now - self.grace))
        self._keep(_Scan(now, found))
        return self._set_aside(scope, sorted(found & last.suspects))

    def _last_scan(self) -> _Scan:
        path = self.home / SUSPECTS
        if not path.exists():
            return _Scan(0.0, frozenset())
        kept = json.loads(path.read_text(encoding="utf-8"))
        return _Scan(kept["at"], frozenset(kept["suspects"]))

    def _keep(self, scan: _Scan) -> None:
        write_whole(self.home / SUSPECTS, json.dumps({"at": scan.at, "suspects": sorted(scan.suspects)}))

    def _set_aside(self, scope: AccessScope, again: list[str]) -> int:
        if len(again) > FEW and len(again) > SHARE * sum(1 for _ in self.blobs.walk()):
            raise Conflict(
                f"{len(again)} blobs have no owner, which is too many to be the remains of crashes"
            )
        still = self.removals.unowned(scope, again)  # asked once more, as late as can be
        for blob_id in still:
            self.blobs.quarantine(blob_id)
        return len(still)


class OrphanSweep:
    """The recurring job: one scan."""

    name = "orphans"
    retry = Retry()

    def __init__(self, sweeper: OrphanSweeper) -> None:
        self._sweeper = sweeper

    def run(self, job: Running) -> Mapping[str, Any]:
        """Scan, and set aside what was found twice."""
        return {"setAside": self._sweeper.sweep(time.time())}
