"""Sets of patients as they were, kept as numbers: who there was to see, and who of these was in each set.

Patients are known by their creation numbers, of which the graph knows the patient as long as there is one: so
what is kept names nobody, and of who is gone it says nothing. Bit n of a set stands for the n-th of all.
"""

from array import array
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import orjson

from graph.packing import packed, unpacked

_LENGTH = 4  # bytes of the length of the head


@dataclass(frozen=True, slots=True)
class KeptPatients:
    """Everybody who was to see, and sets of them by name, as creation numbers."""

    everybody: frozenset[int]
    sets: Mapping[str, frozenset[int]]

    def packed(self) -> bytes:
        """All of it, to be kept."""
        order = sorted(self.everybody)
        steps = array("Q", [*order[:1], *(after - before for before, after in pairwise(order))])
        places = {serial: place for place, serial in enumerate(order)}
        bits = {name: _bits(members, places) for name, members in self.sets.items()}
        head = orjson.dumps(
            {"everybody": len(order), "sets": {name: len(each) for name, each in bits.items()}}
        )
        return packed(len(head).to_bytes(_LENGTH) + head + steps.tobytes() + b"".join(bits.values()))

    @classmethod
    def unpacked(cls, kept: bytes) -> "KeptPatients":
        """What was kept so."""
        raw = memoryview(unpacked(kept))
        at = _LENGTH + int.from_bytes(raw[:_LENGTH])
        head: Mapping[str, Any] = orjson.loads(raw[_LENGTH:at])
        steps = array("Q")
        steps.frombytes(raw[at : at + head["everybody"] * steps.itemsize])
        at += head["everybody"] * steps.itemsize
        order = list(accumulate(steps))
        sets = {}
        for name, length in head["sets"].items():
            sets[name] = _members(bytes(raw[at : at + length]), order)
            at += length
        return cls(frozenset(order), sets)


def _bits(members: Collection[int], places: Mapping[int, int]) -> bytes:
    found = bytearray((len(places) + 7) // 8)
    for member in members:
        place = places.get(member)
        if place is not None:
            found[place >> 3] |= 1 << (place & 7)
    return bytes(found)


def _members(bits: bytes, order: list[int]) -> frozenset[int]:
    return frozenset(
        order[(at << 3) + bit] for at, byte in enumerate(bits) if byte for bit in range(8) if byte >> bit & 1
    )
