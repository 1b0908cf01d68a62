"""Records that were opened in an emergency: for a time, with a reason, and to be judged by somebody else.

    (:BreakGlass {key: "t|-|break-glass|id", id, holder, subject, role, patient, reason, text, openedAt,
    until, endedBy, reviewedAt, reviewedBy, verdict, comment})

What is opened is an id, whether a Patient carries it or not: opening tells nobody what there is. `until` is
the moment when it closes, brought forward when it is ended.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from graph.accounts.accounts import user_key
from graph.accounts.changing import Changing, leave_entry
from graph.errors import Conflict, Forbidden, NotFound
from graph.keys import ABSENT, join, resource_key, resource_of
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

OPEN, REVIEW = "break-glass.open", "break-glass.review"
MOST_OPEN = 20

_TAKE_TURN = "MERGE (r:Roster {key: $roster}) SET r.turn = coalesce(r.turn, 0) + 1"
_COUNT = "MATCH (b:BreakGlass {holder: $holder}) WHERE b.until > $now RETURN count(b) AS count"
_OPEN = "CREATE (b:BreakGlass {key: $key}) SET b += $properties RETURN properties(b) AS glass"
_FIND = "MATCH (b:BreakGlass {key: $key}) SET b.id = b.id RETURN properties(b) AS glass"
_CHANGE = "MATCH (b:BreakGlass {key: $key}) SET b += $properties RETURN properties(b) AS glass"
_PAGE = """
MATCH (b:BreakGlass) WHERE b.tenant = $tenant AND ($holder IS NULL OR b.holder = $holder)
  AND ($waiting IS NULL OR (b.reviewedAt IS NULL) = $waiting)
  AND (b.openedAt < $at OR (b.openedAt = $at AND b.id < $id))
RETURN properties(b) AS glass ORDER BY b.openedAt DESC, b.id DESC LIMIT $limit
"""
_LAST = (2**62, "")


class GlassVerdict(StrEnum):
    """How somebody else judged that a record was opened."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


@dataclass(frozen=True, slots=True)
class BrokenGlass:
    """One record that was opened; moments in µs, `patient` the id of a Patient.

    `until` is when it closes or was closed. What follows `until` is None until it happens.
    """

    id: str
    subject: str
    role: str
    patient: str
    reason: str
    text: str
    opened_at: int
    until: int
    ended_by: str | None = None
    reviewed_at: int | None = None
    reviewed_by: str | None = None
    verdict: GlassVerdict | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassWindow:
    """Which, the last opened first: at most `limit`, after the one of a moment and id.

    `waiting` True are those that nobody has judged, False the others, None both.
    """

    limit: int
    waiting: bool | None = None
    after: tuple[int, str] | None = None


