"""Sketches of sets: of one size whatever they hold, and enough to see that two sets differ by a few members.

Each member falls into one of `BUCKETS` by its digest. A sketch holds the digests of each bucket, joined by
exclusive or, and how many they are. Equal sets have equal sketches. What two sketches tell of a difference is
never more than it is, and all of it where one set holds the other.
"""

from collections.abc import Iterable

BUCKETS = 1_024
DIGEST = 10  # bytes of a member: two say the bucket, eight go into it
_WIDTH = 8
_MOST = 0xFFFF  # members that a bucket counts


def sketch_of(digests: Iterable[bytes]) -> bytes:
    """The sketch of a set, given the keyed digest of each member: at least `DIGEST` bytes, evenly spread."""
    lanes, counts = [0] * BUCKETS, [0] * BUCKETS
    for each in digests:
        bucket = int.from_bytes(each[:2]) % BUCKETS
        lanes[bucket] ^= int.from_bytes(each[2:DIGEST])
        counts[bucket] += 1
    held = (min(each, _MOST).to_bytes(2) for each in counts)
    return b"".join((*(each.to_bytes(_WIDTH) for each in lanes), *held))


def apart(one: bytes, other: bytes) -> int:
    """By how many members the sets of two sketches differ at least; 0 for equal ones."""
    mixed = (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))
    lanes = memoryview(mixed)[: BUCKETS * _WIDTH].cast("Q").tolist()
    mine, theirs = (memoryview(each)[BUCKETS * _WIDTH :] for each in (one, other))
    return sum(
        max(1, abs(_count(mine, bucket) - _count(theirs, bucket)))
        for bucket, lane in enumerate(lanes)
        if lane
    )


def _count(counts: memoryview, bucket: int) -> int:
    return counts[2 * bucket] << 8 | counts[2 * bucket + 1]
