"""The layouts that spike (a) compares: how each is loaded, indexed and asked.

Every layout holds the same Observations with the same search values: code, status and patient are terms, date
and code-value-quantity are spans. Layouts stand side by side in one database under labels of their own, so
each has its own indexes and statistics.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

RESOURCE = (
    "key: row.key, kind: $kind, id: row.id, serial: row.serial, versionId: 1, lastUpdated: row.updated, \
deleted: false, compartment: row.compartment"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to keep search values: `load` takes `rows`; `extra` indexes are added and measured in turn."""

    load: str
    indexes: Mapping[str, str]
    cases: Mapping[str, str]
    extra: Mapping[str, str] = field(default_factory=dict)
    revise: str = ""


def _index(label: str, *names: str) -> str:
    return f"FOR (n:{label}) ON ({', '.join(f'n.{name}' for name in names)})"


def _edge_index(edge: str, *names: str) -> str:
    return f"FOR ()-[n:{edge}]-() ON ({', '.join(f'n.{name}' for name in names)})"


_CREATE_ROWS = """
WITH r, row
CALL (r, row) { UNWIND row.terms AS v
  CREATE (:Term {key: v[0], system: v[1], serial: row.serial, date: row.date})-[:OF]->(r) }
CALL (r, row) { UNWIND row.spans AS v
  CREATE (:Span {key: v[0], low: v[1], high: v[2], system: v[3], code: v[4], serial: row.serial})-[:OF]->(r) }
"""
_CREATE_EDGES = """
WITH r, row
CALL (r, row) { UNWIND row.terms AS v
  CREATE (r)-[:TERM {key: v[0], system: v[1], serial: row.serial, date: row.date}]->(r) }
CALL (r, row) { UNWIND row.spans AS v
  CREATE (r)-[:SPAN {key: v[0], low: v[1], high: v[2], system: v[3], code: v[4], serial: row.serial}]->(r) }
"""
_CREATE_CONCEPTS = """
WITH r, row
CALL (r, row) { UNWIND row.terms[..2] AS v MERGE (c:Concept {key: v[0]}) CREATE (r)-[:CODED]->(c) }
CALL (r, row) { UNWIND row.terms[2..3] AS v MERGE (p:Owner {key: v[0]}) CREATE (r)-[:SUBJECT]->(p) }
"""

_BY_CODE = "MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = $code AND t.serial > $after"
_BY_PATIENT = "MATCH (t:Term) USING INDEX t:Term(key, serial) WHERE t.key = $patient AND t.serial > $after"
_BY_DATE = "MATCH (t:Span) USING INDEX t:Span(key, low) WHERE t.key = $date AND t.low IS NOT NULL"
_PAGE = "WITH t ORDER BY t.key, t.serial LIMIT 50 MATCH (t)-[:OF]->(r) RETURN r.key, t.serial"
_NEWEST = "WITH t ORDER BY t.key DESC, t.low DESC LIMIT 50 MATCH (t)-[:OF]->(r) RETURN r.key, t.low"
_NEWEST_TERM = _NEWEST.replace("t.low", "t.date")
_TERM_AT = "USING INDEX f:Term(key, serial) WHERE f.key = {} AND f.serial = t.serial"


def _expand(key: str, label: str = "Term", more: str = "") -> str:
    return f"EXISTS {{ (t)-[:OF]->(r)<-[:OF]-(f:{label} {{key: {key}}}) {more} }}"


def _seek(key: str) -> str:
    return f"EXISTS {{ MATCH (f:Term) {_TERM_AT.format(key)} }}"


