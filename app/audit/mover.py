"""Moves closed segments of the spool into the graph, and keeps them packed in the archive.

A segment that its process left open when it died is closed here: whoever gets the lock owns it. Moving is
safe to repeat at any point, since entries are merged by key and a segment leaves the spool only after its
last batch.
"""

import fcntl
import gzip
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from app.audit.entries import entry_key, properties
from app.audit.reading import ARCHIVE, ReadSegment, read_segment
from app.audit.spool import CLOSED, OPEN
from app.security.scopes import system_scope
from graph.audit.entries import AuditStore

_BATCH = 500
_log = structlog.get_logger("hilum.audit")


@dataclass(frozen=True, slots=True)
class Moved:
    """How many segments and lines one run has moved."""

    segments: int
    lines: int


def move_closed(folder: Path, store: AuditStore) -> Moved:
    """Move every segment that no process writes any more; raises `Unavailable` when the graph is away."""
    adopt_abandoned(folder)
    counts = [_move_alone(path, store) for path in sorted(folder.glob(f"*{CLOSED}"))]
    moved = [count for count in counts if count is not None]
    return Moved(len(moved), sum(moved))


def adopt_abandoned(folder: Path) -> None:
    """Close the open segments of processes that have ended."""
    for path in sorted(folder.glob(f"*{OPEN}")):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if path.exists():  # its process may have closed it a moment ago
                path.rename(path.with_suffix(CLOSED))


def _move_alone(path: Path, store: AuditStore) -> int | None:
    """Move a segment unless another worker is at it, or was; how many lines it had."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _move(path, store) if path.exists() else None
    except (BlockingIOError, FileNotFoundError):
        return None


def _move(path: Path, store: AuditStore) -> int:
    segment = read_segment(path)
    if segment.defect:
        _log.error("audit segment does not hold together", segment=path.name, defect=segment.defect)
    for tenant, batch in _batches(segment):
        store.add(system_scope(tenant, "audit-mover"), batch)
    _archive(path)
    return len(segment.lines)


def _batches(segment: ReadSegment) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """The lines by tenant, in order, in batches of one transaction."""
    by_tenant: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for line in segment.lines:
        row = {"key": entry_key(line["tenant"], line["id"]), "properties": properties(line)}
        by_tenant[line["tenant"]].append(row)
    for tenant, rows in by_tenant.items():
        for start in range(0, len(rows), _BATCH):
            yield tenant, rows[start : start + _BATCH]


def _archive(path: Path) -> None:
    """Pack the segment into the archive, whole or not at all, then take it out of the spool."""
    folder = path.parent / ARCHIVE
    folder.mkdir(mode=0o700, exist_ok=True)
    packed = folder / f"{path.stem}.gz"
    partial = packed.with_suffix(".part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(gzip.compress(path.read_bytes(), mtime=0))
        file.flush()
        os.fsync(file.fileno())
    partial.rename(packed)
    path.unlink()
