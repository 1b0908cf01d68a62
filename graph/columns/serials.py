"""Sets of rows as sorted arrays of their creation numbers, each number once."""

from collections.abc import Collection, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_]
NONE: IntArray = np.empty(0, dtype=np.int64)
_MANY = 50_000  # values that are sooner looked up in a mark for every number than searched for


def sorted_serials(values: Collection[int]) -> IntArray:
    """The set of some numbers."""
    found = np.fromiter(values, dtype=np.int64, count=len(values))
    found.sort()
    return distinct(found)


def distinct(ordered: IntArray) -> IntArray:
    """The set of numbers that are sorted already."""
    if len(ordered) < 2:  # noqa: PLR2004 - one number is a set
        return ordered
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered if first.all() else ordered[first]


def members(values: IntArray, some: IntArray) -> Mask:
    """Which of some values, in any order, are in a set."""
    if not len(some):
        return np.zeros(len(values), dtype=np.bool_)
    if len(values) > _MANY:
        return marked(some, int(values.max()))[values]
    places = np.searchsorted(some, values)
    places[places == len(some)] = 0
    found: Mask = some[places] == values
    return found


def common(one: IntArray, other: IntArray) -> IntArray:
    """What is in both sets."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return few[members(few, many)]


def joined(one: IntArray, other: IntArray) -> IntArray:
    """What is in one of two sets."""
    if not len(one) or not len(other):
        return other if not len(one) else one
    return distinct(np.sort(np.concatenate((one, other)), kind="stable"))


def together(parts: Sequence[IntArray]) -> IntArray:
    """What is in one of some parts, each sorted, which may have a number more than once."""
    if len(parts) == 1:
        return distinct(parts[0])
    return distinct(np.sort(np.concatenate((NONE, *parts)), kind="stable"))


def without(one: IntArray, other: IntArray) -> IntArray:
    """What is in the first set and not in the second."""
    return one[~members(one, other)] if len(one) and len(other) else one


def marked(some: IntArray, most: int) -> Mask:
    """A mark for each number up to the most, whether it is in a set."""
    marks = np.zeros(most + 1, dtype=np.bool_)
    marks[some[: np.searchsorted(some, most, side="right")]] = True
    return marks
