"""Records as far as their codes go: the rows that search compares, and versions that are followed."""

from itertools import count
from typing import Any

from graph.keys import kind_key, resource_key, term_key
from graph.session import Graph
from graph.vocabulary.gathering import CodedElement

CODE = CodedElement("Condition", "code")
SYSTEM = "http://example.org/codes"
_NUMBERS = count(1)
_WRITE = """
UNWIND $rows AS row
MERGE (c:Counter {key: $tenant}) ON CREATE SET c.versionSequence = 0
SET c.versionSequence = c.versionSequence + 1
CREATE (r:Resource {key: row.key, kind: $kind, serial: row.serial, deleted: false})
SET r.compartment = [row.patient]
CREATE (:Text {key: $texts, value: toLower(row.text), exact: row.text, serial: row.serial})-[:OF]->(r)
CREATE (:Term {key: row.code, system: $system, serial: row.serial})-[:OF]->(r)
CREATE (r)-[:HAS_VERSION]->(:Version {key: row.key + '/1', kind: $kind, sequence: c.versionSequence})
"""


def carry(graph: Graph, tenant: str, *codes: tuple[str, str], patient: str = "P1") -> None:
    """Write a diagnosis of a patient for each text and code."""
    rows: list[dict[str, Any]] = []
    for text, code in codes:
        serial = next(_NUMBERS)
        rows.append(
            {
                "key": resource_key(tenant, CODE.resource, f"c{serial}"),
                "serial": serial,
                "text": text,
                "code": term_key(tenant, CODE.resource, CODE.parameter, code),
                "patient": resource_key(tenant, "Patient", patient),
            }
        )
    graph.run(
        _WRITE,
        rows=rows,
        tenant=tenant,
        kind=kind_key(tenant, CODE.resource),
        texts=CODE.text_key(tenant),
        system=SYSTEM,
    )
