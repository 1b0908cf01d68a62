"""The store of added search parameters: `(:AddedParameter {key: "t|-|parameter|Type|code", …})`.

A parameter is written from the version of a SearchParameter resource, and is `ready` once what was there
before is indexed. Its values are rows like those of any other; who writes them here holds the counter of the
tenant, as a commit does, and leaves out what was written meanwhile: that has them already.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from fhir_profiles.definitions.added import AddedParameter
from fhir_profiles.definitions.registry import SearchParameter
from graph.clock import now
from graph.commit.ledger import REWRITING
from graph.cypher.row_creation import CREATE_VALUES
from graph.keys import kind_key, parameter_key, resource_key, value_key
from graph.packing import unpacked
from graph.query.rows import ValueRows
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

KIND = "SearchParameter"
_ALL = "MATCH (p:AddedParameter) WHERE p.tenant = $tenant RETURN properties(p) AS parameter ORDER BY p.key"
_CURRENT = """
MATCH (r:Resource {key: $key})-[:CURRENT]->(v:Version)
RETURN v.versionId AS version, v.body AS body
"""
_NEWER = """
MATCH (v:Version) WHERE v.kind = $kind AND v.sequence > $after
MATCH (r:Resource)-[:HAS_VERSION]->(v)
RETURN r.id AS id, v.versionId AS version, v.sequence AS sequence, v.body AS body
ORDER BY v.sequence LIMIT $limit
"""
_FORGET = "MATCH (p:AddedParameter) WHERE p.tenant = $tenant AND p.id = $id AND NOT p.key IN $kept DELETE p"
_WRITE = """
UNWIND $rows AS row
MERGE (p:AddedParameter {key: row.key}) SET p = row
"""
_READY = """
MATCH (p:AddedParameter) WHERE p.tenant = $tenant AND p.id = $id AND p.version = $version SET p.ready = true
"""
_PAGE = """
MATCH (r:Resource) USING INDEX r:Resource(kind, serial)
WHERE r.kind = $kind AND r.serial > $after
WITH r ORDER BY r.kind, r.serial LIMIT $limit
OPTIONAL MATCH (r)-[:CURRENT]->(v:Version) WHERE r.deleted = false
RETURN r.key AS key, r.serial AS serial, r.versionId AS version, v.body AS body
"""
_COUNT = "MATCH (r:Resource) WHERE r.kind = $kind AND r.serial IS NOT NULL RETURN count(r) AS count"
_HOLD = f"MERGE (c:Counter {{key: $tenant}}) SET c.lockedAt = $now {REWRITING.format(counter='c')}"
_OWN = "({row}.key = $own OR {row}.key STARTS WITH $codes OR {row}.key STARTS WITH $beside)"
_FILL = f"""
UNWIND $rows AS row
MATCH (r:Resource {{key: row.key}}) WHERE r.versionId = row.version AND r.deleted = false
CALL (r) {{ MATCH (r)<-[:OF]-(old) WHERE {_OWN.format(row="old")} DETACH DELETE old }}
{CREATE_VALUES}
"""
_EMPTY = f"""
MATCH (v:$(label)) WHERE {_OWN.format(row="v")}
WITH v LIMIT $limit DETACH DELETE v RETURN count(*) AS count
"""
_LABELS = ("Term", "Text", "Span")


@dataclass(frozen=True, slots=True)
class KeptParameter:
    """An added parameter with the resource and the version of it that it comes from."""

    resource_id: str
    version: int
    added: AddedParameter


@dataclass(frozen=True, slots=True)
class ParameterVersion:
    """One version of a SearchParameter resource; `document` is None where it was deleted."""

    resource_id: str
    version: int
    sequence: int
    document: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class UnindexedResource:
    """A resource that is to be indexed: its version, and its document, None for one that is not there."""

    key: str
    serial: int
    version: int
    document: Mapping[str, Any] | None


@scoped
class ParameterStore:
    """Added parameters of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def every(self, scope: AccessScope) -> list[KeptParameter]:
        """All parameters that the tenant added."""
        rows = self._graph.read(_ALL, tenant=scope.tenant)
        return [_kept(row["parameter"]) for row in rows]

    def current(self, scope: AccessScope, resource_id: str) -> ParameterVersion | None:
        """The current version of a SearchParameter; None where there never was one."""
        rows = self._graph.read(_CURRENT, key=resource_key(scope.tenant, KIND, resource_id))
        return ParameterVersion(resource_id, rows[0]["version"], 0, _document(rows[0])) if rows else None

    def newer(self, scope: AccessScope, after: int, limit: int) -> list[ParameterVersion]:
        """Versions of SearchParameters beyond a number of the order of histories, in that order."""
        rows = self._graph.read(_NEWER, kind=kind_key(scope.tenant, KIND), after=after, limit=limit)
        return [ParameterVersion(row["id"], row["version"], row["sequence"], _document(row)) for row in rows]

    def replace(
        self, scope: AccessScope, resource_id: str, version: int, added: Iterable[AddedParameter]
    ) -> None:
        """Keep these as the parameters of a SearchParameter, none of them ready, instead of those before."""
        rows = [_row(scope.tenant, KeptParameter(resource_id, version, each)) for each in added]
        names = {"tenant": scope.tenant, "id": resource_id}

        def work(transaction: Transaction) -> None:
            transaction.run(_FORGET, kept=[row["key"] for row in rows], **names)
            transaction.run(_WRITE, rows=rows)

        self._graph.write(work)

    def make_ready(self, scope: AccessScope, resource_id: str, version: int) -> None:
        """Let the parameters of a version be asked."""
        values = {"tenant": scope.tenant, "id": resource_id, "version": version}
        self._graph.write(lambda transaction: transaction.run(_READY, **values))

    def size(self, scope: AccessScope, resource_type: str) -> int:
        """How many resources of a type there are, deleted ones too."""
        rows = self._graph.read(_COUNT, kind=kind_key(scope.tenant, resource_type))
        return int(rows[0]["count"])

    def unindexed(
        self, scope: AccessScope, resource_type: str, after: int, limit: int
    ) -> list[UnindexedResource]:
        """Resources of a type in the order of their creation, from behind a creation number on."""
        kind = kind_key(scope.tenant, resource_type)
        rows = self._graph.read(_PAGE, kind=kind, after=after, limit=limit)
        return [UnindexedResource(row["key"], row["serial"], row["version"], _document(row)) for row in rows]

    def fill(
        self,
        scope: AccessScope,
        added: AddedParameter,
        values: Sequence[tuple[UnindexedResource, ValueRows]],
    ) -> None:
        """Write the values of a parameter; what has another version by now is left as it is."""
        rows = [_values(each, found) for each, found in values]
        own = value_key(scope.tenant, added.resource_type, added.parameter.name)

        def work(transaction: Transaction) -> None:
            transaction.run(_HOLD, tenant=scope.tenant, now=now())
            transaction.run(_FILL, rows=rows, **_prefixes(own))

        self._graph.write(work)

    def empty(self, scope: AccessScope, added: AddedParameter, limit: int) -> int:
        """Remove values of a parameter, at most so many of each kind; return how many went."""
        own = value_key(scope.tenant, added.resource_type, added.parameter.name)

        def work(transaction: Transaction) -> int:
            texts = (_EMPTY.replace("$(label)", label) for label in _LABELS)
            gone = (transaction.run(text, limit=limit, **_prefixes(own))[0]["count"] for text in texts)
            return sum(map(int, gone))

        return self._graph.write(work)


