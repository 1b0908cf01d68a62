"""Histories: which versions of a resource, a type or a tenant, each seen or not by itself."""

from dataclasses import dataclass
from typing import Any

from graph.allowances import Deed
from graph.keys import kind_key, resource_key
from graph.scope import AccessScope
from graph.session import Graph, Row
from graph.visibility import version_seen

PLACES = {
    "key": "r.key",
    "kind": "r.kind",
    "id": "r.id",
    "compartment": "v.compartment",
    "rendered": "v.rendered",
    "version": "v.versionId",
    "updated": "v.lastUpdated",
    "sequence": "v.sequence",
    "method": "v.method",
    "body": "v.body",
    "changes": "v.changes",
    "current": "v.versionId = r.versionId",
}
COLUMNS = ", ".join(f"{place} AS {name}" for name, place in PLACES.items())
_OF_RESOURCE = "MATCH (r:Resource {key: $key})-[:HAS_VERSION]->(v:Version) WHERE true"
_OF_KIND = "MATCH (v:Version) WHERE v.kind = $kind MATCH (r:Resource)-[:HAS_VERSION]->(v) WHERE true"
_OF_TENANT = "MATCH (v:Version) WHERE v.feed = $tenant MATCH (r:Resource)-[:HAS_VERSION]->(v) WHERE true"
# A version that is not the caller's to see ends no version before it: when it came would tell of it.
_HISTORY = f"""
{{start}} AND v.sequence < $before AND v.lastUpdated >= $since AND v.lastUpdated < $until
AND {version_seen("r", "v")}
AND ($at IS NULL OR NOT EXISTS {{
  MATCH (r)-[:HAS_VERSION]->(n:Version)
  WHERE n.versionId > v.versionId AND n.lastUpdated <= $at AND {version_seen("r", "n")} }})
RETURN {COLUMNS}
ORDER BY {{within}} DESC, v.sequence DESC LIMIT $limit
"""
_FAR = 2**62


@dataclass(frozen=True, slots=True)
class HistoryWindow:
    """Which versions: below a sequence number (the keyset), written in [since, until), how many.

    With `at`, only those that were current at some time after it. Moments are in microseconds.
    """

    limit: int
    before: int = _FAR
    since: int = -_FAR
    until: int = _FAR
    at: int | None = None


def history_rows(
    graph: Graph,
    scope: AccessScope,
    window: HistoryWindow,
    resource_type: str | None,
    resource_id: str | None,
) -> list[Row]:
    """The versions of a window, the newest first, with the columns of `PLACES`.

    Raises `Forbidden` where no scope of the token lets the type be read, or searched.
    """
    deed = Deed.READ if resource_id else Deed.SEARCH
    if resource_type:
        scope.require_allowed(deed, resource_type)
    start, within, names = _start(scope, resource_type, resource_id)
    return graph.read_seen(
        scope.to(deed),
        _HISTORY.replace("{start}", start).replace("{within}", within),
        **names,
        limit=window.limit,
        before=window.before,
        since=window.since,
        until=window.until,
        at=window.at,
    )


def _start(
    scope: AccessScope, resource_type: str | None, resource_id: str | None
) -> tuple[str, str, dict[str, Any]]:
    """Where a history starts, what all its rows share before their number in an index, and parameters."""
    if resource_type is None:
        return _OF_TENANT, "v.feed", {"tenant": scope.tenant}
    if resource_id is None:
        return _OF_KIND, "v.kind", {"kind": kind_key(scope.tenant, resource_type)}
    return _OF_RESOURCE, "v.kind", {"key": resource_key(scope.tenant, resource_type, resource_id)}
