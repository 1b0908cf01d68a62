"""Reading the spool back: every line that the chain of hashes vouches for.

A line cut at the end of a segment is what a power cut leaves; nobody was answered on it. Anything else that
does not fit is tampering or a broken disk, and is said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from app.audit.chain import START, chained, chained_plainly, line_of, parsed, parted
from app.audit.seals import ARCHIVE, PACKED, unpacked
from app.audit.spool import CLOSED, OPEN

_NAME = re.compile(r"(?P<chain>\d+-\d+-[0-9a-f]+)-(?P<number>\d{6})")


@dataclass(frozen=True, slots=True)
class ReadSegment:
    """A segment as read: its lines up to the first that does not fit, and what is wrong with that one.

    `keyed`: its lines could be made by nobody without the key; those of earlier releases by anybody.
    """

    path: Path
    chain: str
    number: int
    previous: str
    last: str
    lines: tuple[dict[str, Any], ...]
    defect: str | None
    keyed: bool


def read_segment(path: Path, key: bytes = b"") -> ReadSegment:
    """Read one segment, open, closed or archived, whose lines were chained under the key.

    Raises `FileNotFoundError` where it is under none of these names.
    """
    name = _NAME.match(path.name)
    chain, number = (name["chain"], int(name["number"])) if name else (path.name, 0)
    empty = ReadSegment(path, chain, number, START, START, (), None, keyed=True)
    try:
        *whole, _cut_off = _bytes(path).split(b"\n")
    except ValueError as error:
        return replace(empty, defect=str(error))
    if not whole:
        return empty
    header = _header(whole[0])
    if header is None:
        return replace(empty, defect="line 1 is no segment header")
    if header.get("keyed") and (header.get("chain"), header.get("number")) != (chain, number):
        return replace(empty, defect="it has the name of another segment")
    follows = partial(chained, key) if header.get("keyed") else chained_plainly
    lines, last, defect = _follow(whole, header["previous"], follows)
    keyed = bool(header.get("keyed"))
    return ReadSegment(path, chain, number, header["previous"], last, tuple(lines), defect, keyed)


def _bytes(path: Path) -> bytes:
    """The bytes of a segment, wherever it has been moved since it was listed; raises `ValueError`."""
    archived = path.parent / ARCHIVE / f"{path.stem}{PACKED}"
    for place in (path, path.with_suffix(CLOSED), archived):
        try:
            raw = place.read_bytes()
        except FileNotFoundError:
            continue
        return unpacked(raw)[0] if place.suffix == PACKED else raw
    raise FileNotFoundError(path.name)


def _header(line: bytes) -> dict[str, Any] | None:
    text = parsed(parted(line)[1])
    if text is None or text.get("kind") != "segment" or not isinstance(text.get("previous"), str):
        return None
    return text


def _follow(
    whole: list[bytes], previous: str, follows: Callable[[str, bytes], str]
) -> tuple[list[dict[str, Any]], str, str | None]:
    lines: list[dict[str, Any]] = []
    last = previous
    for number, line in enumerate(whole, 1):
        _, text = parted(line)
        following, found = follows(last, text), parsed(text)
        if line != line_of(following, text) or found is None:
            return lines[1:], last, f"line {number} does not follow from the one before"
        last = following
        lines.append(found)
    return lines[1:], last, None


def segments(folder: Path) -> list[Path]:
    """Every segment of a spool in the order of chains and numbers, archived ones included."""
    here = [path for path in folder.glob("*") if path.suffix in (OPEN, CLOSED)]
    archived = (folder / ARCHIVE).glob(f"*{PACKED}")
    found = {path.stem: path for path in (*here, *archived)}  # one may be in both while it is being moved
    return [found[stem] for stem in sorted(found)]


def read_spool(folder: Path, key: bytes = b"") -> Iterator[dict[str, Any]]:
    """Every line of a spool that the chains vouch for."""
    for path in segments(folder):
        yield from read_segment(path, key).lines