def _prefixes(own: str) -> dict[str, str]:
    """The keys of a parameter's rows: of its texts and spans, of its codes, of what is kept beside these."""
    return {"own": own, "codes": f"{own}|", "beside": f"{own}:"}


def _row(tenant: str, kept: KeptParameter) -> dict[str, Any]:
    parameter = kept.added.parameter
    definition = {
        "parts": list(parameter.parts),
        "targets": list(parameter.targets),
        "expression": kept.added.expression,
    }
    return {
        "key": parameter_key(tenant, kept.added.resource_type, parameter.name),
        "tenant": tenant,
        "id": kept.resource_id,
        "version": kept.version,
        "of": kept.added.resource_type,
        "name": parameter.name,
        "type": parameter.type,
        "definition": orjson.dumps(definition).decode(),
        "ready": kept.added.ready,
    }


def _kept(node: Row) -> KeptParameter:
    found = orjson.loads(node["definition"])
    parameter = SearchParameter(node["name"], node["type"], tuple(found["parts"]), tuple(found["targets"]))
    added = AddedParameter(node["of"], parameter, found["expression"], node["ready"])
    return KeptParameter(node["id"], node["version"], added)


def _document(row: Row) -> Mapping[str, Any] | None:
    if not row["body"]:
        return None
    document: Mapping[str, Any] = orjson.loads(unpacked(row["body"]))
    return document


def _values(resource: UnindexedResource, values: ValueRows) -> dict[str, Any]:
    return {
        "key": resource.key,
        "serial": resource.serial,
        "version": resource.version,
        "terms": values.terms,
        "texts": values.texts,
        "spans": values.spans,
    }
