"""The concepts that ship with this release, brought into the graph: `(:Concept)-[:IS_A]->(:Concept)`.

These are shared by all tenants. A parent in another system is the concept that this one equals there, so a
code's equals in other systems stand below the same parent.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from fhir_profiles.terminology import Concept, concepts
from fhir_profiles.terminology.naming import namings
from graph.keys import concept_coding, concept_key
from graph.session import Graph
from graph.terminology.names import WRITE_NAMES, naming_row

BATCH = 1_000
_STATE = "MATCH (s:Schema {name: 'terminology'}) RETURN s.digest AS digest"
_RECORD = "MERGE (s:Schema {name: 'terminology'}) SET s.digest = $digest"
_NODES = """
UNWIND $rows AS row
MERGE (c:Concept {key: row.key})
SET c.system = row.system, c.code = row.code, c.coding = row.coding, c.en = row.en, c.ko = row.ko
WITH c OPTIONAL MATCH (c)-[old:IS_A]->() DELETE old
"""
_EDGES = """
UNWIND $rows AS row
UNWIND row.parents AS parent
MATCH (c:Concept {key: row.key})
MERGE (p:Concept {key: parent.key})
ON CREATE SET p.system = parent.system, p.code = parent.code, p.coding = parent.coding
MERGE (c)-[:IS_A]->(p)
"""


def load_concepts(graph: Graph, shipped: Sequence[Concept] | None = None) -> int:
    """Bring the concepts that ship into the graph unless they are there; how many were written."""
    wanted = concepts() if shipped is None else shipped
    rows = [_row(each) for each in wanted]
    names = [_names(each) for each in wanted]
    digest = sha256(repr((rows, names)).encode()).hexdigest()
    if graph.read(_STATE) == [{"digest": digest}]:
        return 0
    for text in (_NODES, _EDGES):
        for batch in _batches(rows):
            _run(graph, text, rows=batch)
    for batch in _batches(names):
        _run(graph, WRITE_NAMES, rows=batch)
    _run(graph, _RECORD, digest=digest)
    return len(rows)


def _run(graph: Graph, text: str, **parameters: Any) -> None:
    graph.write(lambda transaction: transaction.run(text, **parameters))


def _row(concept: Concept) -> dict[str, Any]:
    return {
        "key": concept_key(*concept.coding),
        "system": concept.system,
        "code": concept.code,
        "coding": concept_coding(*concept.coding),
        "en": concept.display.get("en"),
        "ko": concept.display.get("ko"),
        "parents": [
            {
                "key": concept_key(system, code),
                "system": system,
                "code": code,
                "coding": concept_coding(system, code),
            }
            for system, code in concept.parents
        ],
    }


def _names(concept: Concept) -> dict[str, Any]:
    return naming_row(concept_key(*concept.coding), None, namings(concept.spoken))


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]
