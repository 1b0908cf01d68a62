"""How the texts of resources are kept: packed by zstd with a dictionary of what resources are made of.

A resource is a kilobyte of which most is said in every other one: with a dictionary it takes a third of what
it takes by itself, and is unpacked in a fifth of the time (ADR 11). What was packed names its dictionary by
number, so there may be newer ones; an old one is never changed or removed. Texts that were kept before there
were dictionaries are zlib's, and are read like the others.
"""

import threading
import zlib
from functools import cache
from importlib.resources import files

import zstandard

NEWEST = 1_000_001
"""The number of the dictionary that texts are packed with."""
LEVEL = 3
_ZSTD = b"\x28\xb5\x2f\xfd"  # what every frame begins with (RFC 8878 3.1.1)
_MINE = threading.local()  # a packer is of one thread


def packed(text: bytes) -> bytes:
    """Pack the text of a resource; of no text nothing."""
    return _packer().compress(text) if text else b""


def unpacked(kept: bytes) -> bytes:
    """Return the text that was packed; nothing of nothing."""
    if not kept.startswith(_ZSTD):
        return zlib.decompress(kept) if kept else b""
    return _unpacker(zstandard.get_frame_parameters(kept).dict_id).decompress(kept)


def _packer() -> zstandard.ZstdCompressor:
    found: zstandard.ZstdCompressor | None = getattr(_MINE, "packer", None)
    if found is None:
        found = _MINE.packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=_dictionary(NEWEST))
    return found


def _unpacker(number: int) -> zstandard.ZstdDecompressor:
    known: dict[int, zstandard.ZstdDecompressor] = _MINE.__dict__.setdefault("unpackers", {})
    if number not in known:
        known[number] = zstandard.ZstdDecompressor(dict_data=_dictionary(number))
    return known[number]


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    held = zstandard.ZstdCompressionDict(files("graph.packing").joinpath(f"{number}.dictionary").read_bytes())
    held.precompute_compress(level=LEVEL)
    return held
