"""Rows of one search value or link side by side in arrays, in the order of the resources that have them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from graph.columns.serials import IntArray, Mask, members

Arrays: TypeAlias = Mapping[str, NDArray[Any]]


class NumberedTexts:
    """Texts that rows share, each known by a number as long as the process lives; safe between threads."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []
        self._lock = Lock()

    def numbered(self, texts: Iterable[str | None]) -> NDArray[np.int32]:
        """The numbers of some texts; None is the empty one."""
        return np.fromiter((self.number(each or "") for each in texts), dtype=np.int32)

    def number(self, text: str) -> int:
        """The number of a text."""
        known = self._numbers.get(text)
        if known is None:
            with self._lock:
                known = self._numbers.get(text)
                if known is None:
                    self._texts.append(text)
                    known = self._numbers[text] = len(self._texts) - 1
        return known

    def known(self, text: str) -> int:
        """The number of a text that some row has; one that no text has where none does."""
        return self._numbers.get(text, _NO_TEXT)

    def text(self, number: int) -> str:
        """The text of a number."""
        return self._texts[number]


@dataclass(frozen=True, slots=True)
class HeldTable:
    """Rows by the creation numbers of their resources, in order; `columns` lie beside them."""

    serials: IntArray
    columns: Arrays

    @classmethod
    def of(cls, serials: Sequence[int] | IntArray, columns: Arrays) -> "HeldTable":
        """The table of rows that come in any order."""
        found = np.asarray(serials, dtype=np.int64)
        if bool((found[1:] >= found[:-1]).all()):
            return cls(found, columns)
        order = np.argsort(found, kind="stable")
        return cls(found[order], {name: each[order] for name, each in columns.items()})

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.columns[name]

    @property
    def weight(self) -> int:
        """How many bytes it takes, about."""
        return _HEAD + self.serials.nbytes + sum(each.nbytes for each in self.columns.values())

    def kept(self, mask: Mask) -> "HeldTable":
        """Some of its rows."""
        return HeldTable(self.serials[mask], {name: each[mask] for name, each in self.columns.items()})

    def rows(self, mask: Mask) -> IntArray:
        """The resources of some of its rows, in order."""
        return self.serials[mask]

    def of_rows(self, rows: IntArray) -> "HeldTable":
        """The rows of some resources, a set."""
        if len(rows) * _SPARSE < len(self.serials):
            return self._taken(rows)
        return self.kept(members(self.serials, rows))

    def mended(self, changed: IntArray, now: "HeldTable") -> "HeldTable":
        """The table where some resources (a set) have other rows now."""
        left = self.kept(~members(self.serials, changed))
        places = np.searchsorted(left.serials, now.serials, side="right")
        return HeldTable(
            np.insert(left.serials, places, now.serials),
            {name: np.insert(each, places, now[name]) for name, each in left.columns.items()},
        )

    def _taken(self, rows: IntArray) -> "HeldTable":
        """The rows of few resources, each looked up."""
        begins = np.searchsorted(self.serials, rows, side="left")
        ends = np.searchsorted(self.serials, rows, side="right")
        sizes = ends - begins
        offsets = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.repeat(begins, sizes) + offsets
        return HeldTable(self.serials[places], {name: each[places] for name, each in self.columns.items()})


_HEAD = 1_000  # bytes of a table without rows
_NO_TEXT = -1
_SPARSE = 16  # looking one up takes as long as passing so many
