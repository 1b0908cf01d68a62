"""What was written of a tenant since a moment: which resources, and what search finds them by now."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    OfStudies,
    RowsToHold,
    SpannedRows,
    ValueRow,
    ValuesToHold,
)
from graph.session import Graph

MOST_WRITTEN = 5_000  # resources that are looked at one by one; beyond, what is held is read anew
_WRITTEN = """
MATCH (v:Version) USING INDEX v:Version(feed, sequence)
WHERE v.feed = $tenant AND v.sequence > $after AND v.sequence <= $until
MATCH (v)<-[:HAS_VERSION]-(r:Resource)
WITH r, min(v.versionId) AS first LIMIT $limit
RETURN r.kind AS kind, collect(r.serial) AS changed,
  collect(CASE WHEN coalesce(first, 1) = 1 THEN r.serial END) AS created
"""
_SOME = """
UNWIND $some AS some
MATCH ({row}:Resource) USING INDEX {row}:Resource(kind, serial)
WHERE {row}.kind = some.kind AND {row}.serial IN some.serials
"""
_VALUES = f"""{_SOME.format(row="r")}
MATCH (r)<-[:OF]-(v)
WHERE v.key IN $keys OR any(prefix IN $prefixes WHERE v.key STARTS WITH prefix)
RETURN collect([r.serial, v.key, coalesce(v.system, ''), v.low,
  CASE WHEN v.low IS NOT NULL THEN coalesce(v.high, $open) END, coalesce(v.code, '')]) AS found
"""
_EDGES = """
MATCH (r:Resource)-[e]->(t:Resource) WHERE e.path IN $paths AND r.kind IN $kinds AND t.kind IN $targets
RETURN collect([r.kind, r.serial, e.path, t.kind, t.serial]) AS found
"""
_EDGES_FROM = _SOME.format(row="r") + _EDGES.replace("(r:Resource)", "(r)")
_EDGES_TO = _SOME.format(row="t") + _EDGES.replace("(t:Resource)", "(t)")


@dataclass(frozen=True, slots=True)
class WrittenResources:
    """Resources that were written, by kind; `created` are those that may not have been there before."""

    changed: Mapping[str, IntArray]
    created: Mapping[str, IntArray]


def written(graph: Graph, tenant: str, after: int, until: int) -> WrittenResources | None:
    """The resources that were written behind one version up to another; None for too many."""
    rows = graph.read(_WRITTEN, tenant=tenant, after=after, until=until, limit=MOST_WRITTEN + 1)
    if sum(len(row["changed"]) for row in rows) > MOST_WRITTEN:
        return None
    changed, created = (
        {row["kind"]: sorted_serials(row[name]) for row in rows} for name in ("changed", "created")
    )
    return WrittenResources(changed, created)


def mended(
    graph: Graph, tables: Mapping[RowsToHold, HeldTable], some: WrittenResources, texts: NumberedTexts
) -> dict[RowsToHold, HeldTable]:
    """Those tables that are others now, after some resources were written."""
    of_kinds = {each: table for each, table in tables.items() if each.kind in some.changed}
    of_values = {each: table for each, table in of_kinds.items() if isinstance(each, ValuesToHold)}
    of_studies = {each: table for each, table in of_kinds.items() if isinstance(each, OfStudies)}
    links = {each: table for each, table in tables.items() if isinstance(each, LinkedRows)}
    return {
        **_values_mended(graph, of_values, some.changed, texts),
        **_studies_mended(graph, of_studies, some.changed, texts),
        **_links_mended(graph, links, some),
    }


def _values_mended(
    graph: Graph,
    tables: Mapping[ValuesToHold, HeldTable],
    changed: Mapping[str, IntArray],
    texts: NumberedTexts,
) -> dict[RowsToHold, HeldTable]:
    if not tables:
        return {}
    keys = sorted({key for each in tables for key in _keys(each)})
    prefixes = sorted({each.prefix for each in tables if isinstance(each, FieldRows)})
    some = _listed(changed, {each.kind for each in tables})
    (found,) = graph.read(_VALUES, some=some, keys=keys, prefixes=prefixes, open=inf)
    values = [ValueRow(*each) for each in found["found"]]
    return {
        each: table.mended(changed[each.kind], each.picked(values, texts)) for each, table in tables.items()
    }


def _studies_mended(
    graph: Graph, tables: Mapping[OfStudies, HeldTable], changed: Mapping[str, IntArray], texts: NumberedTexts
) -> dict[RowsToHold, HeldTable]:
    return {
        each: table.mended(changed[each.kind], each.read(graph, texts, changed[each.kind]))
        for each, table in tables.items()
    }


def _keys(wanted: ValuesToHold) -> Iterable[str]:
    match wanted:
        case CodedRows(_, key) | SpannedRows(_, key):
            return (key,)
        case MeasuredRows(_, key, of):
            return (key, *of)
    return ()


def _links_mended(
    graph: Graph, links: Mapping[LinkedRows, HeldTable], some: WrittenResources
) -> dict[RowsToHold, HeldTable]:
    """Who was written leads elsewhere; who is new may have been referred to before."""
    found = dict(links)
    starting = [each for each in links if each.kind in some.changed]
    for each, now in _edges(graph, _EDGES_FROM, some.changed, starting, {each.kind for each in starting}):
        found[each] = found[each].mended(some.changed[each.kind], now)
    ending = [each for each in links if len(some.created.get(each.target, NONE))]
    for each, now in _edges(graph, _EDGES_TO, some.created, ending, {each.target for each in ending}):
        left = found[each].kept(~members(found[each]["ends"], some.created[each.target]))
        found[each] = left.mended(NONE, now)
    return {each: table for each, table in found.items() if table is not links[each]}


def _edges(
    graph: Graph,
    text: str,
    written: Mapping[str, IntArray],
    links: Sequence[LinkedRows],
    kinds: Collection[str],
) -> Iterator[tuple[LinkedRows, HeldTable]]:
    """What some links lead to from, or to, the resources of some kinds that were written."""
    if not links:
        return
    (row,) = graph.read(
        text,
        some=_listed(written, kinds),
        paths=sorted({path for each in links for path in each.paths}),
        kinds=sorted({each.kind for each in links}),
        targets=sorted({each.target for each in links}),
    )
    edges = [HeldEdge(*each) for each in row["found"]]
    for each in links:
        yield each, each.picked(edges)


def _listed(written: Mapping[str, IntArray], kinds: Collection[str]) -> list[dict[str, Any]]:
    return [{"kind": each, "serials": written[each].tolist()} for each in sorted(kinds)]