_IN_RANGE = "WHERE f.low >= $from AND f.high <= $to"
_ROWS_CASES = {
    "code, creation order": f"{_BY_CODE} {_PAGE}",
    "code, creation order, ORDER BY without the key": f"{_BY_CODE} {_PAGE.replace('t.key, ', '')}",
    "code, creation order, no hint": f"MATCH (t:Term) WHERE t.key = $code AND t.serial > $after {_PAGE}",
    "code, creation order, from the middle": f"{_BY_CODE.replace('$after', '$middle')} {_PAGE}",
    "code, creation order backwards": (
        f"{_BY_CODE} WITH t ORDER BY t.key DESC, t.serial DESC LIMIT 50 "
        "MATCH (t)-[:OF]->(r) RETURN r.key, t.serial"
    ),
    "20 codes, IN": f"{_BY_CODE.replace('= $code', 'IN $codes')} {_PAGE.replace('t.key, ', '')}",
    "20 codes, a branch each": (
        f"UNWIND $codes AS code CALL (code) {{ {_BY_CODE.replace('$code', 'code')} "
        "WITH t ORDER BY t.key, t.serial LIMIT 50 RETURN t } "
        "WITH t ORDER BY t.serial LIMIT 50 MATCH (t)-[:OF]->(r) RETURN r.key, t.serial ORDER BY t.serial"
    ),
    "code, newest first: code drives, expand to date": (
        f"{_BY_CODE} MATCH (t)-[:OF]->(r)<-[:OF]-(d:Span {{key: $date}}) "
        "RETURN r.key, d.low ORDER BY d.low DESC LIMIT 50"
    ),
    "code, newest first: date drives, expand to code": f"{_BY_DATE} AND {_expand('$code')} {_NEWEST}",
    "code, newest first: date drives, (key, serial) seek": f"{_BY_DATE} AND {_seek('$code')} {_NEWEST}",
    "code & value >: token drives, expand to value": (
        f"{_BY_CODE} AND {_expand('$quantity', 'Span', 'WHERE f.high > $value')} {_PAGE}"
    ),
    "code & value >: composite row": (
        "MATCH (t:Span) USING INDEX t:Span(key, low) WHERE t.key = $quantity AND t.low > $value "
        "WITH t ORDER BY t.key, t.low LIMIT 50 MATCH (t)-[:OF]->(r) RETURN r.key, t.low"
    ),
    "patient & code: expand": f"{_BY_PATIENT} AND {_expand('$code')} {_PAGE}",
    "patient & code: (key, serial) seek": f"{_BY_PATIENT} AND {_seek('$code')} {_PAGE}",
    "code & status: expand": f"{_BY_CODE} AND {_expand('$status')} {_PAGE}",
    "code & status: (key, serial) seek": f"{_BY_CODE} AND {_seek('$status')} {_PAGE}",
    "code & not status: (key, serial) seek": f"{_BY_CODE} AND NOT {_seek('$status')} {_PAGE}",
    "code & month: code drives, expand to date": (
        f"{_BY_CODE} AND {_expand('$date', 'Span', _IN_RANGE)} {_PAGE}"
    ),
    "code & month, newest first: date drives, (key, serial) seek": (
        f"{_BY_DATE.replace('IS NOT NULL', '>= $from AND t.low < $to')} AND {_seek('$code')} {_NEWEST}"
    ),
    "_lastUpdated page": (
        "MATCH (r:RowsResource) USING INDEX r:RowsResource(kind, lastUpdated) "
        "WHERE r.kind = $kind AND r.lastUpdated > $since "
        "RETURN r.key, r.serial ORDER BY r.kind, r.lastUpdated LIMIT 50"
    ),
}
_ROWS_DATE_CASES = {
    "code, newest first: Term(key, date)": (
        "MATCH (t:Term) USING INDEX t:Term(key, date) WHERE t.key = $code AND t.date IS NOT NULL "
        + _NEWEST_TERM
    ),
    "code & month, newest first: Term(key, date)": (
        "MATCH (t:Term) USING INDEX t:Term(key, date) "
        f"WHERE t.key = $code AND t.date >= $from AND t.date < $to {_NEWEST_TERM}"
    ),
}
_SPAN_SEEK = (
    "EXISTS { MATCH (f:Span) USING INDEX f:Span(key, serial) "
    "WHERE f.key = $date AND f.serial = t.serial AND f.low >= $from AND f.high <= $to }"
)
_ROWS_SERIAL_CASES = {
    "code & month: code drives, Span(key, serial) seek": f"{_BY_CODE} AND {_SPAN_SEEK} {_PAGE}",
    "code, newest first: code drives, Span(key, serial) seek": (
        f"{_BY_CODE} MATCH (d:Span) USING INDEX d:Span(key, serial) "
        "WHERE d.key = $date AND d.serial = t.serial "
        "WITH t, d.low AS low ORDER BY low DESC LIMIT 50 "
        "MATCH (t)-[:OF]->(r) RETURN r.key, low ORDER BY low DESC"
    ),
}

