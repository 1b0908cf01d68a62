"""What is open at the applications of a person, and which of them listen.

    (:CastTopic {key: "t|-|cast|subject", sequence, state})
    (:CastSubscription {key: "t|-|cast-subscription|digest", tenant, topic, subject, until, terms})

The state of a topic is one text: what is open, and the last messages with their numbers. Who changes it holds
the lock of its node from reading to writing, so that of two changes one comes after the other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import orjson

from graph.keys import cast_key, cast_subscription_key
from graph.packing import packed, unpacked
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction

CastState: TypeAlias = dict[str, Any]

_HOLD = """
MERGE (t:CastTopic {key: $key})
ON CREATE SET t.tenant = $tenant, t.subject = $subject, t.sequence = 0
SET t.held = true
RETURN t.sequence AS sequence, t.state AS state
"""
_KEEP = "MATCH (t:CastTopic {key: $key}) SET t.sequence = $sequence, t.state = $state REMOVE t.held"
_READ = "MATCH (t:CastTopic {key: $key}) RETURN t.sequence AS sequence, t.state AS state"
_SEQUENCE = "MATCH (t:CastTopic {key: $key}) RETURN t.sequence AS sequence"
_SUBSCRIBE = """
OPTIONAL MATCH (gone:CastSubscription) WHERE gone.tenant = $tenant AND gone.until < $now
DELETE gone
WITH count(*) AS cleared
MERGE (s:CastSubscription {key: $key})
SET s.tenant = $tenant, s.topic = $topic, s.subject = $subject, s.until = $until, s.terms = $terms
"""
_FIND = "MATCH (s:CastSubscription {key: $key}) WHERE s.until > $now RETURN properties(s) AS found"
_OF_TOPIC = """
MATCH (s:CastSubscription) WHERE s.tenant = $tenant AND s.topic = $topic AND s.until > $now
RETURN count(s) AS count
"""
_END = "MATCH (s:CastSubscription {key: $key}) DELETE s RETURN count(s) AS count"


class CastChange(NamedTuple):
    """A topic as it is to be, and the version of its context that who asked is told; None for none."""

    state: CastState
    sequence: int
    version: str | None = None


@dataclass(frozen=True, slots=True)
class CastSubscription:
    """An application that listens to a topic until a moment in µs; `terms` are what it was granted."""

    digest: str
    subject: str
    until: int
    terms: Mapping[str, Any]


@scoped
class CastStore:
    """Topics and subscriptions of one graph; the topic is that of the caller."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def change(self, scope: AccessScope, change: Callable[[CastState, int], CastChange]) -> str | None:
        """Change the state of the caller's topic, alone; return the version that the change names.

        `change` is given the state with its sequence number; what it raises leaves all as it was.
        """
        key = cast_key(scope.tenant, scope.subject)

        def work(transaction: Transaction) -> str | None:
            values = {"key": key, "tenant": scope.tenant, "subject": scope.subject}
            row = transaction.run(_HOLD, **values)[0]
            changed = change(_state(row), int(row["sequence"]))
            kept = packed(orjson.dumps(changed.state))
            transaction.run(_KEEP, key=key, sequence=changed.sequence, state=kept)
            return changed.version

        return self._graph.write_aside(work)

    def state(self, scope: AccessScope) -> tuple[CastState, int]:
        """The state of the caller's topic with its sequence number; an empty one where nothing ever was."""
        rows = self._graph.read(_READ, key=cast_key(scope.tenant, scope.subject))
        return (_state(rows[0]), int(rows[0]["sequence"])) if rows else ({}, 0)

    def sequence(self, scope: AccessScope) -> int:
        """The number of the last message of the caller's topic."""
        rows = self._graph.read(_SEQUENCE, key=cast_key(scope.tenant, scope.subject))
        return int(rows[0]["sequence"]) if rows else 0

    def subscribe(self, scope: AccessScope, subscription: CastSubscription, now: int) -> None:
        """Keep a subscription of the caller, in place of one of the same digest; `now` in µs."""
        self._graph.write_aside(
            lambda transaction: transaction.run(
                _SUBSCRIBE,
                key=cast_subscription_key(scope.tenant, subscription.digest),
                tenant=scope.tenant,
                topic=cast_key(scope.tenant, scope.subject),
                subject=scope.subject,
                until=subscription.until,
                terms=orjson.dumps(dict(subscription.terms)).decode(),
                now=now,
            )
        )

    def subscription(self, scope: AccessScope, digest: str, now: int) -> CastSubscription | None:
        """The subscription of a digest, whosever it is; None where there is none, or it has ended."""
        rows = self._graph.read(_FIND, key=cast_subscription_key(scope.tenant, digest), now=now)
        if not rows:
            return None
        found = rows[0]["found"]
        return CastSubscription(digest, found["subject"], int(found["until"]), orjson.loads(found["terms"]))

    def listeners(self, scope: AccessScope, now: int) -> int:
        """How many subscriptions the caller's topic has."""
        topic = cast_key(scope.tenant, scope.subject)
        return int(self._graph.read(_OF_TOPIC, tenant=scope.tenant, topic=topic, now=now)[0]["count"])

    def end(self, scope: AccessScope, digest: str) -> bool:
        """End the subscription of a digest; whether there was one."""
        key = cast_subscription_key(scope.tenant, digest)
        return bool(self._graph.write_aside(lambda transaction: transaction.run(_END, key=key)[0]["count"]))


def _state(row: Mapping[str, Any]) -> CastState:
    found: CastState = orjson.loads(unpacked(bytes(row["state"]))) if row["state"] else {}
    return found
