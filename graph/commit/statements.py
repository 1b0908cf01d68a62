"""The Cypher of a commit: one statement that locks and loads, one that writes.

Each part of the writing statement is a `CALL () { … }` of its own over one list of rows; a commit runs the
parts it has rows for, in one round trip. All lists travel inside one map: Neo4j compiles a text anew for each
order of magnitude of a list parameter's length, and not for what is inside a map (ADR 0002). Labels and
relationship types come from the FHIR definitions.
"""

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from graph.commit.writes import ChangeWrite, InstanceRemoval, InstanceWrite, ResourceWrite, Writes
from graph.keys import kind_key, version_key

if TYPE_CHECKING:
    from graph.commit.state import State
    from graph.session import Transaction

REMEMBERED = 64  # commit ids that the counter keeps, to settle an unknown outcome

# The first SET takes the write lock before anything is read (Neo4j manual, "Lost updates").
LOAD = """
MERGE (c:Counter {key: $tenant})
SET c.lockedAt = $now
WITH c
CALL () { UNWIND $keys.resources AS key
  MATCH (r:Resource {key: key}) RETURN collect(properties(r)) AS resources }
CALL () { UNWIND $keys.studies AS key
  MATCH (s:ImagingStudy {dicomKey: key}) RETURN collect(properties(s)) AS studies }
CALL () { UNWIND $keys.series AS key MATCH (x:Series {key: key}) RETURN collect(properties(x)) AS series }
CALL () { UNWIND $keys.instances AS key MATCH (i:Instance {key: key}) RETURN collect(i.key) AS instances }
RETURN properties(c) AS counter, resources, studies, series, instances
"""

_RESOURCES = """
UNWIND $batch.resources AS row
MERGE (r:Resource {key: row.key})
SET r += row.properties
SET r:$(row.type)
CREATE (r)-[:HAS_VERSION]->(v:Version)
SET v = row.version
WITH r, v, row
CALL (r, row) {
  WITH r, row WHERE row.replaces
  MATCH (r)-[current:CURRENT]->() DELETE current
}
CREATE (r)-[:CURRENT]->(v)
WITH r, row
CALL (r, row) {
  WITH r, row WHERE row.replaces AND row.revalues
  MATCH (r)<-[:OF]-(value) DETACH DELETE value
}
CALL (r, row) {
  WITH r, row WHERE row.replaces AND row.revalues
  MATCH (r)-[edge]->() WHERE edge.path IS NOT NULL DELETE edge
}
CALL (r, row) { UNWIND row.terms AS v
  CREATE (:Term {key: v[0], system: v[1], serial: row.serial})-[:OF]->(r) }
CALL (r, row) { UNWIND row.texts AS v
  CREATE (:Text {key: v[0], value: v[1], exact: v[2], serial: row.serial})-[:OF]->(r) }
CALL (r, row) { UNWIND row.spans AS v
  CREATE (:Span {key: v[0], low: v[1], high: v[2], system: v[3], code: v[4], serial: row.serial})-[:OF]->(r) }
CALL (r, row) { UNWIND row.edges AS e
  MERGE (target:Resource {key: e[0]})
  CREATE (r)-[:$(e[1]) {path: e[2]}]->(target) }
"""

_SERIES = """
UNWIND $batch.series AS row
MATCH (s:ImagingStudy {dicomKey: row.study})
MERGE (x:Series {key: row.key})
SET x += row.properties
MERGE (s)-[:HAS_SERIES]->(x)
"""

_INSTANCES = """
UNWIND $batch.instances AS row
MATCH (x:Series {key: row.series})
CREATE (x)-[:HAS_INSTANCE]->(i:Instance)
SET i = row.properties
"""

_REMOVALS = """
UNWIND $batch.removals AS row
MATCH (i:Instance {key: row.key})
CREATE (t:Tombstone)
SET t = row.tombstone
DETACH DELETE i
"""

_EMPTY_SERIES = "UNWIND $batch.empty_series AS key MATCH (x:Series {key: key}) DETACH DELETE x"

_CHANGES = "UNWIND $batch.changes AS row CREATE (change:Change) SET change = row"

_ENTRIES = """
UNWIND $batch.entries AS row
MERGE (e:Entry {key: row.key})
SET e:AuditEvent, e += row.properties
"""

_COUNTERS = "UNWIND $batch.counters AS row MATCH (c:Counter {key: row.key}) SET c += row"

_PARTS = {
    "resources": _RESOURCES,
    "removals": _REMOVALS,
    "empty_series": _EMPTY_SERIES,
    "series": _SERIES,
    "instances": _INSTANCES,
    "changes": _CHANGES,
    "entries": _ENTRIES,
    "counters": _COUNTERS,
}


