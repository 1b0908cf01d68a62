"""What people and services authorized, and the handles that open it, by their digests.

    (:Handle {key: "t|-|handle|sha256", kind, until, usedAt})-[:OPENS]->(:Authorization {key, client, subject,
    scope, patient, until, endedAt})

One authorization is all that came of one decision: its code, its access tokens, its refresh tokens, which
replace one another. A handle opens once: one that is used a second time was stolen from somebody, so the
authorization ends (RFC 6749 4.1.2, RFC 9700 4.14.2). Launches and assertions are handles that open nothing.
Every process asks the graph, so what ended has ended everywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from graph.errors import NotFound
from graph.keys import authorization_key, client_key, handle_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

CODE, REFRESH, LAUNCH, ASSERTION = "code", "refresh", "launch", "assertion"
_SWEPT = 100  # expired rows that each new one takes away

_SWEEP = f"""
MATCH (old:Handle) WHERE old.tenant = $tenant AND old.until < $now
WITH old LIMIT {_SWEPT}
DETACH DELETE old
"""
_SWEEP_AUTHORIZATIONS = f"""
MATCH (old:Authorization) WHERE old.tenant = $tenant AND old.until < $now
WITH old LIMIT {_SWEPT}
DETACH DELETE old
"""
_BEGIN = "CREATE (a:Authorization {key: $key}) SET a += $properties"
_HOLD = """
MATCH (a:Authorization {key: $authorization})
CREATE (h:Handle {key: $key, kind: $kind, tenant: $tenant, until: $until})-[:OPENS]->(a)
SET h += $properties, a.until = CASE WHEN a.until < $until THEN $until ELSE a.until END
"""
_ALONE = """
MERGE (h:Handle {key: $key})
ON CREATE SET h.kind = $kind, h.tenant = $tenant, h.until = $until, h += $properties, h.fresh = true
WITH h, coalesce(h.fresh, false) AS fresh
REMOVE h.fresh
RETURN fresh
"""
# The first SET takes the lock, so that of two who use a handle at once the second sees what the first did.
_LOCK = "MATCH (h:Handle {key: $key, kind: $kind}) SET h.askedAt = $now"
_HELD = """
MATCH (h:Handle {key: $key, kind: $kind})
OPTIONAL MATCH (h)-[:OPENS]->(a:Authorization)
OPTIONAL MATCH (c:Client {key: a.clientKey})
RETURN properties(h) AS handle, properties(a) AS authorization, c IS NOT NULL AS registered
"""
_USE = "MATCH (h:Handle {key: $key}) SET h.usedAt = $now"
_END = """
MATCH (a:Authorization {key: $key}) SET a.endedAt = coalesce(a.endedAt, $now) RETURN a.key AS key
"""
_FIND = """
MATCH (a:Authorization {key: $key})
OPTIONAL MATCH (c:Client {key: a.clientKey})
RETURN properties(a) AS authorization, c IS NOT NULL AS registered
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """What a client may do in somebody's name.

    `scope` is what was granted; `patient` and `encounter` are ids of the context; `at` and `until` are in µs;
    `methods` say how whoever it was had signed in (RFC 8176), `roles` which they have at a provider; both by
    spaces.
    """

    authorization_id: str
    client: str
    subject: str
    scope: str
    at: int
    until: int
    patient: str | None = None
    encounter: str | None = None
    nonce: str | None = None
    signed_in_at: int | None = None
    methods: str | None = None
    roles: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A handle with what it opens, and what was kept with it."""

    authorization: Authorization
    kept: Mapping[str, Any]


@scoped
class AuthorizationStore:
    """The authorizations and handles of one graph; times are in µs since the epoch."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def begin(
        self,
        scope: AccessScope,
        authorization: Authorization,
        code: str | None = None,
        until: int = 0,
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep an authorization, with the digest of the code that opens it where there is one."""
        key = authorization_key(scope.tenant, authorization.authorization_id)
        properties = {
            **asdict(authorization),
            "tenant": scope.tenant,
            "clientKey": client_key(scope.tenant, authorization.client),
        }

        def work(transaction: Transaction) -> None:
            for text in (_SWEEP, _SWEEP_AUTHORIZATIONS):
                transaction.run(text, tenant=scope.tenant, now=authorization.at)
            transaction.run(_BEGIN, key=key, properties=properties)
            if code:
                handle = _handle(scope, CODE, code, until, kept)
                transaction.run(_HOLD, authorization=key, **handle)

        self._graph.write_aside(work)

    def hold(self, scope: AccessScope, authorization_id: str, kind: str, digest: str, until: int) -> None:
        """Add a handle to an authorization, which lasts as long from now on."""
        key = authorization_key(scope.tenant, authorization_id)

        def work(transaction: Transaction) -> None:
            transaction.run(_HOLD, authorization=key, **_handle(scope, kind, digest, until, None))

        self._graph.write_aside(work)

    def keep(
        self, scope: AccessScope, kind: str, digest: str, *, until: int, now: int, kept: Mapping[str, Any]
    ) -> bool:
        """Keep a handle that opens nothing; False where it was there already."""

        def work(transaction: Transaction) -> bool:
            transaction.run(_SWEEP, tenant=scope.tenant, now=now)
            (row,) = transaction.run(_ALONE, **_handle(scope, kind, digest, until, kept))
            return bool(row["fresh"])

        return self._graph.write_aside(work)

    def kept(self, scope: AccessScope, kind: str, digest: str, now: int) -> Mapping[str, Any] | None:
        """What was kept with a handle that opens nothing; None where there is none, or not any more."""
        for row in self._graph.read(_HELD, key=handle_key(scope.tenant, digest), kind=kind):
            found: Mapping[str, Any] = row["handle"]
            return found if found["until"] >= now else None
        return None

    def held(self, scope: AccessScope, kind: str, digest: str) -> Held | None:
        """What a handle opens, used or not; None where there is no such handle."""
        rows = self._graph.read(_HELD, key=handle_key(scope.tenant, digest), kind=kind)
        return _held(rows[0]) if rows else None

    def use(self, scope: AccessScope, kind: str, digest: str, client: str, now: int) -> Held | None:
        """What a handle of a client opens, from now on no more.

        None where it opens nothing to that client: it is another's, or late, or what it opened has ended.
        Where it was used before, what it opened ends.
        """
        key = handle_key(scope.tenant, digest)

        def work(transaction: Transaction) -> Held | None:
            transaction.run(_LOCK, key=key, kind=kind, now=now)
            for row in transaction.run(_HELD, key=key, kind=kind):
                found = _held(row)
                if found is None or found.authorization.client != client:
                    return None
                if found.kept.get("usedAt") is not None:
                    transaction.run(_END, key=row["authorization"]["key"], now=now)
                    return None
                transaction.run(_USE, key=key, now=now)
                return found if found.kept["until"] >= now and _is_open(row, now) else None
            return None

        return self._graph.write_aside(work)

    def find(self, scope: AccessScope, authorization_id: str, now: int) -> Authorization | None:
        """The authorization of an id; None where it has ended, or its client is not registered any more."""
        key = authorization_key(scope.tenant, authorization_id)
        rows = self._graph.read(_FIND, key=key)
        return _authorization(rows[0]["authorization"]) if rows and _is_open(rows[0], now) else None

    def end(self, scope: AccessScope, authorization_id: str, now: int) -> None:
        """End an authorization: its tokens open nothing within seconds. Raises `NotFound`."""
        key = authorization_key(scope.tenant, authorization_id)
        if not self._graph.write_aside(lambda transaction: transaction.run(_END, key=key, now=now)):
            raise NotFound("no such authorization")


def _handle(
    scope: AccessScope, kind: str, digest: str, until: int, kept: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "key": handle_key(scope.tenant, digest),
        "kind": kind,
        "tenant": scope.tenant,
        "until": until,
        "properties": {name: value for name, value in (kept or {}).items() if value is not None},
    }


def _is_open(row: Row, now: int) -> bool:
    found = row["authorization"]
    return bool(row["registered"]) and found.get("endedAt") is None and found["until"] >= now


def _held(row: Row) -> Held | None:
    return Held(_authorization(row["authorization"]), row["handle"]) if row["authorization"] else None


_NAMES = tuple(Authorization.__dataclass_fields__)


def _authorization(found: Mapping[str, Any]) -> Authorization:
    values: dict[str, Any] = {name: found.get(name) for name in _NAMES}
    return Authorization(**values)
