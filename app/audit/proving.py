"""Whether an audit trail is whole: what `hilum check` says of it.

Lines follow one another, segments too, and each archived one has its place in the roll of seals, without a
gap up to the heads that the archive and the graph know. What was never archived, the last seconds of a
process, is vouched for by its lines alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from app.audit.chain import START
from app.audit.reading import ReadSegment, read_segment, segments
from app.audit.seals import ARCHIVE, PACKED, Seal, kept_head, owner_of, read_seal, sealed_as
from app.audit.spool import CLOSED
from graph.audit.heads import AuditHeadStore
from graph.scope import AccessScope

Anchors: TypeAlias = Callable[[], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class AuditTrail:
    """The audit trail of a home: its spool folder, the key of its chains, and what the graph knows of it."""

    folder: Path
    key: bytes
    heads: AuditHeadStore

    def defects(self, scope: AccessScope) -> list[str]:
        """What is wrong with it."""
        owner = owner_of(self.key)
        return defects(
            self.folder, self.key, lambda: [each.line for each in self.heads.of_owner(scope, owner)]
        )


def defects(folder: Path, key: bytes = b"", anchors: Anchors | None = None) -> list[str]:
    """What is wrong with a spool and its archive; `anchors` tells the heads that the graph knows now.

    It may be asked while processes write and the worker moves.
    """
    known = tuple(anchors()) if anchors else ()
    listed = segments(folder)
    archived = [path for path in listed if path.suffix == PACKED]
    seals = {path.stem: sealed_as(path, key) for path in archived}
    pending = frozenset(path.stem for path in folder.glob(f"*{CLOSED}"))  # what is not, all heads know by now
    late = tuple(anchors()) if anchors else None
    roll = _Roll(key, seals, kept_head(folder, key), known, pending, late)
    return [*_broken_chains(listed, key, roll), *_doubles(folder, pending, key), *roll.defects()]


def _broken_chains(listed: Sequence[Path], key: bytes, roll: "_Roll") -> Iterator[str]:
    """Lines that do not follow, segments that are missing between others, chains that anybody could make."""
    before: ReadSegment | None = None
    for path in listed:
        segment = read_segment(path, key)
        if segment.defect:
            yield f"{path.name}: {segment.defect}"
        if not _continues(before, segment):
            yield f"{path.name}: the segment before it is missing or was changed"
        if not segment.keyed and not roll.takes_earlier(path.stem):
            yield f"{path.name}: its lines are not keyed, as those of earlier releases"
        before = segment


def _continues(before: ReadSegment | None, segment: ReadSegment) -> bool:
    if segment.number <= 1:
        return segment.previous == START
    return before is not None and before.chain == segment.chain and before.last == segment.previous


def _doubles(folder: Path, pending: frozenset[str], key: bytes) -> Iterator[str]:
    """Segments that stand in the spool and, with other lines, in the archive."""
    for stem in sorted(pending):
        archived = folder / ARCHIVE / f"{stem}{PACKED}"
        waiting = folder / f"{stem}{CLOSED}"
        if not archived.exists() or not waiting.exists():
            continue
        if read_segment(waiting, key).last != read_segment(archived, key).last:
            yield f"{stem}: it is archived, and waits in the spool with other lines"


@dataclass(frozen=True)
class _Roll:
    """The seals of an archive by segment, None where one has none that fits; and the heads that are known.

    `late` are the heads that the graph knew after the archive was listed; None where no graph was asked.
    """

    key: bytes
    seals: dict[str, Seal | None]
    kept: Seal | None
    anchors: Sequence[bytes]
    pending: frozenset[str]
    late: Sequence[bytes] | None

    @cached_property
    def places(self) -> dict[int, list[Seal]]:
        found: dict[int, list[Seal]] = {}
        for each in self.seals.values():
            if each is not None:
                found.setdefault(each.place, []).append(each)
        return found

    @cached_property
    def heads(self) -> list[Seal]:
        """What is known to have been sealed, by the archive itself and by the graph."""
        signed = (read_seal(self.key, line) for line in self.anchors)
        return [each for each in (self.kept, *signed) if each is not None]

    @property
    def begun(self) -> bool:
        """Whether a keyed segment was ever archived: from then on nothing without a seal is believed."""
        return any(not each.earlier for each in (*self.heads, *filter(None, self.seals.values())))

    def takes_earlier(self, segment: str) -> bool:
        """Whether a segment may be of an earlier release."""
        own = self.seals.get(segment)
        return own.earlier if own else not self.begun

    def defects(self) -> Iterator[str]:
        """What is wrong with the archive as a whole."""
        for segment, own in self.seals.items():
            if own is None and (self.begun or self.heads):
                yield f"{segment}: it is archived without a seal that fits it"
        yield from self._gaps()
        yield from self._heads_elsewhere()
        yield from self._headless()
        if self.late is not None and self.places:
            yield from self._behind(self.late)

    def _gaps(self) -> Iterator[str]:
        last = max([*self.places, *(each.place for each in self._own_heads())], default=0)
        previous: str | None = START
        for place in range(1, last + 1):
            here = self.places.get(place, [])
            if len(here) != 1:
                yield f"archive: place {place} of {last} is {'missing' if not here else 'there twice'}"
            elif previous is not None and here[0].previous != previous:
                yield f"archive: place {place} does not follow from the one before"
            previous = here[0].hash if len(here) == 1 else None
        for head in self._own_heads():
            if all(each.hash != head.hash for each in self.places.get(head.place, [])):
                yield f"archive: place {head.place} is not what its head says"

    def _own_heads(self) -> list[Seal]:
        return [each for each in self.heads if each.roll in self._rolls]

    @cached_property
    def _rolls(self) -> frozenset[str]:
        there = {each.roll for each in self.seals.values() if each is not None}
        return frozenset(there | ({self.kept.roll} if self.kept else set()))

    def _heads_elsewhere(self) -> Iterator[str]:
        if len(self._rolls) > 1:
            yield "archive: it holds seals of several archives"
        for line in self.anchors:
            head = read_seal(self.key, line)
            if head is None:
                yield "the graph has a head of the audit archive that was not signed with this key"
            elif head.roll not in self._rolls:
                yield f"the graph knows an audit archive of {head.place} segments that is not here"

    def _behind(self, late: Sequence[bytes]) -> Iterator[str]:
        """What the graph does not know: its head was taken away or put back, or an older graph was."""
        signed = [head for line in late if (head := read_seal(self.key, line)) and head.roll in self._rolls]
        known = max((each.place for each in signed), default=0)
        if known < self.settled:
            yield f"the graph knows the audit archive to place {known}, and it goes to {self.settled}"

    def _headless(self) -> Iterator[str]:
        """What the archive itself does not know: its head is gone or was put back, or once was gone."""
        known = self.kept.place if self.kept else 0
        if known < self.settled:
            yield f"archive: its head knows place {known}, and it goes to {self.settled}"
        for each in self.seals.values():
            if each is not None and each.headless:
                yield f"archive: its head was gone when place {each.place} was sealed"

    @cached_property
    def settled(self) -> int:
        """The last place whose segment has left the spool, so that every head knows it."""
        sealed = (each for all_ in self.places.values() for each in all_)
        return max((each.place for each in sealed if each.segment not in self.pending), default=0)