def flush(transaction: "Transaction", state: "State", writes: Writes, commit_id: str | None = None) -> None:
    """Write a batch; versions and changes take their numbers from the counter as they go.

    One statement, but for resources that the batch wrote twice: each later version is a statement of its own,
    since rows of one UNWIND do not see one another. With `commit_id` it is the last of a commit, and moves
    the counter.
    """
    others = _rows(state, writes)  # first, so that a version knows the last change that it shows
    first, *later = _rounds(writes.resources) or [[]]
    rounds = [{"resources": [_resource_row(state, each) for each in again]} for again in (first, *later)]
    rounds[0] |= others
    if commit_id:
        rounds[-1]["counters"] = [_counter_row(state, commit_id)]
    for rows in rounds:
        _run_parts(transaction, rows)


def _counter_row(state: "State", commit_id: str) -> dict[str, Any]:
    return {
        "key": state.tenant,
        "clock": state.now,
        "serial": state.serial,
        "sequence": state.sequence,
        "versionSequence": state.version_sequence,
        "recent": [commit_id, *state.recent[: REMEMBERED - 1]],
    }


def _rows(state: "State", writes: Writes) -> dict[str, list[Any]]:
    changes = [_change_row(state, change) for change in writes.changes]
    sequences = {(change["action"], change["instance"]): change["sequence"] for change in changes}
    return {
        "removals": [_removal_row(each, sequences["Delete", each.key]) for each in writes.removals],
        "empty_series": writes.empty_series,
        "series": [{"key": x.key, "study": x.study, "properties": x.properties} for x in writes.series],
        "instances": [_instance_row(each, sequences["Create", each.key]) for each in writes.instances],
        "changes": changes,
        "entries": writes.entries,
    }


def _run_parts(transaction: "Transaction", rows: dict[str, list[Any]]) -> None:
    used = {name: listed for name, listed in rows.items() if listed}
    if used:
        text = "\n".join(f"CALL () {{ {_PARTS[name]} }}" for name in _PARTS if name in used)
        transaction.run(text, batch=used)


def _rounds(writes: list[ResourceWrite]) -> list[list[ResourceWrite]]:
    """The writes such that each round has a resource once; snapshots of one version become one."""
    versions: dict[tuple[str, int], ResourceWrite] = {}
    for write in writes:
        place = (write.key, write.version_id)
        earlier = versions.get(place)
        values = write.values or (earlier.values if earlier else None)
        versions[place] = replace(write, values=values) if earlier else write
    rounds: list[list[ResourceWrite]] = []
    seen: dict[str, int] = {}
    for (key, _), write in versions.items():
        number = seen.get(key, 0)
        seen[key] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(write)
    return rounds


def _instance_row(write: InstanceWrite, sequence: int) -> dict[str, Any]:
    return {
        "series": write.series,
        "properties": {**write.properties, "sequence": sequence, "serial": sequence},
    }


def _removal_row(removal: InstanceRemoval, sequence: int) -> dict[str, Any]:
    return {"key": removal.key, "tombstone": {**removal.tombstone, "deletedSequence": sequence}}


def _resource_row(state: "State", write: ResourceWrite) -> dict[str, Any]:
    state.version_sequence += 1
    kind = kind_key(state.tenant, write.resource_type)
    known = state.resource(write.key)
    serial = write.properties.get("serial") or (known.serial if known else None)
    values = write.values
    return {
        "key": write.key,
        "type": write.resource_type,
        "serial": serial,
        "replaces": write.version_id > 1,
        "revalues": values is not None,
        "properties": {
            "kind": kind,
            "id": write.resource_id,
            "versionId": write.version_id,
            "lastUpdated": state.now,
            "deleted": write.method == "DELETE",
            "compartment": None if write.compartment is None else list(write.compartment),
            **write.properties,
        },
        "version": {
            "key": version_key(write.key, write.version_id),
            "feed": state.tenant,
            "kind": kind,
            "versionId": write.version_id,
            "sequence": state.version_sequence,
            "lastUpdated": state.now,
            "changes": state.sequence,
            "method": write.method,
            "rendered": write.snapshot or None,
            "body": zlib.compress(write.body, 1) if write.body else b"",
        },
        "terms": values.terms if values else (),
        "texts": values.texts if values else (),
        "spans": values.spans if values else (),
        "edges": values.edges if values else (),
    }


def _change_row(state: "State", change: ChangeWrite) -> dict[str, Any]:
    state.sequence += 1
    return {
        "key": f"{state.tenant}|{state.sequence}",
        "feed": state.tenant,
        "sequence": state.sequence,
        "partition": change.partition,
        "StudyInstanceUID": change.study_uid,
        "SeriesInstanceUID": change.series_uid,
        "SOPInstanceUID": change.sop_uid,
        "action": change.action,
        "instance": change.instance,
        "timestamp": state.now,
    }
