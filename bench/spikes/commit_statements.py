"""The transactions that the commit spike compares, over rows shaped like the product's graph.

A row is one stored instance: keys of its study, series and itself, and 1.2 kB of compressed metadata. A new
study brings eight search values; every commit makes one version of each study it touches. Sequence numbers of
the feed come from one counter node (taken first or last) or, later, from a sequencer that drains an outbox.
"""

import time
from dataclasses import dataclass
from typing import Any

from neo4j import ManagedTransaction

UNIQUE = ("SpikeStudy", "SpikeSeries", "SpikeInstance", "SpikeChange", "SpikeVersion", "SpikeCounter")
LABELS = (*UNIQUE, "SpikeTerm", "SpikeOutbox")
COUNTER = "MATCH (c:SpikeCounter {key: 't'}) SET c.value = c.value + $count RETURN c.value - $count AS base"
STUDIES = """
UNWIND $studies AS row
MERGE (s:SpikeStudy {key: row.key})
  ON CREATE SET s.serial = row.serial, s.partition = 't|p', s.StudyDate = '20261122', s.PatientID = row.key
FOREACH (term IN CASE WHEN s.terms IS NULL THEN row.terms ELSE [] END |
  CREATE (:SpikeTerm {key: term, system: '', serial: row.serial})-[:OF]->(s))
SET s.terms = true, s.version = coalesce(s.version, 0) + 1
CREATE (s)-[:HAS_VERSION]->(:SpikeVersion {key: row.version, body: $body})
"""
INSTANCES = """
UNWIND $rows AS row
MATCH (s:SpikeStudy {key: row.study})
MERGE (e:SpikeSeries {key: row.series}) ON CREATE SET e.partition = 't|p', e.Modality = 'CT'
MERGE (s)-[:HAS_SERIES]->(e)
MERGE (i:SpikeInstance {key: row.key})
  ON CREATE SET i.partition = 't|p', i.size = 524288, i.metadata = row.metadata
MERGE (e)-[:HAS_INSTANCE]->(i)
"""
CHANGES = """
UNWIND $rows AS row
CREATE (:SpikeChange {key: 't|' + toString($base + row.offset), sequence: $base + row.offset, of: row.key})
"""
OUTBOX = "UNWIND $rows AS row CREATE (:SpikeChange:SpikeOutbox {key: row.key, of: row.key, stamp: row.stamp})"
LEASE = """
MATCH (c:SpikeCounter {key: 't'}) WHERE coalesce(c.holder, $me) = $me OR c.until < timestamp()
SET c.holder = $me, c.until = timestamp() + 5000 RETURN c.value AS base
"""
WAITING = (
    "MATCH (o:SpikeOutbox) WITH o ORDER BY o.stamp LIMIT 1000 RETURN elementId(o) AS id, o.stamp AS stamp"
)
SEQUENCE = """
UNWIND range(0, size($ids) - 1) AS n
MATCH (o) WHERE elementId(o) = $ids[n]
SET o.sequence = $base + n REMOVE o:SpikeOutbox
WITH count(*) AS done
MATCH (c:SpikeCounter {key: 't'}) SET c.value = c.value + done
"""
ONE = f"""
MATCH (c:SpikeCounter {{key: 't'}}) SET c.value = c.value + $count
WITH c.value - $count AS base
CALL () {{ {STUDIES} }}
WITH DISTINCT base
CALL () {{ {INSTANCES} }}
WITH DISTINCT base
CALL (base) {{ {CHANGES.replace("$base", "base")} }}
"""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance to commit: study, series and SOP keys."""

    study: str
    series: str
    key: str


_METADATA = bytes(range(256)) * 5


def parameters(batch: list[Instance], commit: str) -> dict[str, Any]:
    """The statement parameters of a batch, sorted by key so that locks are taken in one order."""
    ordered = sorted(batch, key=lambda each: each.key)
    stamp = time.time_ns()
    rows = [
        {
            "study": each.study,
            "series": each.series,
            "key": each.key,
            "offset": offset,
            "metadata": _METADATA,
            "stamp": stamp,
        }
        for offset, each in enumerate(ordered)
    ]
    studies = [
        {"key": key, "serial": stamp, "terms": [f"{key}|{n}" for n in range(8)], "version": f"{key}|{commit}"}
        for key in sorted({each.study for each in ordered})
    ]
    return {"rows": rows, "studies": studies, "count": len(rows), "body": _METADATA}


def _write(transaction: ManagedTransaction, values: dict[str, Any]) -> None:
    transaction.run(STUDIES, values)
    transaction.run(INSTANCES, values)


def counter_first(transaction: ManagedTransaction, values: dict[str, Any]) -> None:
    """One writer at a time: the lock comes before everything."""
    record = transaction.run(COUNTER, values).single(strict=True)
    _write(transaction, values)
    transaction.run(CHANGES, values, base=record["base"])


def one_statement(transaction: ManagedTransaction, values: dict[str, Any]) -> None:
    """The same as counter first in one round trip."""
    transaction.run(ONE, values)


def counter_last(transaction: ManagedTransaction, values: dict[str, Any]) -> None:
    """Rows are written in parallel; the counter is held from here to the end of the commit."""
    _write(transaction, values)
    record = transaction.run(COUNTER, values).single(strict=True)
    transaction.run(CHANGES, values, base=record["base"])


def outbox(transaction: ManagedTransaction, values: dict[str, Any]) -> None:
    """No counter: the sequencer numbers the rows after the commit."""
    _write(transaction, values)
    transaction.run(OUTBOX, values)


def sequence(transaction: ManagedTransaction, me: str) -> list[int]:
    """Number what waits, if the lease is ours; the commit stamps (ns) of the rows that were numbered."""
    held = transaction.run(LEASE, me=me).single()
    waiting = list(transaction.run(WAITING)) if held else []
    if held and waiting:
        transaction.run(SEQUENCE, ids=[row["id"] for row in waiting], base=held["base"])
    return [row["stamp"] for row in waiting]


MODES = {
    "counter first": counter_first,
    "counter first, one statement": one_statement,
    "counter last": counter_last,
    "outbox": outbox,
}
