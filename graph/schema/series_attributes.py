"""Gives the series of earlier releases the attributes that they did not keep, from the metadata of a picture.

A thousand series at a time in the order of their keys; what is there stays, so a run that was interrupted
is done again and finds less to do.
"""

import zlib
from collections.abc import Mapping
from typing import Any

import orjson

from graph.query.attribute_forms import properties_of
from graph.query.attributes import BY_KEYWORD, SERIES
from graph.records import Facts
from graph.session import Graph

_AT_ONCE = 1_000
_LATE = tuple(
    BY_KEYWORD[keyword]
    for keyword in (
        "Manufacturer",
        "StationName",
        "ContrastBolusAgent",
        "SliceThickness",
        "MagneticFieldStrength",
        "ProtocolName",
    )
)
_PAGE = f"""
MATCH (s:Series) WHERE s.key > $after AND {" AND ".join(f"s.{each.keyword} IS NULL" for each in _LATE)}
WITH s ORDER BY s.key LIMIT $limit
CALL (s) {{ MATCH (s)-[:HAS_INSTANCE]->(i:Instance) RETURN i.metadata AS metadata ORDER BY i.serial LIMIT 1 }}
RETURN s.key AS key, metadata
"""
_WRITE = "UNWIND $rows AS row MATCH (s:Series {key: row.key}) SET s += row.properties"


def give_series_attributes(graph: Graph) -> None:
    """Write the late attributes of every series whose pictures have them."""
    after = ""
    while page := graph.read(_PAGE, after=after, limit=_AT_ONCE):
        after = page[-1]["key"]
        found = [{"key": each["key"], "properties": _properties(each["metadata"])} for each in page]
        rows = [each for each in found if each["properties"]]
        _write(graph, rows)


def _write(graph: Graph, rows: list[dict[str, Any]]) -> None:
    graph.write(lambda transaction: transaction.run(_WRITE, rows=rows))


def _properties(metadata: bytes | None) -> dict[str, Any]:
    if not metadata:
        return {}
    document = orjson.loads(zlib.decompress(metadata))
    facts: Facts = {each.keyword: value for each in _LATE if (value := _value(document, each.tag, each.vr))}
    return properties_of(SERIES, facts)


def _value(document: Mapping[str, Any], tag: str, vr: str) -> Any:
    """The first value of an attribute of the dictionary's representation; None where there is none."""
    entry = document.get(tag, {})
    values = entry.get("Value") if entry.get("vr") == vr else None
    return values[0] if values else None
