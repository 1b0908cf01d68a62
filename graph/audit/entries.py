"""Audit entries in the graph: `(:AuditEvent:Entry {key: "t|-|audit|id", at, subject, action, …})`.

    (:Entry)-[:CONCERNS]->(:Concerned {key})       key: that of the Patient, the study or what was written

An entry comes in pieces, its beginning, whom it concerned and its outcome, in any order and perhaps more than
once: it is merged by key. A `Concerned` is no resource but the name of one, so that audit and record take no
lock of each other's. Nothing here changes or deletes an entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.commit import Part
from graph.errors import Forbidden
from graph.keys import resource_of
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row

READ, APPEND, OWN = "audit.read", "audit.append", "audit.own"
_ADD = """
UNWIND $rows AS row
MERGE (e:Entry {key: row.key})
SET e:AuditEvent, e += row.properties
WITH e, row, row.concerning + coalesce(e.changed, []) AS names
CALL (e, names) {
  UNWIND names AS name
  MERGE (c:Concerned {key: name})
  MERGE (e)-[:CONCERNS]->(c)
}
REMOVE e.changed
RETURN count(*) AS count
"""
_SHOWN = """e {.*, concerning: COLLECT { MATCH (e)-[:CONCERNS]->(c) RETURN c.key ORDER BY c.key }
  + coalesce(e.changed, [])} AS entry"""
_COUNT = "MATCH (e:Entry) WHERE e.tenant = $tenant RETURN count(e) AS count"
_OF_REQUEST = f"MATCH (e:Entry) WHERE e.tenant = $tenant AND e.requestId = $request RETURN {_SHOWN}"
_READ = f"MATCH (e:Entry {{key: $key}}) WHERE e.tenant = $tenant RETURN {_SHOWN}"
_PERIOD = "e.at >= $since AND e.at <= $until AND (e.at < $before OR e.key < $after)"
_NARROWED = {  # what is asked besides, where it is asked: what is not costs the order of the index
    "others": """all(names IN $others
      WHERE EXISTS { MATCH (e)-[:CONCERNS]->(other:Concerned) WHERE other.key IN names })""",
    "actions": "e.action IN $actions",
    "who": "(toLower(e.subject) IN $who OR toLower(e.client) IN $who)",
    "statuses": "any(range IN $statuses WHERE range[0] <= e.status AND e.status < range[1])",
}
# The order begins with the tenant, since that of the index does: nothing is sorted but entries of one moment.
_PAGE = f"""
{{start}} AND {_PERIOD}{{narrowed}}
WITH {{distinct}}e ORDER BY e.tenant DESC, e.at DESC, e.key DESC LIMIT $limit
RETURN {_SHOWN}
"""
_OF_TENANT = "MATCH (e:Entry) USING INDEX e:Entry(tenant, at) WHERE e.tenant = $tenant"
# From the one node on, whatever the graph holds: else all relationships or entries may be read first.
_OF_CONCERNED = """UNWIND $concerned AS name
MATCH (c:Concerned {key: name}) USING INDEX c:Concerned(key)
WITH c LIMIT $names MATCH (c)<-[:CONCERNS]-(e) WHERE e.tenant = $tenant"""
_MERGED = """UNWIND $keys AS key
MATCH (p:Resource {key: key}) USING INDEX p:Resource(key) MATCH (p)-[:MERGED_INTO*]-(other)
RETURN key, collect(DISTINCT other.key) AS others"""
_FAR = 2**62
_LOOKED_AT = 2_000  # entries of one person: more than a day of pages and their pictures
_LATELY = f"""
MATCH (e:Entry) USING INDEX e:Entry(tenant, subject, at)
WHERE e.tenant = $tenant AND e.subject = $subject AND e.at >= $since
WITH e ORDER BY e.tenant DESC, e.subject DESC, e.at DESC LIMIT {_LOOKED_AT}
WITH e WHERE e.route = $route AND e.status = 200
UNWIND e.entities AS named
RETURN named, max(e.at) AS at ORDER BY at DESC, named LIMIT $limit
"""


def _merged(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry of several units of one request."""
    return {**later, "changed": list(dict.fromkeys((*earlier["changed"], *later["changed"])))}


