"""Browser sessions: who signed in at which browser, found by the digest of what that browser keeps.

    (:BrowserSession {key: "t|-|session|sha256", id, holder: "t|-|user|name", subject, at, seenAt, until …})

A session that ended is no node any more. Those of an account also end all at once by `sessionsFrom` on the
account, before which nobody who signed in counts: so one that begins while the account is disabled or gets
another password ends with the others. Every process asks the graph, so what ended has ended everywhere.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from graph.accounts.accounts import user_key
from graph.accounts.changing import MANAGE, Changing, leave_entry
from graph.errors import NotFound
from graph.keys import session_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

_SWEPT = 100  # sessions whose time is over that each new one takes away
_SWEEP = f"""
MATCH (old:BrowserSession) WHERE old.tenant = $tenant AND old.until < $now
WITH old LIMIT {_SWEPT}
DETACH DELETE old
"""
_BEGIN = """
OPTIONAL MATCH (u:User {key: $holder})
WITH u WHERE u IS NULL OR (u.disabled = false AND coalesce(u.sessionsFrom, 0) <= $at)
CREATE (s:BrowserSession {key: $key}) SET s += $properties
RETURN s.id AS id
"""
_FIND = """
MATCH (s:BrowserSession {key: $key})
OPTIONAL MATCH (u:User {key: s.holder})
WITH s, u WHERE u IS NULL OR (u.disabled = false AND coalesce(u.sessionsFrom, 0) <= s.at)
RETURN properties(s) AS session
"""
_OF_HOLDER = """
MATCH (s:BrowserSession {holder: $holder}) WHERE s.until >= $now
OPTIONAL MATCH (u:User {key: s.holder})
WITH s, u WHERE u IS NULL OR coalesce(u.sessionsFrom, 0) <= s.at
RETURN properties(s) AS session ORDER BY s.at DESC, s.id
"""
_SEEN = "MATCH (s:BrowserSession {key: $key}) SET s.seenAt = $now"
_END = "MATCH (s:BrowserSession {key: $key}) DETACH DELETE s"
_END_ONE = "MATCH (s:BrowserSession {holder: $holder, id: $id}) DETACH DELETE s RETURN $id AS id"
_END_ALL = """
OPTIONAL MATCH (u:User {key: $holder})
SET u.sessionsFrom = $now
WITH u IS NOT NULL AS known
OPTIONAL MATCH (s:BrowserSession {holder: $holder})
WITH known, collect(s) AS ended
FOREACH (each IN ended | DETACH DELETE each)
RETURN known, size(ended) AS ended
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSession:
    """Somebody at a browser; moments in µs.

    `at` is when they proved who they are, by `methods` (RFC 8176); `seen_at` when they last asked, to the
    minute; `until` when it ends in any case. `waits_for` is the step that is still missing, None where they
    are in. `roles` are those that a provider names. `agent` and `address` are what the browser said of itself
    and where it was.
    """

    session_id: str
    subject: str
    at: int
    seen_at: int
    until: int
    methods: tuple[str, ...] = ()
    waits_for: str | None = None
    roles: tuple[str, ...] = ()
    agent: str = ""
    address: str = ""


@scoped
class BrowserSessionStore:
    """The browser sessions of one graph; moments in µs."""

    def __init__(self, graph: Graph, changing: Changing = nullcontext) -> None:
        self._graph = graph
        self._changing = changing

    def begin(
        self, scope: AccessScope, session: BrowserSession, digest: str, replaced: str | None = None
    ) -> bool:
        """Begin a session in place of the one of the digest `replaced`.

        False where the account was disabled, or its sessions ended, after whoever it is proved who they are.
        """
        key, holder = session_key(scope.tenant, digest), user_key(scope, session.subject)
        properties = {**_properties(session), "tenant": scope.tenant, "holder": holder}

        def work(transaction: Transaction) -> bool:
            transaction.run(_SWEEP, tenant=scope.tenant, now=session.at)
            if replaced:
                transaction.run(_END, key=session_key(scope.tenant, replaced))
            rows = transaction.run(_BEGIN, key=key, holder=holder, at=session.at, properties=properties)
            return bool(rows)

        with self._changing():
            return self._graph.write_aside(work)

    def find(self, scope: AccessScope, digest: str) -> BrowserSession | None:
        """The session of a digest, whatever time it is; None where it has ended."""
        rows = self._graph.read(_FIND, key=session_key(scope.tenant, digest))
        return _session(rows[0]["session"]) if rows else None

    def seen(self, scope: AccessScope, digest: str, now: int) -> None:
        """Note that a session is in use."""
        key = session_key(scope.tenant, digest)
        self._graph.write_aside(lambda transaction: transaction.run(_SEEN, key=key, now=now))

    def listed(self, scope: AccessScope, name: str, now: int) -> tuple[BrowserSession, ...]:
        """The sessions of somebody, the newest first; those of others need `administration.manage`."""
        _require_own(scope, name)
        rows = self._graph.read(_OF_HOLDER, holder=user_key(scope, name), now=now)
        return tuple(_session(row["session"]) for row in rows)

    def end(self, scope: AccessScope, digest: str) -> None:
        """End the session of a digest, where there is one."""
        key = session_key(scope.tenant, digest)
        with self._changing():
            self._graph.write_aside(lambda transaction: transaction.run(_END, key=key))

    def end_one(self, scope: AccessScope, name: str, session_id: str) -> None:
        """End one session of somebody; raises `NotFound`, and `Forbidden` where it is another's."""
        _require_own(scope, name)
        holder = user_key(scope, name)
        if not self._change(scope, _END_ONE, holder=holder, id=session_id):
            raise NotFound("no such session")

    def end_all(self, scope: AccessScope, name: str, now: int) -> int:
        """End every session of somebody who signed in before now, and say how many there were.

        Raises `NotFound` where there is neither an account nor a session, `Forbidden` where they are
        another's.
        """
        _require_own(scope, name)
        (row,) = self._change(scope, _END_ALL, holder=user_key(scope, name), now=now)
        if not row["known"] and not row["ended"]:
            raise NotFound("no user named %(name)s", location="name", name=name)
        return int(row["ended"])

    def _change(self, scope: AccessScope, text: str, **values: Any) -> list[Row]:
        """Run a change with the entry of the audit that the access leaves."""

        def work(transaction: Transaction) -> list[Row]:
            rows = transaction.run(text, **values)
            leave_entry(scope, transaction)
            return rows

        with self._changing():
            return self._graph.write_aside(work)


def _require_own(scope: AccessScope, name: str) -> None:
    """Require that somebody asks of themself, or manages."""
    if scope.subject != name:
        scope.require(MANAGE)


def _properties(session: BrowserSession) -> dict[str, Any]:
    return {
        "id": session.session_id,
        "subject": session.subject,
        "at": session.at,
        "seenAt": session.seen_at,
        "until": session.until,
        "methods": list(session.methods),
        "waitsFor": session.waits_for,
        "roles": list(session.roles),
        "agent": session.agent,
        "address": session.address,
    }


def _session(found: Mapping[str, Any]) -> BrowserSession:
    return BrowserSession(
        session_id=found["id"],
        subject=found["subject"],
        at=found["at"],
        seen_at=found["seenAt"],
        until=found["until"],
        methods=tuple(found["methods"]),
        waits_for=found.get("waitsFor"),
        roles=tuple(found["roles"]),
        agent=found["agent"],
        address=found["address"],
    )