@scoped
class BreakGlassStore:
    """Opened records of a tenant."""

    def __init__(self, graph: Graph, changing: Changing = nullcontext) -> None:
        self._graph = graph
        self._changing = changing

    def open(self, scope: AccessScope, glass: BrokenGlass) -> BrokenGlass:
        """Open a record for who asks.

        Raises `Conflict` where they have `MOST_OPEN` open.
        """
        scope.require(OPEN)
        holder = user_key(scope, scope.subject)
        properties = {
            "id": glass.id,
            "tenant": scope.tenant,
            "holder": holder,
            "subject": glass.subject,
            "role": glass.role,
            "patient": resource_key(scope.tenant, "Patient", glass.patient),
            "reason": glass.reason,
            "text": glass.text,
            "openedAt": glass.opened_at,
            "until": glass.until,
        }

        def work(transaction: Transaction) -> list[Row]:
            transaction.run(_TAKE_TURN, roster=join(scope.tenant, ABSENT, "roster", scope.subject))
            (counted,) = transaction.run(_COUNT, holder=holder, now=glass.opened_at)
            if counted["count"] >= MOST_OPEN:
                raise Conflict("%(most)s records are open: end one first", most=MOST_OPEN)
            rows = transaction.run(_OPEN, key=_key(scope, glass.id), properties=properties)
            leave_entry(scope, transaction)
            return rows

        with self._changing():
            return _glass(self._graph.write(work)[0]["glass"])

    def page(self, scope: AccessScope, window: GlassWindow) -> tuple[BrokenGlass, ...]:
        """Those of the tenant for who judges them; for who may open only, their own."""
        scope.require(REVIEW, OPEN)
        at, last = window.after or _LAST
        rows = self._graph.read(
            _PAGE,
            tenant=scope.tenant,
            holder=None if REVIEW in scope.permissions else user_key(scope, scope.subject),
            waiting=window.waiting,
            at=at,
            id=last,
            limit=window.limit,
        )
        return tuple(_glass(row["glass"]) for row in rows)

    def end(self, scope: AccessScope, glass_id: str, now: int) -> BrokenGlass:
        """Close a record, by who opened it or who judges; closing it twice is closing it once.

        Raises `NotFound`, also for one of somebody else where the caller judges none.
        """
        scope.require(REVIEW, OPEN)

        def changed(glass: BrokenGlass) -> Mapping[str, Any]:
            return _ended(scope, now) if glass.until > now else {}

        return self._changed(scope, glass_id, changed)

    def review(
        self, scope: AccessScope, glass_id: str, verdict: GlassVerdict, comment: str, now: int
    ) -> BrokenGlass:
        """Judge that a record was opened; what was not justified is closed with it.

        Raises `NotFound`, `Forbidden` for who opened it, `Conflict` where it was judged already.
        """
        scope.require(REVIEW)

        def changed(glass: BrokenGlass) -> Mapping[str, Any]:
            if glass.subject == scope.subject:
                raise Forbidden("who opened a record does not judge it", code="forbidden")
            if glass.reviewed_at is not None:
                raise Conflict("it was judged already")
            closing = _ended(scope, now) if verdict is GlassVerdict.UNJUSTIFIED and glass.until > now else {}
            judged = {"reviewedAt": now, "reviewedBy": scope.subject, "verdict": str(verdict)}
            return {**judged, "comment": comment, **closing}

        return self._changed(scope, glass_id, changed)

    def _changed(
        self, scope: AccessScope, glass_id: str, change: Callable[[BrokenGlass], Mapping[str, Any]]
    ) -> BrokenGlass:
        key = _key(scope, glass_id)

        def work(transaction: Transaction) -> Row:
            rows = transaction.run(_FIND, key=key)
            if not rows or not _concerns(scope, rows[0]["glass"]):
                raise NotFound("no such opened record", location="id")
            properties = dict(change(_glass(rows[0]["glass"])))
            (row,) = transaction.run(_CHANGE, key=key, properties=properties)
            leave_entry(scope, transaction)
            return row

        with self._changing():
            return _glass(self._graph.write(work)["glass"])


def _concerns(scope: AccessScope, glass: Row) -> bool:
    return REVIEW in scope.permissions or glass["holder"] == user_key(scope, scope.subject)


def _ended(scope: AccessScope, now: int) -> Mapping[str, Any]:
    return {"until": now, "endedBy": scope.subject}


def _key(scope: AccessScope, glass_id: str) -> str:
    return join(scope.tenant, ABSENT, "break-glass", glass_id)


def _glass(properties: Row) -> BrokenGlass:
    verdict = properties.get("verdict")
    return BrokenGlass(
        id=properties["id"],
        subject=properties["subject"],
        role=properties["role"],
        patient=resource_of(properties["patient"]).partition("/")[2],
        reason=properties["reason"],
        text=properties["text"],
        opened_at=properties["openedAt"],
        until=properties["until"],
        ended_by=properties.get("endedBy"),
        reviewed_at=properties.get("reviewedAt"),
        reviewed_by=properties.get("reviewedBy"),
        verdict=GlassVerdict(verdict) if verdict else None,
        comment=properties.get("comment"),
    )
