"""Blob ids: UUIDv7 (RFC 9562 5.7), so that ids made together lie together in the folders.

An id names one content for ever and is never used again, which is why a late delete cannot hit a newer blob.
"""

import re
from uuid import UUID

from graph.errors import NotFound

_FORM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ENTROPY = 10


def new_blob_id(milliseconds: int, entropy: bytes) -> str:
    """Return the UUIDv7 of a moment (milliseconds since the epoch, UTC) and ten random bytes.

    Raises `ValueError` for another length of `entropy`.
    """
    if len(entropy) < _ENTROPY:
        raise ValueError("a UUIDv7 needs ten random bytes")
    number = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(entropy[:_ENTROPY], "big")
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=number))


def is_blob_id(text: str) -> bool:
    """Whether a text has the form of a blob id; what has not never becomes part of a path."""
    return _FORM.fullmatch(text) is not None


def shard_of(blob_id: str) -> str:
    """The folder of a blob below its root: the leading bits of the time, 65 seconds to a folder.

    Blobs of one request share a folder, so one fsync of it makes all their names durable. Raises `NotFound`
    for what is no blob id.
    """
    if not is_blob_id(blob_id):
        raise NotFound("no such blob")
    return f"{blob_id[:4]}/{blob_id[4:8]}"
