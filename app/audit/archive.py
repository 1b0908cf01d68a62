"""The archive of a spool: segments that were moved into the graph, packed and sealed one after the other.

A kill at any point leaves what can be gone on from: the packed segment is whole or not there, it carries its
seal, and the segment leaves the spool last of all, when the graph knows the new head.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import structlog

from app.audit.seals import (
    ARCHIVE,
    HEAD,
    PACKED,
    Seal,
    kept_head,
    packed,
    read_seal,
    seal,
    sealed_as,
    unpacked,
)
from app.audit.spool import CLOSED
from graph.local.state import write_whole

_log = structlog.get_logger("hilum.audit")


class Archive:
    """Keeps the segments of one spool folder.

    `anchors` are the lines of the heads that the graph knows of this key; `anchor` is told of each new head.
    """

    def __init__(
        self, folder: Path, key: bytes, anchors: Sequence[bytes], anchor: Callable[[Seal], None]
    ) -> None:
        self._spool = folder
        self._folder = folder / ARCHIVE
        self._key = key
        self._known = [found for line in anchors if (found := read_seal(key, line))]
        self._anchor = anchor

    def adopt_earlier(self) -> None:
        """Seal what an earlier release has archived, whose lines were not keyed, and log that."""
        with self._alone():
            if not self._takes_earlier(self._head()):
                return
            sealed = sum(map(self._adopt, sorted(self._folder.glob(f"*{PACKED}"))))
        if sealed:
            _log.warning("audit archives of an earlier release were sealed as they are", count=sealed)

    def _adopt(self, path: Path) -> bool:
        raw, line = _opened(path)
        unsealed = raw is not None and not line
        if unsealed:
            self._put(path, raw or b"", earlier=True)
        return unsealed

    def takes(self, *, keyed: bool) -> bool:
        """Whether lines are believed: keyed ones, and others until the first keyed segment was archived."""
        return keyed or self._takes_earlier(self._head())

    def keep(self, path: Path, *, keyed: bool) -> None:
        """Pack a closed segment, whole or not at all, and take it out of the spool.

        One that is archived in other bytes stays where it is: whichever is false, both are evidence.
        """
        raw = path.read_bytes()
        target = self._folder / f"{path.stem}{PACKED}"
        with self._alone():
            if target.exists() and _opened(target)[0] != raw:
                _log.error("another audit segment of this name is archived", segment=path.name)
                return
            sealed = sealed_as(target, self._key) if target.exists() else None
            if sealed is None:
                self._put(target, raw, earlier=not keyed and self._takes_earlier(self._head()))
            else:
                self._note(sealed)
            path.unlink()

    def _put(self, target: Path, raw: bytes, *, earlier: bool) -> None:
        head = self._head()
        roll = head.roll if head else token_hex(8)
        headless = head is not None and self._has_lost(head)
        if headless:
            _log.error("the head of the audit archive is not there", segment=target.stem)
        sealed = seal(self._key, head, roll, target.stem, raw, earlier=earlier, headless=headless)
        write_whole(target, packed(raw, sealed))
        self._note(sealed)

    def _note(self, sealed: Seal) -> None:
        """Make a seal the head, here and in the graph, unless a later one is."""
        kept = kept_head(self._spool, self._key)
        if kept is None or kept.place < sealed.place:
            write_whole(self._folder / HEAD, sealed.line)
        self._anchor(sealed)

    def _head(self) -> Seal | None:
        """The last seal: as it was kept, as the graph knows it, and of what a kill left half done."""
        kept = kept_head(self._spool, self._key)
        halves = (self._folder / f"{path.stem}{PACKED}" for path in self._spool.glob(f"*{CLOSED}"))
        found = [kept, *map(self._seal_of, halves)]
        if kept is None:
            found += map(self._seal_of, self._folder.glob(f"*{PACKED}"))
        rolls = {each.roll for each in found if each}
        found += [each for each in self._known if each.roll in rolls]
        return max((each for each in found if each), key=lambda each: each.place, default=None)

    def _has_lost(self, head: Seal) -> bool:
        """Whether the file of the head is gone, other than by a kill before the first one was written."""
        half_done = (self._spool / f"{head.segment}{CLOSED}").exists()
        return not half_done and kept_head(self._spool, self._key) is None

    def _seal_of(self, path: Path) -> Seal | None:
        return sealed_as(path, self._key) if path.exists() else None

    def _takes_earlier(self, head: Seal | None) -> bool:
        return head.earlier if head else not self._known

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other workers off: each seal follows the one before."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _opened(path: Path) -> tuple[bytes | None, bytes]:
    """The bytes and the seal of an archived segment; None for one that cannot be read any more."""
    try:
        return unpacked(path.read_bytes())
    except ValueError:
        return None, b""
