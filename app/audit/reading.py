"""Reading the spool back: every line, and whether the chain of hashes holds.

A line cut at the end of a segment is what a power cut leaves; nobody was answered on it. Anything else that
does not fit is tampering or a broken disk, and is said.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from app.audit.spool import CLOSED, OPEN, START, chained

ARCHIVE = "archive"
_NAME = re.compile(r"(?P<chain>\d+-\d+-[0-9a-f]+)-(?P<number>\d{6})")
_HASH = 64


@dataclass(frozen=True, slots=True)
class ReadSegment:
    """A segment as read: its lines up to the first that does not fit, and what is wrong with that one."""

    path: Path
    chain: str
    number: int
    previous: str
    last: str
    lines: tuple[dict[str, Any], ...]
    defect: str | None


def read_segment(path: Path) -> ReadSegment:
    """Read one segment, open, closed or archived.

    Raises `FileNotFoundError` where it is under none of these names.
    """
    name = _NAME.match(path.name)
    chain, number = (name["chain"], int(name["number"])) if name else (path.name, 0)
    raw = _bytes(path)
    *whole, _cut_off = raw.split(b"\n")
    if not whole:
        return ReadSegment(path, chain, number, START, START, (), None)
    first, previous = _header(whole[0])
    if first is None:
        return ReadSegment(path, chain, number, START, START, (), "line 1 is no segment header")
    lines, last, defect = _follow(whole, previous)
    return ReadSegment(path, chain, number, previous, last, tuple(lines), defect)


def _bytes(path: Path) -> bytes:
    """The bytes of a segment, wherever it has been moved since it was listed."""
    archived = path.parent / ARCHIVE / f"{path.stem}.gz"
    for place in (path, path.with_suffix(CLOSED), archived):
        try:
            raw = place.read_bytes()
        except FileNotFoundError:
            continue
        return gzip.decompress(raw) if place.suffix == ".gz" else raw
    raise FileNotFoundError(path.name)


def _header(line: bytes) -> tuple[dict[str, Any] | None, str]:
    text = _parsed(line[_HASH + 1 :])
    if text is None or text.get("kind") != "segment" or not isinstance(text.get("previous"), str):
        return None, START
    return text, text["previous"]


def _follow(whole: list[bytes], previous: str) -> tuple[list[dict[str, Any]], str, str | None]:
    lines: list[dict[str, Any]] = []
    last = previous
    for number, line in enumerate(whole, 1):
        following = chained(last, line[_HASH + 1 :])
        text = _parsed(line[_HASH + 1 :])
        if line[: _HASH + 1] != f"{following} ".encode("ascii") or text is None:
            return lines[1:], last, f"line {number} does not follow from the one before"
        last = following
        lines.append(text)
    return lines[1:], last, None


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def segments(folder: Path) -> list[Path]:
    """Every segment of a spool in the order of chains and numbers, archived ones included."""
    here = [path for path in folder.glob("*") if path.suffix in (OPEN, CLOSED)]
    archived = (folder / ARCHIVE).glob("*.gz")
    found = {path.stem: path for path in (*here, *archived)}  # one may be in both while it is being moved
    return [found[stem] for stem in sorted(found)]


def read_spool(folder: Path) -> Iterator[dict[str, Any]]:
    """Every line of a spool that the chains vouch for."""
    for path in segments(folder):
        yield from read_segment(path).lines


def defects(folder: Path) -> list[str]:
    """What is wrong with a spool: lines that do not follow, segments that are missing between others."""
    found: list[str] = []
    before: ReadSegment | None = None
    for path in segments(folder):
        segment = read_segment(path)
        if segment.defect:
            found.append(f"{path.name}: {segment.defect}")
        if not _continues(before, segment):
            found.append(f"{path.name}: the segment before it is missing or was changed")
        before = segment
    return found


def _continues(before: ReadSegment | None, segment: ReadSegment) -> bool:
    if segment.number <= 1:
        return segment.previous == START
    return before is not None and before.chain == segment.chain and before.last == segment.previous
