"""The clients that administrators registered (RFC 6749 2): apps that people sign in through, and services.

(:Client {key: "t|-|client|id", clientId, name, method, redirectUris, scope, secretHash, jwks, jwksUri})
"""

from dataclasses import dataclass
from typing import Any

from graph.errors import Conflict, NotFound
from graph.keys import client_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

MANAGE = "administration.manage"

_FIELDS = """c.clientId AS client_id, c.name AS name, c.method AS method, c.redirectUris AS redirect_uris,
  c.scope AS scope, c.secretHash AS secret_hash, c.jwks AS jwks, c.jwksUri AS jwks_uri, c.account AS account,
  c.launchUri AS launch_uri"""
_FIND = f"MATCH (c:Client {{key: $key}}) RETURN {_FIELDS}"
_ALL = f"MATCH (c:Client) WHERE c.tenant = $tenant RETURN {_FIELDS} ORDER BY client_id"
_ADD = """
MERGE (c:Client {key: $key})
ON CREATE SET c += $properties, c.tenant = $tenant, c.createdAt = $now, c.createdBy = $by, c.fresh = true
WITH c, coalesce(c.fresh, false) AS fresh
REMOVE c.fresh
RETURN fresh
"""
_CHANGE = """
MATCH (c:Client {key: $key})
SET c += $properties, c.changedAt = $now, c.changedBy = $by
WITH c
OPTIONAL MATCH (a:Authorization {clientKey: $key}) WHERE a.endedAt IS NULL
SET a.endedAt = $now
RETURN DISTINCT c.key AS key
"""
_REMOVE = "MATCH (c:Client {key: $key}) DETACH DELETE c RETURN $key AS key"
_REDIRECTS = "MATCH (c:Client) WHERE c.tenant = $tenant UNWIND c.redirectUris AS uri RETURN DISTINCT uri"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """One client as it was registered.

    `method` is how it proves itself at the token endpoint (RFC 7591 2): `none`, `client_secret_basic` or
    `private_key_jwt`, whose keys are in `jwks`, the text of a JWK set, or at `jwks_uri`. `scope` is the most
    that it may ask for. A service has an `account` whose rights are its own, and no `redirect_uris`.
    """

    client_id: str
    name: str
    method: str
    scope: str
    redirect_uris: tuple[str, ...] = ()
    secret_hash: str | None = None
    jwks: str | None = None
    jwks_uri: str | None = None
    account: str | None = None
    launch_uri: str | None = None

    def properties(self) -> dict[str, Any]:
        """What its node holds beside its key."""
        return {
            "clientId": self.client_id,
            "name": self.name,
            "method": self.method,
            "scope": self.scope,
            "redirectUris": list(self.redirect_uris),
            "secretHash": self.secret_hash,
            "jwks": self.jwks,
            "jwksUri": self.jwks_uri,
            "account": self.account,
            "launchUri": self.launch_uri,
        }


@scoped
class ClientStore:
    """The registered clients of one graph. Changing and listing them needs `administration.manage`."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def find(self, scope: AccessScope, client_id: str) -> RegisteredClient | None:
        """The client of that id; None where there is none."""
        rows = self._graph.read(_FIND, key=client_key(scope.tenant, client_id))
        return _client(rows[0]) if rows else None

    def listed(self, scope: AccessScope) -> tuple[RegisteredClient, ...]:
        """Every client of the tenant by id."""
        scope.require(MANAGE)
        return tuple(_client(row) for row in self._graph.read(_ALL, tenant=scope.tenant))

    def redirect_uris(self, scope: AccessScope) -> tuple[str, ...]:
        """Every address that a browser may be sent back to."""
        return tuple(row["uri"] for row in self._graph.read(_REDIRECTS, tenant=scope.tenant))

    def add(self, scope: AccessScope, client: RegisteredClient, now: int) -> None:
        """Register a client (`now` in µs); raises `Conflict` where the id is taken."""
        values = {"properties": client.properties(), "tenant": scope.tenant, "now": now, "by": scope.subject}
        (row,) = self._change(scope, _ADD, client.client_id, **values)
        if not row["fresh"]:
            raise Conflict("a client %(client)s is registered", location="clientId", client=client.client_id)

    def change(self, scope: AccessScope, client: RegisteredClient, now: int) -> None:
        """Keep a client in place of that of its id (`now` in µs); what was authorized to it ends.

        Raises `NotFound`.
        """
        values = {"properties": client.properties(), "now": now, "by": scope.subject}
        if not self._change(scope, _CHANGE, client.client_id, **values):
            raise NotFound("no such client is registered", location="clientId")

    def remove(self, scope: AccessScope, client_id: str) -> None:
        """Remove a client; whatever was authorized to it ends within seconds. Raises `NotFound`."""
        if not self._change(scope, _REMOVE, client_id):
            raise NotFound("no such client is registered", location="clientId")

    def _change(self, scope: AccessScope, text: str, client_id: str, **values: Any) -> list[Row]:
        scope.require(MANAGE)

        def work(transaction: Transaction) -> list[Row]:
            return transaction.run(text, key=client_key(scope.tenant, client_id), **values)

        return self._graph.write_aside(work)


def _client(row: Row) -> RegisteredClient:
    return RegisteredClient(**{**row, "redirect_uris": tuple(row["redirect_uris"])})
