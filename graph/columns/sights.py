"""The rows that callers see, by their rights: what every row that leaves a table is held against."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from graph.columns.serials import NONE, IntArray, Mask, joined, sorted_serials, without
from graph.cypher.pieces import sighted, sighted_among
from graph.scope import AccessScope
from graph.session import Graph


@dataclass(frozen=True, slots=True)
class Sight:
    """What one right covers: `rows` of each type by creation numbers, and the version that shows them.

    `covers` has a place for each creation number up to the last that is covered.
    """

    rows: Mapping[str, IntArray] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    covers: Mask = field(default_factory=lambda: np.zeros(1, dtype=np.bool_))

    @property
    def weight(self) -> int:
        """How many bytes it takes."""
        return self.covers.nbytes + sum(each.nbytes for each in self.rows.values())

    def of(self, rows: IntArray) -> IntArray:
        """Those of some rows, of types that it knows, that are covered."""
        within = rows[: np.searchsorted(rows, len(self.covers))]
        return within[self.covers[within]]

    def mask(self, rows: IntArray) -> Mask:
        """Which of some rows in any order, of types that it knows, are covered."""
        places = np.where(rows < len(self.covers), rows, 0)
        found: Mask = self.covers[places] & (rows < len(self.covers))
        return found

    def read(self, graph: Graph, scope: AccessScope, entity: str, version: int) -> "Sight":
        """With all rows of a type, as of a version."""
        (found,) = graph.read_statement(sighted(scope, entity))
        before = self.rows.get(entity, NONE)
        return self._with(entity, before, sorted_serials(found["serials"]), version)

    def mended(
        self, graph: Graph, scope: AccessScope, entity: str, changed: IntArray, version: int
    ) -> "Sight":
        """With the rows of a type that were written (a set) as they are now."""
        now = NONE
        if len(changed):
            (found,) = graph.read_statement(sighted_among(scope, entity, changed.tolist()))
            now = sorted_serials(found["serials"])
        return self._with(entity, changed, now, version)

    def _with(self, entity: str, gone: IntArray, now: IntArray, version: int) -> "Sight":
        versions = {**self.versions, entity: version}
        if not len(gone) and not len(now) and entity in self.rows:
            return Sight(self.rows, versions, self.covers)
        before = self.rows.get(entity, NONE)
        rows = joined(without(before, gone), now)
        covers = np.zeros(max(len(self.covers), int(rows[-1]) + 1 if len(rows) else 1), dtype=np.bool_)
        covers[: len(self.covers)] = self.covers
        covers[before] = False
        covers[rows] = True
        return Sight({**self.rows, entity: rows}, versions, covers)
