"""Keeps the words of what earlier releases wrote: one Wording row for each resource that has words.

The texts are read in the order of their keys, a thousand at a time; a run that was interrupted is done again
and finds less to do. A study that DICOM owns has the words of its attributes, and of what users wrote on it.
"""

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from fhir_profiles.index.wording import wording_of
from graph.cypher.row_creation import CREATE_WORDINGS
from graph.query.rows import wording_rows
from graph.session import Graph
from graph.site import Site
from graph.studies.version import of_snapshot

_AT_ONCE = 1_000
_PAGE = """
MATCH (r:Resource) WHERE r.key > $after
WITH r ORDER BY r.key LIMIT $limit
OPTIONAL MATCH (r)-[:CURRENT]->(v:Version)
WHERE r.deleted = false AND NOT EXISTS { MATCH (w:Wording|NewWording)-[:OF]->(r) }
RETURN r.key AS key, r.id AS id, r.partition AS partition, v.body AS body, v.rendered AS rendered
"""
_WRITE = f"""
UNWIND $rows AS row
MATCH (r:Resource {{key: row.key}}) WHERE NOT EXISTS {{ MATCH (w:Wording|NewWording)-[:OF]->(r) }}
{CREATE_WORDINGS}
"""
_ANYWHERE = Site("http://localhost")


def fill_wordings(graph: Graph) -> None:
    """Give each living resource without a Wording row its own, where it has words; a worker indexes them."""
    after = ""
    while page := graph.read(_PAGE, after=after, limit=_AT_ONCE):
        after = page[-1]["key"]
        if rows := list(_rows(page)):
            _write(graph, rows)


def _write(graph: Graph, rows: list[dict[str, Any]]) -> None:
    graph.write(lambda transaction: transaction.run(_WRITE, rows=rows))


def _rows(page: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in page:
        if each["body"]:
            tenant, _, resource_type, _ = each["key"].split("|")
            wording = wording_of(_document(each))
            if any(wording):
                yield {"key": each["key"], "wordings": wording_rows(tenant, resource_type, wording)}


def _document(row: Mapping[str, Any]) -> Mapping[str, Any]:
    text = zlib.decompress(row["body"])
    if row["rendered"]:
        return of_snapshot(row["id"], row["partition"], text).resource(_ANYWHERE, ())
    document: Mapping[str, Any] = orjson.loads(text)
    return document
