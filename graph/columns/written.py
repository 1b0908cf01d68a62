"""What was written of a tenant since a moment: which resources, and what search finds them by now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from graph.columns.serials import NONE, IntArray, members, sorted_serials
from graph.columns.tables import HeldTable, NumberedTexts
from graph.columns.wanted import (
    CodedRows,
    FieldRows,
    HeldEdge,
    LinkedRows,
    MeasuredRows,
    ReadAgain,
    RowsToHold,
    SpannedRows,
    ValueRow,
    ValuesToHold,
)
from graph.commit.moment import MOMENT, WrittenMoment
from graph.session import Graph

MOST_WRITTEN = 5_000  # resources that are looked at one by one; beyond, what is held is read anew
_NEWS = f"""
MATCH (c:Counter {{key: $tenant}})
WITH {MOMENT}
CALL (version) {{
  MATCH (v:Version) USING INDEX v:Version(feed, sequence)
  WHERE v.feed = $tenant AND v.sequence > $after AND v.sequence <= version
  MATCH (v)<-[:HAS_VERSION]-(r:Resource)
  WITH r, min(v.versionId) AS first LIMIT $limit
  WITH r.kind AS kind, collect(r.serial) AS changed,
    collect(CASE WHEN coalesce(first, 1) = 1 THEN r.serial END) AS created
  RETURN collect([kind, changed, created]) AS kinds
}}
RETURN version, rewritten, rows, kinds
"""
_SOME = """
  UNWIND ${some} AS some
  MATCH ({row}:Resource) USING INDEX {row}:Resource(kind, serial)
  WHERE {row}.kind = some.kind AND {row}.serial IN some.serials
"""
_EDGES = """
  MATCH (r)-[e]->(t) WHERE e.path IN $paths AND r.kind IN $kinds AND t.kind IN $targets
  RETURN collect([r.kind, r.serial, e.path, t.kind, t.serial]) AS {name}
"""
_NOW = f"""
CALL () {{{_SOME.format(some="changed", row="r")}
  MATCH (r)<-[:OF]-(v)
  WHERE v.key IN $keys OR any(prefix IN $prefixes WHERE v.key STARTS WITH prefix)
  RETURN collect([r.serial, v.key, coalesce(v.system, ''), v.low,
    CASE WHEN v.low IS NOT NULL THEN coalesce(v.high, $open) END, coalesce(v.code, '')]) AS values
}}
CALL () {{{_SOME.format(some="starting", row="r")}{_EDGES.format(name="from")}}}
CALL () {{{_SOME.format(some="ending", row="t")}{_EDGES.format(name="to")}}}
RETURN values, from, to
"""


@dataclass(frozen=True, slots=True)
class WrittenResources:
    """Resources that were written, by kind; `created` are those that may not have been there before."""

    changed: Mapping[str, IntArray]
    created: Mapping[str, IntArray]


def news(graph: Graph, tenant: str, after: int | None) -> tuple[WrittenMoment, WrittenResources | None]:
    """How far a tenant is written now, and the resources that were written behind a version.

    Those are None for too many; there are none where `after` is None.
    """
    found = graph.read(_NEWS, tenant=tenant, after=after, limit=MOST_WRITTEN + 1)
    if not found:
        return WrittenMoment(), WrittenResources({}, {})
    (row,) = found
    now = WrittenMoment(row["version"], row["rewritten"], row["rows"])
    if sum(len(changed) for _, changed, _ in row["kinds"]) > MOST_WRITTEN:
        return now, None
    changed = {kind: sorted_serials(serials) for kind, serials, _ in row["kinds"]}
    created = {kind: sorted_serials(serials) for kind, _, serials in row["kinds"]}
    return now, WrittenResources(changed, created)


def mended(
    graph: Graph, tables: Mapping[RowsToHold, HeldTable], some: WrittenResources, texts: NumberedTexts
) -> dict[RowsToHold, HeldTable]:
    """Those tables that are others now, after some resources were written."""
    found: dict[RowsToHold, HeldTable] = {}
    values = [each for each in tables if isinstance(each, ValuesToHold) and each.kind in some.changed]
    links = [each for each in tables if isinstance(each, LinkedRows)]
    starting = [each for each in links if each.kind in some.changed]
    ending = [each for each in links if len(some.created.get(each.target, NONE))]
    if values or starting or ending:
        now = _ValuesAndEdges.read(graph, some, values, starting, ending)
        for each in values:
            found[each] = tables[each].mended(some.changed[each.kind], each.picked(now.values, texts))
        for link in starting:
            found[link] = tables[link].mended(some.changed[link.kind], link.picked(now.starting))
        for link in ending:  # who is new may have been referred to before
            before = found.get(link, tables[link])
            left = before.kept(~members(before["ends"], some.created[link.target]))
            found[link] = left.mended(NONE, link.picked(now.ending))
    for wanted, table in tables.items():
        if isinstance(wanted, ReadAgain) and wanted.kind in some.changed:
            changed = some.changed[wanted.kind]
            found[wanted] = table.mended(changed, wanted.read(graph, texts, changed))
    return found


@dataclass(frozen=True, slots=True)
class _ValuesAndEdges:
    """What search finds resources by that were written, and where they lead from and to."""

    values: Sequence[ValueRow]
    starting: Sequence[HeldEdge]
    ending: Sequence[HeldEdge]

    @classmethod
    def read(
        cls,
        graph: Graph,
        some: WrittenResources,
        values: Sequence[ValuesToHold],
        starting: Sequence[LinkedRows],
        ending: Sequence[LinkedRows],
    ) -> "_ValuesAndEdges":
        """What tables of values hold, and links that start or end at what was written."""
        links = (*starting, *ending)
        (row,) = graph.read(
            _NOW,
            changed=_listed(some.changed, {each.kind for each in values}),
            keys=sorted({key for each in values for key in _keys(each)}),
            prefixes=sorted({each.prefix for each in values if isinstance(each, FieldRows)}),
            open=inf,
            starting=_listed(some.changed, {each.kind for each in starting}),
            ending=_listed(some.created, {each.target for each in ending}),
            paths=sorted({path for each in links for path in each.paths}),
            kinds=sorted({each.kind for each in links}),
            targets=sorted({each.target for each in links}),
        )
        return cls(
            [ValueRow(*each) for each in row["values"]],
            [HeldEdge(*each) for each in row["from"]],
            [HeldEdge(*each) for each in row["to"]],
        )


def _keys(wanted: ValuesToHold) -> Iterable[str]:
    match wanted:
        case CodedRows(_, key) | SpannedRows(_, key):
            return (key,)
        case MeasuredRows(_, key, of):
            return (key, *of)
    return ()


def _listed(written: Mapping[str, IntArray], kinds: Collection[str]) -> list[dict[str, Any]]:
    return [{"kind": each, "serials": written[each].tolist()} for each in sorted(kinds)]
