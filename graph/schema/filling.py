"""Gives what earlier releases wrote the rows that they did not keep.

Those are the words of each resource, the positions of Locations, the pairs of numbers of sequences, and that
there is a reference which is contained or by an identifier. The texts are read in the order of their keys, a
thousand at a time; a run that was interrupted is done again and finds less to do. A study that DICOM owns has
the words of its attributes, and of what users wrote on it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from fhir_profiles.definitions.registry import search_parameters
from fhir_profiles.index.extraction import SearchValues, extract
from fhir_profiles.index.kept import VALUELESS
from graph.cypher.row_creation import CREATE_VALUES, CREATE_WORDINGS
from graph.packing import unpacked
from graph.query.rows import value_rows
from graph.session import Graph
from graph.site import Site
from graph.studies.version import of_snapshot

_AT_ONCE = 1_000
_PAGE = """
MATCH (r:Resource) WHERE r.key > $after
WITH r ORDER BY r.key LIMIT $limit
OPTIONAL MATCH (r)-[:CURRENT]->(v:Version)
WHERE r.deleted = false AND NOT EXISTS { MATCH (w:Wording|NewWording)-[:OF]->(r) }
RETURN r.key AS key, r.id AS id, r.serial AS serial, r.partition AS partition, v.body AS body,
  v.rendered AS rendered
"""
_WRITE = f"""
UNWIND $rows AS row
MATCH (r:Resource {{key: row.key}}) WHERE NOT EXISTS {{ MATCH (w:Wording|NewWording)-[:OF]->(r) }}
WITH r, row
{CREATE_VALUES}
{CREATE_WORDINGS}
"""
_ANYWHERE = Site("http://localhost")


def fill_in(graph: Graph) -> None:
    """Give each living resource without a Wording row what it lacks; a worker then indexes the words."""
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
            lacking = value_rows(
                tenant,
                resource_type,
                _lacking(resource_type, extract(_document(each) | {"resourceType": resource_type})),
            )
            yield {
                "key": each["key"],
                "serial": each["serial"],
                "terms": lacking.terms,
                "texts": (),
                "spans": lacking.spans,
                "wordings": lacking.wordings,
            }


def _lacking(resource_type: str, values: SearchValues) -> SearchValues:
    """What earlier releases did not keep of the values of a resource."""
    late = _late_parameters(resource_type)
    terms = tuple(term for term in values.terms if term.code == VALUELESS and ":" not in term.param)
    spans = tuple(span for span in values.spans if span.param in late)
    return SearchValues(terms, (), spans, (), None, values.wording)


def _late_parameters(resource_type: str) -> frozenset[str]:
    """The parameters of a type that were not there: `near`, and composites of two numbers."""
    found = search_parameters(resource_type).values()
    numbers = (each for each in found if [part.type for part in each.components[1:]] == ["number", "number"])
    return frozenset(each.name for each in (*numbers, *(each for each in found if each.type == "special")))


def _document(row: Mapping[str, Any]) -> dict[str, Any]:
    text = unpacked(row["body"])
    if row["rendered"]:
        return of_snapshot(row["id"], row["partition"], text).resource(_ANYWHERE, ())
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:  # no release wrote such a text; it stops nothing here
        return {}
    return found if isinstance(found, dict) else {}
