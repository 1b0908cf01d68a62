"""The lines of NDJSON, a batch at a time (http://ndjson.org): each with the place behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

BATCH_LINES, BATCH_BYTES = 250, 8 << 20


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of a file: `first` is the number of the first one, from 1; `end` is where the next one begins.

    A line that is longer than it may be stands here as None, an empty one as b"".
    """

    texts: tuple[bytes | None, ...]
    first: int
    end: int

    def numbered(self) -> Iterator[tuple[int, bytes | None]]:
        """The lines that hold anything, with their numbers."""
        return ((self.first + at, text) for at, text in enumerate(self.texts) if text != b"")


def batches(file: BinaryIO, longest: int, at: int = 0, first: int = 1) -> Iterator[Lines]:
    """The lines behind a place of a file, of which none may be longer than `longest` bytes."""
    file.seek(at)
    texts: list[bytes | None] = []
    number, begins, size = first, first, 0
    while line := file.readline(longest + 1):
        fits = line.endswith(b"\n") or len(line) <= longest
        texts.append(line.strip() if fits else None)
        number += 1
        size += len(line)
        while not fits and (rest := file.readline(longest)):
            fits = rest.endswith(b"\n")
        if len(texts) >= BATCH_LINES or size >= BATCH_BYTES:
            yield Lines(tuple(texts), begins, file.tell())
            texts, begins, size = [], number, 0
    if texts:
        yield Lines(tuple(texts), begins, file.tell())
