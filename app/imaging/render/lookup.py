"""Lookup tables as DICOM writes them: a descriptor of three values, and entries (PS3.3 C.11.1.1)."""

from dataclasses import dataclass
from typing import Any

import numpy
from numpy.typing import NDArray

from app.imaging.attributes import Attributes

_WORDS = 1 << 16
_LARGEST_SIGNED = 32767
_BYTE = 8
_DESCRIPTOR_VALUES = 3


@dataclass(frozen=True, slots=True)
class LookupTable:
    """Entries for the input values from `first` on; those before and after take the first and the last entry.

    `entries` are unsigned words of 16 bits in the machine's order, of which `bits` count.
    """

    first: int
    bits: int
    entries: bytes

    @property
    def values(self) -> NDArray[numpy.uint16]:
        """The entries as numbers."""
        return numpy.frombuffer(self.entries, numpy.uint16)

    @property
    def largest(self) -> int:
        """The largest entry that the bits allow."""
        return int((1 << self.bits) - 1)

    def looked_up(self, inputs: NDArray[Any]) -> NDArray[numpy.uint16]:
        """The entry of each input value, which is rounded first."""
        values: NDArray[numpy.uint16] = self.values
        places: NDArray[numpy.int64] = numpy.rint(inputs).astype(numpy.int64) - self.first
        return values.take(places, mode="clip")


@dataclass(frozen=True, slots=True)
class Descriptor:
    """How a lookup table is written: the number of its entries, the first input value, bits of an entry."""

    count: int
    first: int
    bits: int


def read_descriptor(said: Attributes, keyword: str, largest_input: float) -> Descriptor | None:
    """Read a descriptor; None where it is absent or no descriptor.

    The first value mapped is written as US or SS by Pixel Representation, and read as the wrong one where
    that is not at hand: beyond the `largest_input` there can be, it is a negative number.
    """
    numbers = [int(number) for number in said.numbers(keyword)]
    if len(numbers) != _DESCRIPTOR_VALUES:
        return None
    count, first, bits = numbers
    if first > max(largest_input, _LARGEST_SIGNED):
        first -= _WORDS
    return Descriptor(count % _WORDS or _WORDS, first, bits) if 1 <= bits <= 2 * _BYTE else None


def read_table(said: Attributes, descriptor: str, data: str, *, largest_input: float) -> LookupTable | None:
    """Read a lookup table by the keywords of its descriptor and its data; None where it cannot be one."""
    described = read_descriptor(said, descriptor, largest_input)
    entries = entries_of(said, data, described) if described else None
    if described is None or entries is None or not len(entries):
        return None
    return LookupTable(described.first, described.bits, entries.tobytes())


def entries_of(said: Attributes, keyword: str, described: Descriptor) -> NDArray[numpy.uint16] | None:
    """The entries of a table, as many as there are up to the number described; None where there is none.

    Entries of eight bits are written two to a word, or as words of their own (C.7.6.3.1.6); the length tells.
    """
    raw = said.raw(keyword) or numpy.array(said.numbers(keyword), numpy.int64).astype("<u2").tobytes()
    if not raw:
        return None
    if described.bits <= _BYTE and len(raw) < 2 * described.count:
        return numpy.frombuffer(raw, numpy.uint8)[: described.count].astype(numpy.uint16)
    words = numpy.frombuffer(raw[: len(raw) // 2 * 2], "<u2")
    return words[: described.count].astype(numpy.uint16)