_BY_NAME = "MATCH (t:Text) USING INDEX t:Text(key, value) WHERE t.key = $name AND"
_BY_KIND = "MATCH (t:RowsResource) USING INDEX t:RowsResource(kind, serial) WHERE t.kind = $kind"
_BY_VALUE = "WITH t ORDER BY t.key, t.value LIMIT 50 MATCH (t)-[:OF]->(r) RETURN r.key, t.value"
NAMES = """
UNWIND $rows AS row CREATE (:Text {key: $name, value: row.value, exact: row.value, serial: row.serial})
-[:OF]->(:Named {key: row.value})
"""
SHAPES: dict[str, str] = {
    "text prefix, by value": f"{_BY_NAME} t.value STARTS WITH 'smi' {_BY_VALUE}",
    "text prefix, next page by STARTS WITH": (
        f"{_BY_NAME} t.value STARTS WITH 'smi' AND t.value > 'smith19' {_BY_VALUE}"
    ),
    "text prefix, next page by range": (
        f"{_BY_NAME} t.value >= 'smith19' AND t.value < 'smj' AND (t.value > 'smith19' OR t.serial > $after) "
        f"{_BY_VALUE.replace('t.value LIMIT', 't.value, t.serial LIMIT')}"
    ),
    "date order, next page by (low, serial)": (
        f"{_BY_DATE.replace('IS NOT NULL', '<= $from')} AND (t.low < $from OR t.serial > $after) "
        f"{_NEWEST.replace('DESC LIMIT', 'DESC, t.serial LIMIT')}"
    ),
    "no driving leaf: type by serial, NOT status": (
        f"{_BY_KIND} AND t.serial > $after AND NOT {_seek('$status')} "
        "WITH t ORDER BY t.kind, t.serial LIMIT 50 RETURN t.key"
    ),
    "patient & (code or status)": f"{_BY_PATIENT} AND ({_seek('$code')} OR {_seek('$status')}) {_PAGE}",
    "patient & NOT (code & status)": (
        f"{_BY_PATIENT} AND NOT ({_seek('$code')} AND {_seek('$status')}) {_PAGE}"
    ),
    "20 codes, a branch each, distinct": (
        f"UNWIND $codes AS code CALL (code) {{ {_BY_CODE.replace('$code', 'code')} "
        "WITH t ORDER BY t.key, t.serial LIMIT 50 RETURN t } "
        "WITH DISTINCT t.serial AS serial ORDER BY serial LIMIT 50 RETURN serial"
    ),
    "code, a page of distinct resources": (
        f"{_BY_CODE} MATCH (t)-[:OF]->(r) WITH DISTINCT t.key AS key, t.serial AS serial, r "
        "ORDER BY key, serial LIMIT 50 RETURN r.key"
    ),
    "join of two rows over the resource, no hint": (
        "MATCH (t:Term)-[:OF]->(r)<-[:OF]-(f:Term) WHERE t.key = $code AND t.serial > $after "
        "AND f.key = $status RETURN r.key ORDER BY t.key, t.serial LIMIT 50"
    ),
    "rows without a date, where all have one": (
        f"{_BY_KIND} AND t.serial > $after AND NOT EXISTS {{ (t)<-[:OF]-(:Span {{key: $date}}) }} "
        "WITH t ORDER BY t.kind, t.serial LIMIT 50 RETURN t.key"
    ),
}

