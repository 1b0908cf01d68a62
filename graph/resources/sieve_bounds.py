"""How many rows a piece of a question may find, and be asked of, so that the graph has room for them."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from graph.columns.columns import CallerColumns
from graph.columns.serials import IntArray
from graph.cypher.pieces import MOST_SIFTED
from graph.errors import TooLarge, Unavailable

MOST_ASKED_OF = 250_000  # rows; a list of 700,000 of them takes a graph with a heap of 1.5 GB down
_RETRY_AFTER = 30  # seconds


@dataclass(frozen=True, slots=True)
class SieveBounds:
    """Bounds what statements find and are sent, for one answer.

    Beyond them, an answer that finds what it needs in columns once they are read is to be asked for again.
    """

    columns: CallerColumns | None

    def found(self, rows: Collection[int]) -> None:
        """Bound what was found; raises `TooLarge`, or `Unavailable` where columns are read meanwhile."""
        self._bound(len(rows), MOST_SIFTED)

    def sent(self, rows: IntArray | Collection[int]) -> list[int]:
        """The rows that a statement is sent; raises `TooLarge` and `Unavailable` as `found`."""
        self._bound(len(rows), MOST_ASKED_OF)
        return rows.tolist() if isinstance(rows, np.ndarray) else list(rows)

    def _bound(self, rows: int, most: int) -> None:
        if rows <= most:
            return
        if self.columns is not None and self.columns.is_late:
            raise Unavailable("what this question looks at is being read", retry_after=_RETRY_AFTER)
        raise TooLarge(
            "a condition finds more than %(most_sifted)s rows: ask for fewer",
            code="too-costly",
            most_sifted=most,
        )
