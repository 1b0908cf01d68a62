"""The seals of the archive: a chain over all that was ever archived, and its head, which the graph knows too.

A segment that was moved into the graph is kept as `archive/<chain>-<number>.gz`: its bytes as they were, cut
line and all, a newline, and its seal. A seal is a line of a chain of its own, the roll of a home folder:

    <hash> {"kind": "seal", "roll": id, "place": 7, "previous": hash, "segment": name, "digest": sha256, …}

So no archive can be changed, exchanged or left out between others. The last seal is the head: it stands in
`archive/head` and, where whoever can write files cannot write, in the graph; it tells what is missing at the
end, and that an archive which is not there at all was there once.
"""

import gzip
import hmac
import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from app.audit.chain import START, chained, line_of, parsed, parted

ARCHIVE, HEAD = "archive", "head"
PACKED = ".gz"


@dataclass(frozen=True, slots=True)
class Seal:
    """One place of the roll.

    `earlier`: the segment is of a release whose chains were not keyed. `headless`: when it was sealed, the
    archive had lost its head.
    """

    roll: str
    place: int
    previous: str
    segment: str
    digest: str
    earlier: bool
    headless: bool
    hash: str
    line: bytes


def owner_of(key: bytes) -> str:
    """What the heads of one key are found by in the graph; it tells nothing of the key."""
    return hmac.digest(key, b"owner of heads", "sha256")[:16].hex()


def seal(
    key: bytes,
    head: Seal | None,
    roll: str,
    segment: str,
    raw: bytes,
    *,
    earlier: bool,
    headless: bool = False,
) -> Seal:
    """The seal of a segment of these bytes, which follows the head of its roll."""
    place, previous = (head.place + 1, head.hash) if head else (1, START)
    digest = sha256(raw).hexdigest()
    text = orjson.dumps(
        {
            "kind": "seal",
            "roll": roll,
            "place": place,
            "previous": previous,
            "segment": segment,
            "digest": digest,
            "earlier": earlier,
            **({"headless": True} if headless else {}),
        }
    )
    own = chained(key, previous, text)
    return Seal(roll, place, previous, segment, digest, earlier, headless, own, line_of(own, text))


def read_seal(key: bytes, line: bytes) -> Seal | None:
    """The seal of a line; None for what is none, or was made under another key."""
    written, text = parted(line)
    found = parsed(text)
    if found is None or found.get("kind") != "seal" or not isinstance(found.get("previous"), str):
        return None
    if written != chained(key, found["previous"], text).encode("ascii"):
        return None
    return Seal(
        found["roll"],
        found["place"],
        found["previous"],
        found["segment"],
        found["digest"],
        found["earlier"],
        found.get("headless", False),
        written.decode("ascii"),
        line,
    )


def packed(raw: bytes, sealed: Seal) -> bytes:
    """What is kept of a segment: its bytes and its seal."""
    return gzip.compress(raw + b"\n" + sealed.line, mtime=0)


def unpacked(content: bytes) -> tuple[bytes, bytes]:
    """The bytes of a segment and the line of its seal, which is empty where it was never sealed.

    Raises `ValueError` for what is no whole archive.
    """
    try:
        whole = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError("no whole archive") from error
    raw, _, last = whole.rpartition(b"\n")
    return (raw, last) if b'"kind":"seal"' in last else (whole, b"")


def kept_head(folder: Path, key: bytes) -> Seal | None:
    """The head of the roll as the archive of a spool knows it; None before the first seal."""
    try:
        return read_seal(key, (folder / ARCHIVE / HEAD).read_bytes())
    except FileNotFoundError:
        return None


def sealed_as(path: Path, key: bytes) -> Seal | None:
    """The seal of an archived segment, if it has one that fits its bytes and its name."""
    try:
        raw, line = unpacked(path.read_bytes())
    except (OSError, ValueError):
        return None
    found = read_seal(key, line)
    fits = found is not None and found.segment == path.stem and found.digest == sha256(raw).hexdigest()
    return found if fits else None