_EDGE_CODE = (
    "MATCH (r)-[t:TERM]->() USING INDEX t:TERM(key, serial) WHERE t.key = $code AND t.serial > $after"
)
_EDGE_DATE = "MATCH (r)-[t:SPAN]->() USING INDEX t:SPAN(key, low) WHERE t.key = $date AND t.low IS NOT NULL"
_EDGE_PAGE = "RETURN r.key, t.serial ORDER BY t.key, t.serial LIMIT 50"
_EDGE_NEWEST = "RETURN r.key, t.low ORDER BY t.key DESC, t.low DESC LIMIT 50"
_EDGE_SEEK = "EXISTS {{ MATCH ()-[f:TERM]->() " + _TERM_AT.replace("Term", "TERM") + " }}"
_EDGE_HAS = "EXISTS {{ (r)-[:TERM {{key: {}}}]->() }}"
_EDGE_PATIENT = _EDGE_CODE.replace("$code", "$patient")
_EDGES_CASES = {
    "code, creation order": f"{_EDGE_CODE} {_EDGE_PAGE}",
    "code, newest first: date drives, expand to code": (
        f"{_EDGE_DATE} AND {_EDGE_HAS.format('$code')} {_EDGE_NEWEST}"
    ),
    "code, newest first: date drives, (key, serial) seek": (
        f"{_EDGE_DATE} AND {_EDGE_SEEK.format('$code')} {_EDGE_NEWEST}"
    ),
    "code & value >: composite row": (
        "MATCH (r)-[t:SPAN]->() USING INDEX t:SPAN(key, low) WHERE t.key = $quantity AND t.low > $value "
        "RETURN r.key, t.low ORDER BY t.key, t.low LIMIT 50"
    ),
    "patient & code: expand": (f"{_EDGE_PATIENT} AND {_EDGE_HAS.format('$code')} {_EDGE_PAGE}"),
    "patient & code: (key, serial) seek": (f"{_EDGE_PATIENT} AND {_EDGE_SEEK.format('$code')} {_EDGE_PAGE}"),
    "code & status: expand": f"{_EDGE_CODE} AND {_EDGE_HAS.format('$status')} {_EDGE_PAGE}",
    "code & month: code drives, expand to date": (
        f"{_EDGE_CODE} AND EXISTS {{ (r)-[f:SPAN {{key: $date}}]->() {_IN_RANGE} }} {_EDGE_PAGE}"
    ),
    "_lastUpdated page": _ROWS_CASES["_lastUpdated page"].replace("RowsResource", "EdgesResource"),
}

_LIST_CODE = "MATCH (r:Listed) USING INDEX r:Listed(code, serial) WHERE r.code = $code AND r.serial > $after"
_LIST_DATE = "MATCH (r:Listed) USING INDEX r:Listed(code, date) WHERE r.code = $code AND"
_LIST_PATIENT = (
    "MATCH (r:Listed) USING INDEX r:Listed(patient, serial) WHERE r.patient = $patient AND r.serial > $after"
)
_LIST_PAGE = "RETURN r.key, r.serial ORDER BY {}, r.serial LIMIT 50"
_LIST_NEWEST = "RETURN r.key, r.date ORDER BY r.code DESC, r.date DESC LIMIT 50"
_LIST_CASES = {
    "code, creation order": f"{_LIST_CODE} {_LIST_PAGE.format('r.code')}",
    "code, newest first: (code, date) index": f"{_LIST_DATE} r.date IS NOT NULL {_LIST_NEWEST}",
    "code & value >: composite index": (
        "MATCH (r:Listed) USING INDEX r:Listed(code, value) WHERE r.code = $code AND r.value > $value "
        "RETURN r.key, r.value ORDER BY r.code, r.value LIMIT 50"
    ),
    "patient & code: IN on the list": (
        f"{_LIST_PATIENT} AND $code IN r.tokens {_LIST_PAGE.format('r.patient')}"
    ),
    "code & status: IN on the list": f"{_LIST_CODE} AND $status IN r.tokens {_LIST_PAGE.format('r.code')}",
    "code & month: (code, date) index": f"{_LIST_DATE} r.date >= $from AND r.date < $to {_LIST_NEWEST}",
    "code by the list alone": (
        "MATCH (r:Listed) USING INDEX r:Listed(kind, serial) WHERE r.kind = $kind AND r.serial > $after "
        f"AND $code IN r.tokens {_LIST_PAGE.format('r.kind')}"
    ),
    "_lastUpdated page": _ROWS_CASES["_lastUpdated page"].replace("RowsResource", "Listed"),
}

_CODED = "MATCH (:Concept {key: $code})<-[:CODED]-(r:ConceptResource)"
_CONCEPT_PAGE = "RETURN r.key, r.serial ORDER BY r.serial LIMIT 50"
_CONCEPT_NEWEST = "RETURN r.key, r.date ORDER BY r.date DESC LIMIT 50"
_CONCEPT_HAS = "EXISTS {{ (r)-[:CODED]->(:Concept {{key: {}}}) }}"
_CONCEPT_CASES = {
    "code, creation order": f"{_CODED} WHERE r.serial > $after {_CONCEPT_PAGE}",
    "code, newest first": f"{_CODED} {_CONCEPT_NEWEST}",
    "code & value >": f"{_CODED} WHERE r.value > $value RETURN r.key, r.value ORDER BY r.value LIMIT 50",
    "patient & code": (
        "MATCH (:Owner {key: $patient})<-[:SUBJECT]-(r) "
        f"WHERE {_CONCEPT_HAS.format('$code')} {_CONCEPT_PAGE}"
    ),
    "code & status": f"{_CODED} WHERE {_CONCEPT_HAS.format('$status')} {_CONCEPT_PAGE}",
    "code & month": f"{_CODED} WHERE r.date >= $from AND r.date < $to {_CONCEPT_NEWEST}",
    "_lastUpdated page": _ROWS_CASES["_lastUpdated page"].replace("RowsResource", "ConceptResource"),
}


