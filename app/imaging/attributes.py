"""What a data set says, read from data that anybody may have written.

Absent, empty and unreadable values are the same here: None or nothing, never an exception.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy
from pydicom import DataElement, Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.tag import BaseTag

_MOST_VALUES = 65536
_LONGEST_TEXT = 1024
_WORD = 2


class Attributes:
    """The attributes of data sets that are asked in turn; the first that has one answers."""

    def __init__(self, *datasets: Dataset) -> None:
        self._datasets = datasets

    @property
    def little_endian(self) -> bool:
        """Whether binary values in it are little endian; made in memory, they are."""
        return all(dataset.original_encoding[1] is not False for dataset in self._datasets)

    def under(self, *datasets: Dataset) -> "Attributes":
        """The same attributes under those of other data sets, which are asked first."""
        return Attributes(*datasets, *self._datasets)

    def value(self, keyword: str | int) -> Any:
        """The value as pydicom reads it, by its keyword or tag; None where there is none."""
        found = self._element(keyword)
        return None if found is None else found.value

    def numbers(self, keyword: str | int) -> list[float]:
        """The values as numbers; empty where one of them is none."""
        value = self.value(keyword)
        several = value if isinstance(value, Sequence) and not isinstance(value, str | bytes) else [value]
        try:
            numbers = [float(each) for each in several[:_MOST_VALUES]]
        except (TypeError, ValueError, OverflowError):
            return []
        return numbers if all(map(isfinite, numbers)) else []

    def number(self, keyword: str | int) -> float | None:
        """The first value as a number; None where there is none."""
        return next(iter(self.numbers(keyword)), None)

    def text(self, keyword: str | int, *, longest: int = _LONGEST_TEXT) -> str:
        """The value as text, several joined by a backslash; empty where there is none."""
        value = self.value(keyword)
        if value is None or isinstance(value, bytes):
            return ""
        several = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        return "\\".join(str(each) for each in several[:_MOST_VALUES]).strip(" \0")[:longest]

    def person(self, keyword: str) -> str:
        """The name of a person in the first of its component groups, as it is spoken; empty without one."""
        groups = (group.strip("^ ") for group in self.text(keyword).split("="))
        return " ".join(next((group for group in groups if group), "").replace("^", " ").split())

    def items(self, keyword: str) -> list["Attributes"]:
        """The items of a sequence; empty where there are none."""
        return [Attributes(each) for each in self.datasets(keyword)]

    def datasets(self, keyword: str) -> list[Dataset]:
        """The items of a sequence as data sets; empty where there are none."""
        value = self.value(keyword)
        return [each for each in value if isinstance(each, Dataset)] if isinstance(value, Sequence) else []

    def raw(self, keyword: str | int) -> bytes:
        """The bytes of a binary value, words of 16 bits in little endian; empty where there are none."""
        found = self._element(keyword)
        if found is None or not isinstance(found.value, bytes):
            return b""
        words = len(found.value) // _WORD * _WORD
        if self.little_endian or found.VR != "OW":
            return found.value
        return numpy.frombuffer(found.value[:words], numpy.uint16).byteswap().tobytes()

    def _element(self, keyword: str | int) -> DataElement | None:
        return next((found for each in self._datasets if (found := _element_of(each, keyword))), None)


def _element_of(dataset: Dataset, keyword: str | int) -> DataElement | None:
    try:
        tag = tag_for_keyword(keyword) if isinstance(keyword, str) else keyword
        found = dataset.get(BaseTag(tag)) if tag else None
    except Exception:  # pydicom reads a value when it is asked for, and raises what it likes
        return None
    return None if found is None or found.is_empty else found