WITNESS: Part[Mapping[str, Any]] = Part(
    name="entries",
    statement="""
MERGE (e:Entry {key: row.key})
SET e:AuditEvent, e += row.properties, e.changed = coalesce(e.changed, [])
  + [name IN row.changed WHERE NOT name IN coalesce(e.changed, [])]
""",
    key=lambda entry: str(entry["key"]),
    row=lambda entry, _numbers, _ledger: entry,
    merged=_merged,
)
"""The entry of a request that changes something, `{key, properties, changed}`: written with the change, or
neither. What it `changed` waits as a list on the node until the entry is moved to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWindow:
    """Which entries, the newest first: of whom, by whom, of when, how many.

    Each of `concerned` is the keys of resources of which an entry concerns one. `who` are accounts and apps
    in lower case, `statuses` ranges of HTTP statuses [low, high); None is any. The period is [since, until)
    in µs; `after` is moment and key of the last entry of the page before.
    """

    limit: int
    concerned: Sequence[Sequence[str]] = ()
    actions: Sequence[str] | None = None
    who: Sequence[str] | None = None
    statuses: Sequence[Sequence[int]] | None = None
    since: int = 0
    until: int = _FAR
    after: tuple[int, str] | None = None


def page_text(scope: AccessScope, window: AuditWindow) -> tuple[str, dict[str, Any]]:
    """The statement of a page of a tenant's entries, and its parameters."""
    before, key = window.after or (_FAR, "")
    whom, *others = window.concerned or ((),)
    asked = {
        "others": others or None,
        "actions": window.actions,
        "who": window.who,
        "statuses": window.statuses,
    }
    given = {name: _listed(values) for name, values in asked.items() if values is not None}
    parameters = {
        "tenant": scope.tenant,
        "concerned": list(whom),
        "names": max(len(whom), 1),
        "since": window.since,
        "until": min(window.until - 1, before),
        "before": before,
        "after": key,
        "limit": window.limit,
        **given,
    }
    pieces = {
        "{start}": _OF_CONCERNED if whom else _OF_TENANT,
        "{narrowed}": "".join(f" AND {_NARROWED[name]}" for name in given),
        "{distinct}": "DISTINCT " if len(whom) > 1 else "",
    }
    text = _PAGE
    for name, piece in pieces.items():
        text = text.replace(name, piece)
    return text, parameters


def _listed(values: Sequence[Any]) -> list[Any]:
    return [list(each) if isinstance(each, tuple) else each for each in values]


@scoped
class AuditStore:
    """The audit entries of a tenant."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def add(self, scope: AccessScope, rows: Sequence[Mapping[str, Any]]) -> None:
        """Merge pieces in one transaction; the same piece twice is one.

        Each is `{key, properties, concerning}`, the last a list of keys. Raises `ValueError` for a piece of
        another tenant.
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
        return _shown(self._graph.read(_OF_REQUEST, tenant=scope.tenant, request=request_id))

    def find(self, scope: AccessScope, key: str) -> Row | None:
        """The entry of a key, as properties; None where the tenant has none."""
        scope.require(READ)
        found = _shown(self._graph.read(_READ, key=key, tenant=scope.tenant))
        return found[0] if found else None

    def merged(self, scope: AccessScope, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The keys of the patients whom each of these was merged with, in either direction."""
        scope.require(READ)
        return {row["key"]: row["others"] for row in self._graph.read(_MERGED, keys=list(keys))}

    def page(self, scope: AccessScope, window: AuditWindow) -> list[Row]:
        """Entries as properties, the newest first; who may read their own asks of themselves alone.

        Raises `Forbidden`.
        """
        _require_own(scope, window)
        text, parameters = page_text(scope, window)
        return _shown(self._graph.read(text, **parameters))

    def lately(
        self, scope: AccessScope, route: str, since: int, limit: int
    ) -> Sequence[tuple[Mapping[str, str], int]]:
        """What the caller's own last accesses by a route named, each once, and when (µs): the latest first.

        That needs no permission, since it is what they did themselves.
        """
        rows = self._graph.read(
            _LATELY, tenant=scope.tenant, subject=scope.subject, route=route, since=since, limit=limit
        )
        return [(dict([row["named"].split("=", 1)]), row["at"]) for row in rows]


def _require_own(scope: AccessScope, window: AuditWindow) -> None:
    scope.require(READ, OWN)
    whose = [key for names in window.concerned[:1] for key in names]
    if READ not in scope.permissions and not (whose and scope.patients and scope.patients >= set(whose)):
        raise Forbidden("only who touched one's own record may be asked here", code="forbidden")


def _shown(rows: Sequence[Row]) -> list[Row]:
    """The properties of entries; whom they concern as references, each once."""
    entries = [row["entry"] for row in rows]
    for entry in entries:
        entry.pop("changed", None)
        entry["concerning"] = [resource_of(key) for key in dict.fromkeys(entry["concerning"])]
    return entries
