"""What tables can be held of a tenant's records, the statement that reads each, and what is picked for it.

Nothing that is read here is anybody's to see. Every row that leaves a table is one that the caller sees, by
what `graph.columns.sights` holds of their rights.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from graph.columns.judged import JudgedRows
from graph.columns.parts import AttributeRows, PartRows
from graph.columns.tables import HeldTable, NumberedTexts
from graph.cypher.leaves import hint
from graph.query.expression import Kind
from graph.query.relationships import relationships
from graph.session import Graph

_TERMS = f"""
UNWIND $keys AS key
CALL (key) {{
  MATCH (v:Term) {hint("v", Kind.TERM)} WHERE v.key = key AND v.serial IS NOT NULL
  RETURN collect(v.serial) AS serials, collect(coalesce(v.system, '')) AS systems
}}
RETURN key, serials, systems
"""
_PRESENT = f"""
MATCH (v:Term) {hint("v", Kind.TERM)} WHERE v.key STARTS WITH $prefix AND v.serial IS NOT NULL
RETURN collect(DISTINCT v.serial) AS serials
"""
_SPANS = f"""
MATCH (v:Span) {hint("v", Kind.SPAN)} WHERE v.key = $key AND v.low IS NOT NULL
RETURN collect(v.serial) AS serials, collect(v.low) AS lows, collect(coalesce(v.high, $open)) AS highs
"""
_RESULTS = f"""
UNWIND $codes AS code
CALL (code) {{
  MATCH (t:Term) {hint("t", Kind.TERM)} WHERE t.key = code AND t.serial IS NOT NULL
  MATCH (t)-[:OF]->(r:Resource) RETURN r
}}
WITH DISTINCT r
MATCH (r)<-[:OF]-(v) WHERE v.key = $key
RETURN collect(r.serial) AS serials, collect(v.low) AS lows, collect(coalesce(v.high, $open)) AS highs,
  collect(coalesce(v.code, '')) AS codes
"""
_LINKED = """
MATCH (r:Resource) USING INDEX r:Resource(kind, serial) WHERE r.kind = $kind AND r.serial IS NOT NULL
MATCH (r)-[e:{types}]->(t:Resource) WHERE e.path IN $paths AND t.kind = $target
RETURN collect(r.serial) AS serials, collect(t.serial) AS ends
"""


class ValueRow(NamedTuple):
    """One value row of a resource."""

    serial: int
    key: str
    system: str
    low: float | None
    high: float | None
    code: str


class HeldEdge(NamedTuple):
    """One reference, by the kinds and the creation numbers of its ends."""

    kind: str
    start: int
    path: str
    target: str
    end: int


@dataclass(frozen=True, slots=True)
class CodedRows:
    """The resources of a kind (`tenant|type`) that have a code: column `systems`, numbers of texts."""

    kind: str
    key: str

    def picked(self, values: Sequence[ValueRow], texts: NumberedTexts) -> HeldTable:
        """Those among the values of some resources."""
        own = [each for each in values if each.key == self.key]
        return HeldTable.of(_serials(own), {"systems": texts.numbered(each.system for each in own)})


@dataclass(frozen=True, slots=True)
class FieldRows:
    """The resources of a kind that have a code of a field, of which the keys begin with `prefix`."""

    kind: str
    prefix: str

    def read(self, graph: Graph, texts: NumberedTexts) -> HeldTable:
        """All of them."""
        (row,) = graph.read(_PRESENT, prefix=self.prefix)
        return HeldTable.of(row["serials"], {})

    def picked(self, values: Sequence[ValueRow], texts: NumberedTexts) -> HeldTable:
        """Those among the values of some resources."""
        return HeldTable.of(sorted({each.serial for each in values if each.key.startswith(self.prefix)}), {})


@dataclass(frozen=True, slots=True)
class SpannedRows:
    """The spans of a field of the resources of a kind: columns `lows` and `highs`."""

    kind: str
    key: str

    def read(self, graph: Graph, texts: NumberedTexts) -> HeldTable:
        """All of them."""
        (row,) = graph.read(_SPANS, key=self.key, open=inf)
        return HeldTable.of(row["serials"], _ends(row["lows"], row["highs"]))

    def picked(self, values: Sequence[ValueRow], texts: NumberedTexts) -> HeldTable:
        """Those among the values of some resources."""
        own = [each for each in values if each.key == self.key and each.low is not None]
        return HeldTable.of(_serials(own), _ends([each.low for each in own], [each.high for each in own]))


@dataclass(frozen=True, slots=True)
class MeasuredRows:
    """The spans of a field of those resources that have one of some codes: as `SpannedRows`, with `codes`."""

    kind: str
    key: str
    of: frozenset[str]

    def read(self, graph: Graph, texts: NumberedTexts) -> HeldTable:
        """All of them."""
        (row,) = graph.read(_RESULTS, key=self.key, codes=sorted(self.of), open=inf)
        return HeldTable.of(
            row["serials"], {**_ends(row["lows"], row["highs"]), "codes": texts.numbered(row["codes"])}
        )

    def picked(self, values: Sequence[ValueRow], texts: NumberedTexts) -> HeldTable:
        """Those among the values of some resources."""
        coded = {each.serial for each in values if each.key in self.of}
        own = [each for each in values if each.key == self.key and each.serial in coded]
        lows, highs = [each.low for each in own], [each.high for each in own]
        return HeldTable.of(
            _serials(own), {**_ends(lows, highs), "codes": texts.numbered(each.code for each in own)}
        )


@dataclass(frozen=True, slots=True)
class LinkedRows:
    """Where references at `paths` of the resources of a kind lead to, of a kind `target`: column `ends`."""

    kind: str
    paths: tuple[str, ...]
    target: str

    def read(self, graph: Graph, texts: NumberedTexts) -> HeldTable:
        """All of them."""
        text = _LINKED.format(types=relationships(self.paths))
        (row,) = graph.read(text, kind=self.kind, paths=list(self.paths), target=self.target)
        return HeldTable.of(row["serials"], {"ends": np.asarray(row["ends"], dtype=np.int64)})

    def picked(self, edges: Iterable[HeldEdge]) -> HeldTable:
        """Those among some references."""
        own = [each for each in edges if self._holds(each)]
        ends = np.array([each.end for each in own], dtype=np.int64)
        return HeldTable.of([each.start for each in own], {"ends": ends})

    def _holds(self, edge: HeldEdge) -> bool:
        return edge.kind == self.kind and edge.target == self.target and edge.path in self.paths


ReadAgain: TypeAlias = PartRows | AttributeRows | JudgedRows
"""What is read of each resource that was written in a statement of its own."""
ValuesToHold: TypeAlias = CodedRows | FieldRows | SpannedRows | MeasuredRows
RowsToHold: TypeAlias = ValuesToHold | LinkedRows | ReadAgain


def coded_tables(
    graph: Graph, wanted: Iterable[CodedRows], texts: NumberedTexts
) -> dict[CodedRows, HeldTable]:
    """The tables of several codes, read together."""
    by_key = {each.key: each for each in wanted}
    rows = graph.read(_TERMS, keys=sorted(by_key))
    return {
        by_key[row["key"]]: HeldTable.of(row["serials"], {"systems": texts.numbered(row["systems"])})
        for row in rows
    }


def _serials(values: Iterable[ValueRow]) -> list[int]:
    return [each.serial for each in values]


def _ends(lows: Sequence[Any], highs: Sequence[Any]) -> dict[str, Any]:
    return {"lows": np.asarray(lows, dtype=np.float64), "highs": np.asarray(highs, dtype=np.float64)}
