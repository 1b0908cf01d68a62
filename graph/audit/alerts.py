"""Alerts in the graph: what the audit shows that somebody should look at.

    (:Alert {key: "t|-|alert|rule|who|period", tenant, id, rule, at, by, who, count, entry, open,
    acknowledgedAt, acknowledgedBy, comment})

An alert is made once for each key, however often its entries are looked at. It names the account or address
and one entry; whose record that touched, the audit says to who reads it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.audit.entries import READ, WITNESS
from graph.errors import Conflict, NotFound
from graph.keys import ABSENT, join
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row, Transaction

_ENTRIES = """
UNWIND $keys AS key MATCH (e:Entry {key: key}) WHERE e.tenant = $tenant AND e.status IS NOT NULL
RETURN e {.id, .at, .subject, .address, .role, .route, .action, .interaction, .status,
  concerning: coalesce(e.changed, []) + COLLECT { MATCH (e)-[:CONCERNS]->(c) RETURN c.key }} AS entry
"""
_COUNTED = """
MATCH (e:Entry) USING INDEX e:Entry(tenant, {by}, at)
WHERE e.tenant = $tenant AND e.{by} = $who AND e.at > $since AND e.at <= $until
  AND ($actions IS NULL OR e.action IN $actions)
  AND ($routes IS NULL OR any(route IN $routes WHERE e.route STARTS WITH route))
  AND ($statuses IS NULL OR ($statuses[0] <= e.status AND e.status < $statuses[1]))
WITH e ORDER BY e.tenant DESC, e.{by} DESC, e.at DESC LIMIT $most
"""
_ACCESSES = _COUNTED + "RETURN count(e) AS count"
_PATIENTS = (
    _COUNTED
    + "MATCH (e)-[:CONCERNS]->(c) WHERE c.key STARTS WITH $patients RETURN count(DISTINCT c) AS count"
)
MOST_COUNTED = 20_000
"""How many accesses are counted: the last ones of who does more."""
BY = ("subject", "address")
"""The properties by which accesses are counted."""
_RAISE = """
MERGE (a:Alert {key: $key}) ON CREATE SET a += $properties
RETURN a.id = $properties.id AS fresh
"""
_MADE = "MATCH (a:Alert {key: $key}) RETURN a.id AS id"
_PAGE = """
MATCH (a:Alert) USING INDEX a:Alert(tenant, at)
WHERE a.tenant = $tenant AND a.at <= $at AND ($open IS NULL OR a.open = $open)
  AND (a.at < $at OR a.id < $id)