def _resource(label: str, properties: str = "") -> str:
    return f"UNWIND $rows AS row CREATE (r:{label} {{{RESOURCE}{properties}}})"


def _revise(label: str, forget: str) -> str:
    return (
        f"UNWIND $rows AS row MATCH (r:{label} {{kind: $kind, serial: row.serial}}) SET r.versionId = 2 "
        f"WITH r, row CALL (r) {{ {forget} }}"
    )


def _base_indexes(label: str) -> dict[str, str]:
    return {
        f"{label.lower()}_serial": _index(label, "kind", "serial"),
        f"{label.lower()}_updated": _index(label, "kind", "lastUpdated"),
    }


_SINGLE = ", code: row.terms[0][0], patient: row.terms[2][0], date: row.date, value: row.value"
LAYOUTS: dict[str, Layout] = {
    "bare": Layout(_resource("Bare"), _base_indexes("Bare"), {}),
    "rows": Layout(
        _resource("RowsResource") + _CREATE_ROWS,
        _base_indexes("RowsResource")
        | {
            "term_serial": _index("Term", "key", "serial"),
            "text_value": _index("Text", "key", "value"),
            "span_low": _index("Span", "key", "low"),
        },
        _ROWS_CASES,
        {"term_date": _index("Term", "key", "date"), "span_serial": _index("Span", "key", "serial")},
        _revise("RowsResource", "MATCH (r)<-[:OF]-(value) DETACH DELETE value") + _CREATE_ROWS,
    ),
    "edges": Layout(
        _resource("EdgesResource") + _CREATE_EDGES,
        _base_indexes("EdgesResource")
        | {"edge_term": _edge_index("TERM", "key", "serial"), "edge_span": _edge_index("SPAN", "key", "low")},
        _EDGES_CASES,
        {},
        _revise("EdgesResource", "MATCH (r)-[value:TERM|SPAN]->(r) DELETE value") + _CREATE_EDGES,
    ),
    "list": Layout(
        _resource("Listed", _SINGLE + ", tokens: [v IN row.terms | v[0]]"),
        _base_indexes("Listed")
        | {
            f"listed_{a}_{b}": _index("Listed", a, b)
            for a, b in (("code", "serial"), ("code", "date"), ("code", "value"), ("patient", "serial"))
        },
        _LIST_CASES,
    ),
    "concept": Layout(
        _resource("ConceptResource", ", date: row.date, value: row.value") + _CREATE_CONCEPTS,
        _base_indexes("ConceptResource")
        | {"concept_key": _index("Concept", "key"), "owner_key": _index("Owner", "key")},
        _CONCEPT_CASES,
    ),
}
EXTRA_CASES: dict[str, Mapping[str, str]] = {"term_date": _ROWS_DATE_CASES, "span_serial": _ROWS_SERIAL_CASES}
VARIANTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "rows": ("rows", ()),
    "rows + Term(key, date)": ("rows", ("term_date",)),
    "rows + Span(key, serial) too": ("rows", ("term_date", "span_serial")),
    "edges": ("edges", ()),
}

CREATIONS: dict[str, str] = {
    "labels and type in the text": "UNWIND $rows AS row CREATE (n:Thing:Observation {serial: row.serial}) "
    "CREATE (n)-[:SUBJECT {path: 'subject'}]->(n)",
    "SET n:$(…), type $(…)": "UNWIND $rows AS row CREATE (n:Thing {serial: row.serial}) SET n:$(row.label) "
    "CREATE (n)-[:$(row.edge) {path: 'subject'}]->(n)",
    "CREATE (n:Thing:$(…)), type $(…)": "UNWIND $rows AS row "
    "CREATE (n:Thing:$(row.label) {serial: row.serial}) "
    "CREATE (n)-[:$(row.edge) {path: 'subject'}]->(n)",
}
