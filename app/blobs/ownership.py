"""Which blobs nobody owns, and whether the graph that says so can be believed.

After a restore from last night's backup, today's pictures would look orphaned. `feed-mark.json` remembers the
newest entry of the feed that the worker of this home has seen; a graph that does not remember that entry has
another history.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from app.blobs.store import BlobStore
from graph.errors import Conflict
from graph.local.state import write_whole
from graph.scope import AccessScope
from graph.studies.removals import Moment, RemovalStore

MARK = "feed-mark.json"
_BATCH = 500


def orphans(removals: RemovalStore, blobs: BlobStore, scope: AccessScope, before: float) -> Iterator[str]:
    """Blob ids that nobody owns, of blobs that got their name before a moment (seconds since the epoch)."""
    old = (each.blob_id for each in blobs.walk() if each.since < before and not each.deleted)
    while batch := list(islice(old, _BATCH)):
        yield from removals.unowned(scope, batch)


def is_older_than_blobs(removals: RemovalStore, home: Path, scope: AccessScope) -> bool:
    """Whether the graph has forgotten what the worker of this home has seen in it."""
    mark = _read(home / MARK)
    return mark is not None and not removals.happened(scope, mark)


def remember(removals: RemovalStore, home: Path, scope: AccessScope) -> None:
    """Remember the newest entry of the feed; raises `Conflict` when the last one remembered is gone."""
    if is_older_than_blobs(removals, home, scope):
        raise Conflict(f"the graph is older than the blobs; when that is right, remove {MARK}")
    newest = removals.newest(scope)
    if newest is not None and newest != _read(home / MARK):
        write_whole(home / MARK, json.dumps(asdict(newest)))


def _read(path: Path) -> Moment | None:
    return Moment(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None
