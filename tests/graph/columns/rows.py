"""Diagnoses as a commit writes them, as far as columns look at them."""

from itertools import count
from typing import Any

from graph.keys import kind_key, resource_key, term_key, value_key
from graph.query.expression import Against, Expression, Field, Kind, Order, Span, Term
from graph.scope import AccessScope
from graph.session import Graph

CODE = Field("Condition", "code", Kind.TERM)
RECORDED = Field("Condition", "recorded-date", Kind.SPAN)
OF_PATIENT = Against("Condition", ("subject",))
_NUMBERS = count(1)
_WRITE = """
MERGE (c:Counter {key: $tenant})
SET c.versionSequence = coalesce(c.versionSequence, 0) + CASE WHEN $versioned THEN 1 ELSE 0 END
SET c.rewritten = coalesce(c.rewritten, 0) + CASE WHEN $versioned THEN 0 ELSE 1 END, c.serial = $serial
MERGE (p:Resource {key: $patient})
ON CREATE SET p.kind = $patients, p.serial = $serial + 1, p.deleted = false, p.compartment = [$patient]
MERGE (r:Resource {key: $key}) SET r.kind = $kind, r.deleted = false, r.compartment = [$patient]
SET r.serial = coalesce(r.serial, $serial)
WITH c, p, r
CALL (r) { MATCH (r)<-[:OF]-(v) DETACH DELETE v }
CALL (r) { MATCH (r)-[e:SUBJECT]->() DELETE e }
CREATE (:Term {key: $code, system: 'urn:codes', serial: r.serial})-[:OF]->(r)
CREATE (:Term {key: $about, system: '', serial: r.serial})-[:OF]->(r)
CREATE (:Term {key: $own, system: '', serial: p.serial})-[:OF]->(p)
CREATE (:Span {key: $dates, low: $low, high: $low + 1.0, serial: r.serial})-[:OF]->(r)
CREATE (r)-[:SUBJECT {path: 'subject'}]->(p)
FOREACH (_ IN CASE WHEN $versioned THEN [1] ELSE [] END |
  CREATE (r)-[:HAS_VERSION]->(:Version {feed: $tenant, kind: $kind, sequence: c.versionSequence}))
RETURN r.serial AS serial
"""


def diagnose(
    graph: Graph,
    tenant: str,
    name: str,
    code: str,
    *,
    of: str = "p",
    day: float = 0.0,
    versioned: bool = True,
) -> int:
    """Write a diagnosis, or write it anew; its creation number."""
    serial = 10 * next(_NUMBERS)
    parameters: dict[str, Any] = {
        "tenant": tenant,
        "serial": serial,
        "key": resource_key(tenant, "Condition", name),
        "kind": kind_key(tenant, "Condition"),
        "patient": resource_key(tenant, "Patient", of),
        "patients": kind_key(tenant, "Patient"),
        "code": term_key(tenant, "Condition", "code", code),
        "about": term_key(tenant, "Condition", "_compartment", f"Patient/{of}"),
        "own": term_key(tenant, "Patient", "_compartment", f"Patient/{of}"),
        "dates": value_key(tenant, "Condition", "recorded-date"),
        "low": day,
        "versioned": versioned,
    }
    return int(graph.run(_WRITE, **parameters)[0]["serial"])


def coded(*codes: str) -> Expression:
    """That a diagnosis has one of some codes."""
    return Term(CODE, codes)


def recorded_before(day: float) -> Expression:
    """That a diagnosis was recorded before a day."""
    return Span(RECORDED, Order.EB, day, None)


def caller(tenant: str, *patients: str) -> AccessScope:
    """Who sees the patients that are named, or all where none is."""
    keys = frozenset(resource_key(tenant, "Patient", each) for each in patients)
    return AccessScope(tenant, "someone", "any", "test", patients=keys if patients else None)
