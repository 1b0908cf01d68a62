"""Who is told of workitems: (:WorkitemSubscription {key: "t|…|subject|title|target", …}).

An application has a title (AE), and is of whoever subscribes with it: the same title of somebody else is
another application. It subscribes to a workitem, to the worklist (all of them, those to come
too), or to what of the worklist a filter matches. PS3.4 table CC.2.3-2 keeps a state for each pair of
application and workitem; here it follows from what was asked last, a workitem's own subscription before that
of the worklist. `since` is the last event that there was when it was made: what came later is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from graph.errors import NotFound
from graph.jobs.jobs import NOW
from graph.keys import channel_key, partition_key, subscription_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction
from graph.workitems.events import FILTERED, WORKLIST, ReportedEvent, event_of

READ = "workitem.read"
_OF_TITLE = """
MATCH (s:WorkitemSubscription)
WHERE s.tenant = $tenant AND s.title = $title AND s.subject = $subject AND s.partition = $partition
"""
_LAST = "OPTIONAL MATCH (c:Counter {key: $tenant}) WITH coalesce(c.eventSequence, 0) AS last"
_SUBSCRIBE = f"""
{_LAST}
MERGE (s:WorkitemSubscription {{key: $key}})
ON CREATE SET s.since = last
SET s += $properties, s.since = CASE WHEN s.refused THEN last ELSE s.since END,
  s.refused = false, s.suspendedAt = null
"""
_REFUSE = f"""
{_LAST}
MERGE (s:WorkitemSubscription {{key: $key}}) SET s += $properties, s.refused = true, s.since = last
"""
_FORGET_OWN = f"{_OF_TITLE} AND NOT s.target IN $worklists DELETE s"
_FORGET_ALL = f"{_OF_TITLE} DELETE s RETURN count(s) AS count"
_FORGET = "MATCH (s:WorkitemSubscription {key: $key}) WHERE NOT s.refused DELETE s RETURN count(s) AS count"
_HAS_WORKLIST = f"{_OF_TITLE} AND s.target IN $worklists RETURN count(s) AS count"
_SUSPEND = f"MATCH (s:WorkitemSubscription {{key: $key}}) SET s.suspendedAt = {NOW} RETURN count(s) AS count"
_FOUND = f"{_OF_TITLE} RETURN properties(s) AS found"
_EVENTS = """
MATCH (e:WorkitemEvent) USING INDEX e:WorkitemEvent(feed, sequence)
WHERE e.feed = $tenant AND e.sequence > $after
WITH e ORDER BY e.feed, e.sequence LIMIT $limit
OPTIONAL MATCH (w:Resource {key: e.task})
RETURN properties(e) AS event, w.dataset AS dataset, w.links AS links,
  w.sorts AS sorts, w.security AS security, w.care AS care
