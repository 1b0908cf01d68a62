"""What who keeps a channel open needs: whose it is, what to tell on it, and what becomes of what is heard."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from app.records.casts import topic as topics
from app.records.casts.messages import HEARTBEAT, SYNC_ERROR, CastJson
from app.records.casts.sight import CastSight
from app.security.authorization.handles import LONGEST_HANDLE, digest_of
from app.security.scopes import system_scope
from app.security.standing import Standing
from graph.casts.casts import CastStore, CastSubscription
from graph.clock import instant
from graph.scope import AccessScope

HEARTBEAT_SECONDS = 10
_MICROSECONDS = 1_000_000
_CODES = "https://fhircast.hl7.org/events/syncerror"


@dataclass(frozen=True, slots=True)
class CastListener:
    """A subscription whose channel is open: its events and its name, and until when it lasts (µs)."""

    digest: str
    subject: str
    topic: str
    name: str
    events: frozenset[str]
    until: int
    standing: Any

    def told(self, mode: str, **more: Any) -> CastJson:
        """A message about the subscription itself."""
        named = {f"hub.{name}": value for name, value in more.items()}
        return {
            "hub.mode": mode,
            "hub.topic": self.topic,
            "hub.events": ",".join(sorted(self.events)),
            **named,
        }


class CastListening:
    """Tells listeners; `rights` are what consents leave of the rights of somebody."""

    def __init__(
        self,
        casts: CastStore,
        standing: Standing,
        sight: CastSight,
        rights: Callable[[AccessScope], AccessScope],
        clock: Callable[[], int],
    ) -> None:
        self._casts = casts
        self._standing = standing
        self._sight = sight
        self._rights = rights
        self._clock = clock

    def find(self, tenant: str, secret: str) -> CastListener | None:
        """Who listens by a secret; None where nobody does, or not any more."""
        digest = digest_of(secret[:LONGEST_HANDLE])
        found = self._casts.subscription(system_scope(tenant), digest, self._clock())
        return _listener(found) if found else None

    def again(self, tenant: str, listener: CastListener) -> CastListener | None:
        """The same listener as it is now; None where its subscription has ended."""
        found = self._casts.subscription(system_scope(tenant), listener.digest, self._clock())
        return _listener(found) if found else None

    def scope(self, tenant: str, listener: CastListener) -> AccessScope:
        """The rights of who listens as they are now; raises `Forbidden` where there are none any more."""
        return self._rights(self._standing.scope(tenant, listener.standing))

    def seconds_left(self, listener: CastListener) -> int:
        """For how long the subscription lasts."""
        return max(0, (listener.until - self._clock()) // _MICROSECONDS)

    def beginning(self, scope: AccessScope, listener: CastListener) -> tuple[list[CastJson], int]:
        """What a listener is told first, what is open now, and the number after which to go on."""
        state, number = self._casts.state(scope)
        return [
            told
            for each in topics.openings(state)
            for told in self._sight.message(scope, each, listener.events)
        ], number

    def news(self, scope: AccessScope, listener: CastListener, number: int) -> tuple[list[CastJson], int]:
        """What was said after a number that is for a listener, and the number after which to go on."""
        if self._casts.sequence(scope) <= number:
            return [], number
        state, last = self._casts.state(scope)
        told: list[CastJson] = []
        for each in topics.since(state, number):
            if each.get("but") != listener.digest:
                told += self._sight.message(scope, each["message"], listener.events)
        return told, last

    def heartbeat(self, listener: CastListener) -> CastJson | None:
        """A sign of life; None for who did not ask for any."""
        if HEARTBEAT not in listener.events:
            return None
        period = {"key": "period", "decimal": str(HEARTBEAT_SECONDS)}
        return self._own(listener.topic, HEARTBEAT, [period])

    def failed(self, scope: AccessScope, listener: CastListener, event: CastJson, why: str) -> None:
        """Tell the others that a listener does not follow an event (FHIRcast 3.0.0, 2.5)."""
        codes = {
            "eventid": event["id"],
            "eventname": event["event"]["hub.event"],
            "subscriber": listener.name,
        }
        outcome = {
            "resourceType": "OperationOutcome",
            "issue": [
                {
                    "severity": "warning",
                    "code": "processing",
                    "diagnostics": f"{listener.name}: {why}",
                    "details": {
                        "coding": [
                            {"system": f"{_CODES}/{name}", "code": code} for name, code in codes.items()
                        ]
                    },
                }
            ],
        }
        message = self._own(listener.topic, SYNC_ERROR, [{"key": "operationoutcome", "resource": outcome}])

        self._casts.change(
            scope, lambda state, number: topics.said(state, number, message, but=listener.digest)
        )

    def end(self, tenant: str, listener: CastListener) -> None:
        """End the subscription of a listener who does not answer."""
        self._casts.end(system_scope(tenant), listener.digest)

    def _own(self, topic: str, name: str, context: Collection[CastJson]) -> CastJson:
        event = {"hub.topic": topic, "hub.event": name, "context": list(context)}
        return {"timestamp": instant(self._clock()), "id": uuid4().hex, "event": event}


def _listener(found: CastSubscription) -> CastListener:
    terms = found.terms
    return CastListener(
        found.digest,
        found.subject,
        str(terms["topic"]),
        str(terms["name"]),
        frozenset(map(str, terms["events"])),
        found.until,
        terms["standing"],
    )
