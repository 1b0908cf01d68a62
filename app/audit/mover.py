"""Moves closed segments of the spool into the graph, and keeps them packed and sealed in the archive.

A segment that its process left open when it died is closed here: whoever gets the lock owns it. Moving is
safe to repeat at any point, since entries are merged by key and a segment leaves the spool only after its
last batch.
"""

import fcntl
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from app.audit.archive import Archive
from app.audit.entries import CONCERNING, concerned_keys, entry_key, properties
from app.audit.reading import ReadSegment, read_segment
from app.audit.seals import Seal, owner_of
from app.audit.spool import CLOSED, OPEN
from app.security.scopes import system_scope
from graph.audit.entries import AuditStore
from graph.audit.heads import AuditHead, AuditHeadStore
from graph.keys import ABSENT

_BATCH = 500  # lines that one transaction takes
_MOST_NAMES = 5_000  # resources that they may concern, beside the last line
_log = structlog.get_logger("hilum.audit")


@dataclass(frozen=True, slots=True)
class Moved:
    """How many segments and lines one run has moved."""

    segments: int
    lines: int


class AuditMover:
    """Moves the segments of one spool folder; `key` is that of its chains.

    `watch` is shown what was moved of a tenant, as `{key, properties, concerning}`, when that is in the
    graph, before its segment leaves the spool: where it fails, it comes again.
    """

    def __init__(
        self,
        folder: Path,
        entries: AuditStore,
        heads: AuditHeadStore,
        key: bytes,
        watch: Callable[[str, Sequence[Mapping[str, Any]]], object] = lambda tenant, moved: None,
    ) -> None:
        self._folder = folder
        self._entries = entries
        self._heads = heads
        self._key = key
        self._watch = watch

    def move(self) -> Moved:
        """Move every segment that no process writes any more; raises `Unavailable` when the graph is away."""
        adopt_abandoned(self._folder)
        closed = sorted(self._folder.glob(f"*{CLOSED}"))
        if not closed:
            return Moved(0, 0)
        archive = self._archive()
        archive.adopt_earlier()
        counts = [self._move_alone(path, archive) for path in closed]
        moved = [count for count in counts if count is not None]
        return Moved(len(moved), sum(moved))

    def _archive(self) -> Archive:
        scope, owner = system_scope(ABSENT, "audit-mover"), owner_of(self._key)

        def anchor(sealed: Seal) -> None:
            self._heads.advance(scope, AuditHead(sealed.roll, owner, sealed.place, sealed.line))

        anchors = [each.line for each in self._heads.of_owner(scope, owner)]
        return Archive(self._folder, self._key, anchors, anchor)

    def _move_alone(self, path: Path, archive: Archive) -> int | None:
        """Move a segment unless another worker is at it, or was; how many lines it had."""
        try:
            with path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return self._move(path, archive) if path.exists() else None
        except (BlockingIOError, FileNotFoundError):
            return None

    def _move(self, path: Path, archive: Archive) -> int:
        segment = read_segment(path, self._key)
        if segment.defect:
            _log.error("audit segment does not hold together", segment=path.name, defect=segment.defect)
        believed = archive.takes(keyed=segment.keyed)
        if not believed:
            _log.error("audit segment is not keyed, and none of it is believed", segment=path.name)
        moved: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for tenant, batch in _batches(segment) if believed else ():
            self._entries.add(system_scope(tenant, "audit-mover"), batch)
            moved[tenant] += batch
        for tenant, rows in moved.items():
            self._watch(tenant, rows)
        archive.keep(path, keyed=segment.keyed)
        return len(segment.lines) if believed else 0


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


def _batches(segment: ReadSegment) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """The entries by tenant, in order, in batches of one transaction."""
    for tenant, rows in _entries(segment).items():
        batch: list[Mapping[str, Any]] = []
        names = 0
        for row in rows:
            batch.append(row)
            names += len(row["concerning"])
            if len(batch) == _BATCH or names >= _MOST_NAMES:
                yield tenant, batch
                batch, names = [], 0
        if batch:
            yield tenant, batch


def _entries(segment: ReadSegment) -> Mapping[str, Collection[Mapping[str, Any]]]:
    """What the lines say of each entry, by tenant; the last line is right, and lines of names stay apart."""
    found: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for place, line in enumerate(segment.lines):
        key = entry_key(line["tenant"], line["id"])
        many = f"{key} {place}" if line["kind"] == CONCERNING else key  # a transaction takes so many names
        row = found[line["tenant"]].setdefault(many, {"key": key, "properties": {}, "concerning": []})
        row["properties"].update(properties(line))
        row["concerning"] += concerned_keys(line)
    return {tenant: rows.values() for tenant, rows in found.items()}