ORDER BY event.sequence
"""
_LAST_EVENT = "OPTIONAL MATCH (c:Counter {key: $tenant}) RETURN coalesce(c.eventSequence, 0) AS last"
_POSITION = "MATCH (c:WorkitemChannel {key: $key}) RETURN c.position AS position"
_MOVE = "MERGE (c:WorkitemChannel {key: $key}) SET c.position = $position, c.tenant = $tenant"
_PURGE = f"""
MATCH (e:WorkitemEvent) WHERE e.feed = $tenant AND e.at < {NOW} - $age
WITH e LIMIT $limit DELETE e RETURN count(*) AS count
"""
_AT_ONCE = 1_000
_WORKLISTS = [WORKLIST, FILTERED]


@dataclass(frozen=True, slots=True)
class WorkitemSubscription:
    """What an application is told of: `target` is the UID of a workitem or of a worklist.

    `refused`: of this workitem nothing, whatever is told of the worklist. `suspended_at` (µs): of those
    created later nothing; None where nothing is suspended. `filter` are the matching keys of a filtered one.
    """

    title: str
    target: str
    since: int
    lock: bool
    refused: bool
    suspended_at: int | None
    filter: tuple[tuple[str, str], ...]


@scoped
class SubscriptionStore:
    """Subscriptions and events of one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def subscribe(
        self,
        scope: AccessScope,
        title: str,
        target: str,
        *,
        lock: bool,
        keys: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Subscribe an application; to a worklist, its subscriptions to single workitems end in it."""
        scope.require(READ)
        properties = {
            **_named(scope, title),
            "target": target,
            "lock": lock,
            "filter": orjson.dumps([list(each) for each in keys]).decode(),
        }
        key = subscription_key(scope.tenant, scope.partition, scope.subject, title, target)

        def work(transaction: Transaction) -> None:
            if target in _WORKLISTS:
                transaction.run(_FORGET_OWN, worklists=_WORKLISTS, **_named(scope, title))
            transaction.run(_SUBSCRIBE, key=key, properties=properties, tenant=scope.tenant)

        self._graph.write_aside(work)

    def unsubscribe(self, scope: AccessScope, title: str, target: str) -> None:
        """End a subscription; of the worklist of all it ends every one of the application.

        Raises `NotFound` where there is none.
        """
        scope.require(READ)
        key = subscription_key(scope.tenant, scope.partition, scope.subject, title, target)
        named = _named(scope, title)

        def work(transaction: Transaction) -> bool:
            if target == WORKLIST:
                return bool(transaction.run(_FORGET_ALL, **named)[0]["count"])
            ended = bool(transaction.run(_FORGET, key=key)[0]["count"])
            if target == FILTERED:
                return ended
            covered = transaction.run(_HAS_WORKLIST, worklists=_WORKLISTS, **named)[0]["count"]
            if covered:
                properties = {**named, "target": target, "lock": False, "filter": "[]"}
                transaction.run(_REFUSE, key=key, properties=properties, tenant=scope.tenant)
            return ended or bool(covered)

        if not self._graph.write_aside(work):
            raise NotFound("there is no such subscription")

    def suspend(self, scope: AccessScope, title: str, target: str) -> None:
        """Tell an application nothing of workitems that are created from now on; raises `NotFound`."""
        scope.require(READ)
        key = subscription_key(scope.tenant, scope.partition, scope.subject, title, target)
        if not self._graph.write_aside(lambda transaction: transaction.run(_SUSPEND, key=key)[0]["count"]):
            raise NotFound("there is no such subscription")

    def of_title(self, scope: AccessScope, title: str) -> list[WorkitemSubscription]:
        """The subscriptions of an application of the caller."""
        scope.require(READ)
        rows = self._graph.read(_FOUND, **_named(scope, title))
        return [_subscription(row["found"]) for row in rows]

    def events(self, scope: AccessScope, after: int, limit: int) -> list[ReportedEvent]:
        """Events after one of that number, in their order, whoever may see them: `judged` tells that."""
        scope.require(READ)
        rows = self._graph.read(_EVENTS, tenant=scope.tenant, after=after, limit=limit)
        return [_reported(row) for row in rows]

    def last_event(self, scope: AccessScope) -> int:
        """The number of the last event."""
        scope.require(READ)
        return int(self._graph.read(_LAST_EVENT, tenant=scope.tenant)[0]["last"])

    def position(self, scope: AccessScope, title: str) -> int | None:
        """The last event that was sent to the caller for an application; None where none ever was."""
        scope.require(READ)
        key = channel_key(scope.tenant, scope.partition, scope.subject, title)
        rows = self._graph.read(_POSITION, key=key)
        return int(rows[0]["position"]) if rows else None

    def move(self, scope: AccessScope, title: str, position: int) -> None:
        """Note the last event that was sent to the caller for an application."""
        scope.require(READ)
        key = channel_key(scope.tenant, scope.partition, scope.subject, title)
        values = {"key": key, "position": position, "tenant": scope.tenant}
        self._graph.write_aside(lambda transaction: transaction.run(_MOVE, **values))

    def purge(self, scope: AccessScope, age: int) -> int:
        """Remove events of more than `age` µs ago; return how many went, a thousand at most."""
        scope.require("administration.manage")
        values = {"tenant": scope.tenant, "age": age, "limit": _AT_ONCE}
        return self._graph.write_aside(lambda transaction: int(transaction.run(_PURGE, **values)[0]["count"]))


def _named(scope: AccessScope, title: str) -> dict[str, str]:
    return {
        "tenant": scope.tenant,
        "partition": partition_key(scope.tenant, scope.partition),
        "subject": scope.subject,
        "title": title,
    }


def _subscription(node: Mapping[str, Any]) -> WorkitemSubscription:
    return WorkitemSubscription(
        node["title"],
        node["target"],
        node["since"],
        node["lock"],
        node["refused"],
        node.get("suspendedAt"),
        tuple((name, value) for name, value in orjson.loads(node["filter"])),
    )


def _reported(row: Mapping[str, Any]) -> ReportedEvent:
    sent = event_of(row["event"])
    event = sent.event
    judged = (
        event.task,
        event.compartment,
        event.partition,
        row["sorts"],
        row["security"] or [],
        row["care"],
    )
    return ReportedEvent(sent, bytes(row["dataset"] or b""), row["links"] or "", judged)
