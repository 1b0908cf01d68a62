"""The roles that a tenant has of its own, as nodes that the look-up of a caller finds by name.

(:Role {key: "t|-|role|name", name, actions, notActions, rows, view, writable, purpose, manages …})
"""

from collections.abc import Collection
from contextlib import nullcontext
from typing import Any

from graph.accounts.changing import MANAGE, AccountChanges, Changing
from graph.accounts.roles import AccessRole, role_document, role_from, role_key
from graph.errors import NotFound
from graph.scope import AccessScope, scoped
from graph.session import Graph

_NAMES = "MATCH (r:Role) WHERE r.tenant = $tenant RETURN r.name AS name"
_LIST = "MATCH (r:Role) WHERE r.tenant = $tenant RETURN properties(r) AS role ORDER BY r.name"
_SET = """
MERGE (r:Role {key: $key})
WITH r, r.name IS NULL AS fresh
SET r = $properties
RETURN fresh
"""
_REMOVE = "MATCH (r:Role {key: $key}) DETACH DELETE r RETURN $key AS removed"


@scoped
class RoleStore:
    """Roles of a tenant; `managing` names the shipped roles that manage."""

    def __init__(
        self, graph: Graph, managing: Collection[str] = (), changing: Changing = nullcontext
    ) -> None:
        self._graph = graph
        self._changes = AccountChanges(graph, managing, changing)

    def names(self, scope: AccessScope) -> frozenset[str]:
        """The names of the tenant's own roles."""
        return frozenset(row["name"] for row in self._graph.read(_NAMES, tenant=scope.tenant))

    def listed(self, scope: AccessScope) -> tuple[AccessRole, ...]:
        """The tenant's own roles, by name."""
        scope.require(MANAGE)
        return tuple(role_from(row["role"]) for row in self._graph.read(_LIST, tenant=scope.tenant))

    def put(self, scope: AccessScope, role: AccessRole, now: int) -> bool:
        """Keep a role in place of any of its name (`now` in µs); whether there was none.

        Raises `Conflict` where nobody would be left who manages.
        """
        key = role_key(scope, role.name)
        changed = {"tenant": scope.tenant, "changedAt": now, "changedBy": scope.subject}
        properties = {**_properties(role), **changed, "key": key}
        (row,) = self._changes.run(scope, _SET, key=key, properties=properties)
        return bool(row["fresh"])

    def remove(self, scope: AccessScope, name: str) -> None:
        """Remove a role, so that a shipped one of its name counts again.

        Raises `NotFound` where the tenant has none of that name, `Conflict` where nobody would be left who
        manages.
        """
        if not self._changes.run(scope, _REMOVE, key=role_key(scope, name)):
            raise NotFound("no role of your own named %(name)s", location="role", name=name)


def _properties(role: AccessRole) -> dict[str, Any]:
    return {**role_document(role), "manages": role.allows(MANAGE)}