RETURN properties(a) AS alert ORDER BY a.at DESC, a.id DESC LIMIT $limit
"""
_OPEN = "MATCH (a:Alert) WHERE a.tenant = $tenant AND a.open RETURN count(a) AS count"
_FIND = "MATCH (a:Alert {tenant: $tenant, id: $id}) SET a.id = a.id RETURN properties(a) AS alert"
_CHANGE = "MATCH (a:Alert {tenant: $tenant, id: $id}) SET a += $properties RETURN properties(a) AS alert"
_LEAVE = f"UNWIND $rows AS row {WITNESS.statement}"
_LAST = (2**62, "")


@dataclass(frozen=True, slots=True)
class Alert:
    """What one rule found: `count` accesses or patients by `who`, last at a moment in µs by an entry (id).

    What follows `entry` is None until somebody acknowledges it.
    """

    id: str
    rule: str
    at: int
    by: str
    who: str
    count: int
    entry: str
    acknowledged_at: int | None = None
    acknowledged_by: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCount:
    """Which accesses are counted: by `who` (of a property `by`), in (since, until] µs, of these kinds.

    `routes` are beginnings of routes, `statuses` a range [low, high); None is any. With `patients` it is the
    patients who are counted whom they concern.
    """

    by: str
    who: str
    since: int
    until: int
    actions: Sequence[str] | None = None
    routes: Sequence[str] | None = None
    statuses: tuple[int, int] | None = None
    patients: bool = False


@scoped
class AlertStore:
    """The alerts of a tenant, and what they are made of."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def entries(self, scope: AccessScope, keys: Sequence[str]) -> list[Row]:
        """What rules ask of the entries of these keys that have ended, as properties, and the keys of whom
        they concern as `concerning`."""
        scope.require(READ)
        found = self._graph.read(_ENTRIES, keys=list(keys), tenant=scope.tenant)
        return [row["entry"] for row in found]

    def count(self, scope: AccessScope, asked: AccessCount) -> int:
        """How many accesses, or patients whom they concern, there are."""
        scope.require(READ)
        text = (_PATIENTS if asked.patients else _ACCESSES).replace("{by}", BY[BY.index(asked.by)])
        rows = self._graph.read(
            text,
            tenant=scope.tenant,
            who=asked.who,
            since=asked.since,
            until=asked.until,
            most=MOST_COUNTED,
            actions=None if asked.actions is None else list(asked.actions),
            routes=None if asked.routes is None else list(asked.routes),
            statuses=None if asked.statuses is None else list(asked.statuses),
            patients=_patients(scope),
        )
        return int(rows[0]["count"])

    def is_made(self, scope: AccessScope, rule: str, who: str, period: str) -> bool:
        """Whether there is an alert of a rule, by whom and period."""
        scope.require(READ)
        return bool(self._graph.read(_MADE, key=_key(scope, rule, who, period)))

    def make(self, scope: AccessScope, alert: Alert, period: str) -> bool:
        """Keep an alert unless there is one of its rule, by whom and period; say whether it is new."""
        scope.require(READ)
        key = _key(scope, alert.rule, alert.who, period)
        properties = {
            "tenant": scope.tenant,
            "id": alert.id,
            "rule": alert.rule,
            "at": alert.at,
            "by": alert.by,
            "who": alert.who,
            "count": alert.count,
            "entry": alert.entry,
            "open": True,
        }

        def work(transaction: Transaction) -> list[Row]:
            return transaction.run(_RAISE, key=key, properties=properties)

        return bool(self._graph.write(work)[0]["fresh"])

    def open(self, scope: AccessScope) -> int:
        """How many alerts nobody has acknowledged."""
        scope.require(READ)
        return int(self._graph.read(_OPEN, tenant=scope.tenant)[0]["count"])

    def page(
        self,
        scope: AccessScope,
        limit: int,
        *,
        waiting: bool | None = None,
        after: tuple[int, str] | None = None,
    ) -> tuple[Alert, ...]:
        """Alerts, the newest first; `waiting` True are those that nobody has acknowledged, None all."""
        scope.require(READ)
        at, alert_id = after or _LAST
        rows = self._graph.read(_PAGE, tenant=scope.tenant, open=waiting, at=at, id=alert_id, limit=limit)
        return tuple(_alert(row["alert"]) for row in rows)

    def acknowledge(self, scope: AccessScope, alert_id: str, comment: str, now: int) -> Alert:
        """Note that the caller has looked at an alert.

        Raises `NotFound`, `Conflict` where somebody has.
        """
        scope.require(READ)

        def work(transaction: Transaction) -> list[Row]:
            found = transaction.run(_FIND, tenant=scope.tenant, id=alert_id)
            if not found:
                raise NotFound("there is no such alert")
            if not found[0]["alert"]["open"]:
                raise Conflict("somebody has acknowledged it already")
            done: Mapping[str, Any] = {
                "open": False,
                "acknowledgedAt": now,
                "acknowledgedBy": scope.subject,
                "comment": comment or None,
            }
            rows = transaction.run(_CHANGE, tenant=scope.tenant, id=alert_id, properties=dict(done))
            if scope.witness is not None:
                transaction.run(_LEAVE, rows=[{**scope.witness, "changed": []}])
            return rows

        return _alert(self._graph.write(work)[0]["alert"])


def patients_among(scope: AccessScope, keys: Iterable[str]) -> set[str]:
    """The keys that are those of patients."""
    begins = _patients(scope)
    return {key for key in keys if key.startswith(begins)}


def _patients(scope: AccessScope) -> str:
    """What the keys of the patients of a tenant begin with."""
    return f"{join(scope.tenant, ABSENT, 'Patient')}|"


def _key(scope: AccessScope, rule: str, who: str, period: str) -> str:
    return join(scope.tenant, ABSENT, "alert", rule, who, period)


def _alert(row: Row) -> Alert:
    return Alert(
        row["id"],
        row["rule"],
        row["at"],
        row["by"],
        row["who"],
        row["count"],
        row["entry"],
        row.get("acknowledgedAt"),
        row.get("acknowledgedBy"),
        row.get("comment"),
    )
