"""What an earlier release wrote gets the traits that this one would have written."""

from graph.keys import kind_key, resource_key, term_key, value_key, version_key
from graph.query.rows import ValueRows
from graph.resources.traits import traits_of
from graph.schema.traits import give_traits
from graph.session import Graph

_OLD = """
UNWIND $rows AS row
CREATE (r:Resource {key: row.key, kind: row.kind, serial: 1, versionId: 1})
CREATE (r)-[:CURRENT]->(v:Version {key: row.version, versionId: 1})
FOREACH (t IN row.terms | CREATE (:Term {key: t[0], system: t[1], serial: 1})-[:OF]->(r))
FOREACH (s IN row.spans | CREATE (:Span {key: s[0], low: s[1], high: s[2], serial: 1})-[:OF]->(r))
"""
_FOUND = """
MATCH (r:Resource)-[:CURRENT]->(v:Version) WHERE r.key STARTS WITH $prefix
UNWIND [r, v] AS node
RETURN r.kind AS kind, collect([node.sorts, node.security, node.care]) AS traits
"""


def _values(tenant: str, kind: str) -> ValueRows:
    """Two codes, one with what keys escape, a label, dates of care, and what is none of all that."""
    return ValueRows(
        terms=(
            (term_key(tenant, kind, "category", "laboratory"), "http://example.org/a|b"),
            (term_key(tenant, kind, "code", "x|100%"), ""),
            (term_key(tenant, kind, "status", "final"), "http://example.org"),
            (term_key(tenant, kind, "_security", "R"), "http://example.org"),
        ),
        spans=(
            (value_key(tenant, kind, "date"), 20, 30, "", ""),
            (value_key(tenant, kind, "date"), 10, 25, "", ""),
            (value_key(tenant, kind, "_lastUpdated"), 1, 99, "", ""),
        ),
    )


def test_what_an_earlier_release_wrote_gets_its_traits(graph: Graph, tenant: str) -> None:
    written = {kind: _values(tenant, kind) for kind in ("Observation", "DiagnosticReport")}
    written["Basic"] = ValueRows()
    rows = [
        {
            "key": (key := resource_key(tenant, kind, "old")),
            "kind": kind_key(tenant, kind),
            "version": version_key(key, 1),
            "terms": values.terms,
            "spans": values.spans,
        }
        for kind, values in written.items()
    ]
    graph.write(lambda transaction: transaction.run(_OLD, rows=rows))

    give_traits(graph)
    give_traits(graph)  # as after a crash

    found = {row["kind"]: row["traits"] for row in graph.read(_FOUND, prefix=f"{tenant}|-|")}
    assert found == {
        kind_key(tenant, kind): [list(traits_of(tenant, kind, values)[:3])] * 2
        for kind, values in written.items()
    }
