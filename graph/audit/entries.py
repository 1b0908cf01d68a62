"""Audit entries in the graph: `(:AuditEvent:Entry {key: "t|-|audit|id", at, subject, action, …})`.

An entry comes in one or two pieces, its beginning and its outcome, in any order and perhaps more than once:
it is merged by key. Nothing here changes or deletes one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graph.commit import Part
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row

READ = "administration.manage"
_ADD = """
UNWIND $rows AS row
MERGE (e:Entry {key: row.key})
SET e:AuditEvent, e += row.properties
RETURN count(e) AS count
"""
_COUNT = "MATCH (e:Entry) WHERE e.tenant = $tenant RETURN count(e) AS count"
_OF_REQUEST = (
    "MATCH (e:Entry) WHERE e.tenant = $tenant AND e.requestId = $request RETURN properties(e) AS entry"
)


WITNESS: Part[Mapping[str, Any]] = Part(
    name="entries",
    statement="MERGE (e:Entry {key: row.key}) SET e:AuditEvent, e += row.properties",
    key=lambda entry: str(entry["key"]),
    row=lambda entry, _numbers, _ledger: entry,
    merged=lambda _earlier, later: later,
)
"""The entry of a request that changes something, `{key, properties}`: written with the change, or neither."""


@scoped
class AuditStore:
    """The audit entries of a tenant."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def add(self, scope: AccessScope, rows: Sequence[Mapping[str, Any]]) -> None:
        """Merge pieces, each `{key, properties}`, in one transaction; the same piece twice is one.

        Raises `ValueError` for a piece of another tenant.
        """
        scope.require(READ)
        for row in rows:
            if row["properties"].get("tenant") != scope.tenant:
                raise ValueError("an audit entry of another tenant")
        self._graph.write_aside(lambda transaction: transaction.run(_ADD, rows=list(rows)))

    def count(self, scope: AccessScope) -> int:
        """How many entries the tenant has."""
        scope.require(READ)
        return int(self._graph.read(_COUNT, tenant=scope.tenant)[0]["count"])

    def of_request(self, scope: AccessScope, request_id: str) -> list[Row]:
        """The entries of one request id, as properties."""
        scope.require(READ)
        rows = self._graph.read(_OF_REQUEST, tenant=scope.tenant, request=request_id)
        return [row["entry"] for row in rows]
