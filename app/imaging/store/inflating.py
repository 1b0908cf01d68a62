"""Capped inflation of the deflated transfer syntaxes (PS3.5 A.5).

A file of one megabyte can hold a gigabyte of zeros, and no option of a parser prevents that it is inflated
whole. So the data set goes in blocks to a scratch file without a name, up to a limit, and is mapped from it.
"""

import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from app.imaging.store.headers import Buffer, Footprint
from app.imaging.store.refusal import Refused

_BLOCK = 1 << 16
_RAW = -15


@contextmanager
def inflated(data: Buffer, start: int, *, limit: int, folder: Path) -> Iterator[Buffer]:
    """Yield the inflated rest of `data` from `start`; raises `Refused` beyond `limit` bytes."""
    with TemporaryFile(dir=folder) as scratch:
        if not _inflate(data, start, limit, scratch):
            yield b""
            return
        scratch.flush()
        with mmap(scratch.fileno(), 0, access=ACCESS_READ) as view:
            yield view


def inflated_ranges(data: Buffer, start: int, ranges: Iterable[tuple[int, int]]) -> list[bytes]:
    """Return ranges (offset, length) of the inflated rest of `data` from `start`, holding no more of it.

    Raises `Refused` where it cannot be inflated; what lies behind its end is missing.
    """
    asked = list(ranges)
    found = {each: bytearray() for each in sorted(asked)}
    waiting, position = deque(found), 0
    for block in _inflated_blocks(zlib.decompressobj(_RAW), data, start):
        end = position + len(block)
        for place in waiting:
            offset, length = place
            if offset >= end:
                break
            found[place] += block[max(0, offset - position) : max(0, offset + length - position)]
        while waiting and sum(waiting[0]) <= end:
            waiting.popleft()
        if not waiting:
            break
        position = end
    return [bytes(found[each]) for each in asked]


def _inflate(data: Buffer, start: int, limit: int, scratch: BinaryIO) -> int:
    stream = zlib.decompressobj(_RAW)
    size = 0
    for block in _inflated_blocks(stream, data, start):
        size += len(block)
        if size > limit:
            raise Refused(f"The deflated data set is larger than {limit} bytes.")
        scratch.write(block)
    if not stream.eof:
        raise Refused("The deflated data set is cut short.")
    return size


def _inflated_blocks(stream: "zlib._Decompress", data: Buffer, start: int) -> Iterator[bytes]:
    footprint = Footprint(data)
    try:
        for at in range(start, len(data), _BLOCK):
            footprint.at(at)
            pending = data[at : at + _BLOCK]
            while pending and not stream.eof:
                yield stream.decompress(pending, _BLOCK)
                pending = stream.unconsumed_tail
    except zlib.error as error:
        raise Refused("The deflated data set cannot be inflated.") from error
