"""What columns, or statements in their place, tell of rows: arrays side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.columns.serials import FloatArray, IntArray, distinct, members
from graph.columns.sights import Sight
from graph.columns.tables import HeldTable, NumberedTexts


@dataclass(frozen=True, slots=True)
class LinkPairs:
    """Where a link leads: the rows that it starts at, in any order, and beside each where it ends."""

    starts: IntArray
    ends: IntArray

    @classmethod
    def read(cls, starts: Sequence[int], ends: Sequence[int]) -> "LinkPairs":
        """The pairs that a statement brought."""
        return cls(np.asarray(starts, dtype=np.int64), np.asarray(ends, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class RowSpans:
    """RowSpans of rows, side by side: whose, from where to where; `codes` are numbers of `texts`."""

    serials: IntArray
    lows: FloatArray
    highs: FloatArray
    codes: NDArray[np.int32]
    texts: NumberedTexts

    @classmethod
    def none(cls) -> "RowSpans":
        """No spans."""
        return cls.read((), (), (), ())

    @classmethod
    def read(
        cls, serials: Sequence[int], lows: Sequence[float], highs: Sequence[float], codes: Iterable[str]
    ) -> "RowSpans":
        """The spans that a statement brought."""
        texts = NumberedTexts()
        return cls(
            np.asarray(serials, dtype=np.int64),
            np.asarray(lows, dtype=np.float64),
            np.asarray(highs, dtype=np.float64),
            texts.numbered(codes),
            texts,
        )

    @classmethod
    def of(cls, table: HeldTable, texts: NumberedTexts) -> "RowSpans":
        """The spans of a table; where it holds no codes they are empty."""
        codes = table.columns.get("codes")
        if codes is None:
            codes = np.full(len(table.serials), texts.number(""), dtype=np.int32)
        return cls(table.serials, table["lows"], table["highs"], codes, texts)


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A link from rows of one type to those of another, with what the caller sees of both.

    The references of the table lead the same way where it goes `forwards`, else the other way.
    """

    table: HeldTable
    near: Sight
    far: Sight
    forwards: bool

    def pairs(self, rows: IntArray) -> LinkPairs:
        """Where it leads from some rows, which the caller sees, to rows that they see."""
        if self.forwards:
            found = self.table.of_rows(rows)
            starts, ends = found.serials, found["ends"]
        else:
            found = self.table.kept(members(self.table["ends"], rows))
            starts, ends = found["ends"], found.serials
        seen = self.far.mask(ends)
        return LinkPairs(starts[seen], ends[seen])

    def led_to(self, others: IntArray) -> IntArray:
        """The rows that the caller sees from which it leads to some, which they see as well."""
        if self.forwards:
            return self.near.of(distinct(self.table.rows(members(self.table["ends"], others))))
        return self.near.of(distinct(np.sort(self.table.of_rows(others)["ends"])))
