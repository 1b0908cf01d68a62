"""What current resources say of something: the JSON of each is judged once, and again when it is written."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import orjson

from graph.columns.serials import IntArray
from graph.columns.tables import HeldTable, NumberedTexts
from graph.packing import unpacked
from graph.session import Graph

Judge: TypeAlias = Callable[[Mapping[str, Any]], int]
"""What the JSON of a resource says, from -128 to 127; equal to another that judges alike, and hashable."""

_AT_ONCE = 1_000  # resources of one statement, some megabytes
_ROWS = "MATCH (r:Resource) USING INDEX r:Resource(kind, serial) WHERE r.kind = $kind AND r.deleted = false"
_BODIES = "MATCH (r)-[:CURRENT]->(v:Version) RETURN collect([r.serial, v.body]) AS found"
_NEXT = f"{_ROWS} AND r.serial > $after WITH r ORDER BY r.serial LIMIT $limit {_BODIES}"
_SOME = f"{_ROWS} AND r.serial IN $serials {_BODIES}"


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """What the resources of a kind (`tenant|type`) say: column `said`, what `judge` makes of each."""

    kind: str
    judge: Judge

    def read(self, graph: Graph, texts: NumberedTexts, rows: IntArray | None = None) -> HeldTable:
        """What some resources say; all of them, where `rows` is None."""
        said = dict(self._judged(self._all(graph) if rows is None else self._some(graph, rows)))
        return HeldTable.of(list(said), {"said": np.array(list(said.values()), dtype=np.int8)})

    def _judged(self, bodies: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, int]]:
        for serial, body in bodies:
            yield serial, self.judge(orjson.loads(unpacked(body)))

    def _all(self, graph: Graph) -> Iterator[tuple[int, bytes]]:
        after = -1
        while found := graph.read(_NEXT, kind=self.kind, after=after, limit=_AT_ONCE)[0]["found"]:
            yield from found
            after = max(serial for serial, _ in found)

    def _some(self, graph: Graph, rows: IntArray) -> Iterator[tuple[int, bytes]]:
        for start in range(0, len(rows), _AT_ONCE):
            serials = rows[start : start + _AT_ONCE].tolist()
            (row,) = graph.read(_SOME, kind=self.kind, serials=serials)
            yield from row["found"]
