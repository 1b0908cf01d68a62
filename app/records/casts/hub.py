"""The use case of the hub: subscribe, unsubscribe, send, ask what is open (FHIRcast 3.0.0, 2.4 to 2.9).

A topic is that of a person: of all their sessions and applications, and of nobody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from app.records.casts import topic as topics
from app.records.casts.messages import CastJson, CastMessage, cast_message
from app.records.casts.sight import CastSight
from app.security.authorization.handles import LONGEST_HANDLE, digest_of, new_handle
from app.security.cast_scopes import READ, WRITE, CastTopics, events_named, may_cast
from app.security.plain_text import require_plain_line
from app.security.standing import standing_of
from graph.casts.casts import CastStore, CastSubscription
from graph.clock import instant
from graph.errors import Forbidden, Invalid, NotFound
from graph.scope import AccessScope

USUAL_LEASE, LONGEST_LEASE = 7_200, 86_400
_LONGEST_NAME, _MOST_EVENTS = 100, 50
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CastWish:
    """What an application asks to be told; `lease` and `most` in seconds, None where nobody says."""

    events: Sequence[str]
    name: str = ""
    lease: int | None = None
    most: int | None = None  # for which its token is good
    channel: str = ""  # of a subscription that is to be changed


class CastHub:
    """The hub of a gateway; `clock` tells the moment in µs, `wake` wakes who keeps channels open."""

    def __init__(
        self,
        casts: CastStore,
        topics: CastTopics,
        sight: CastSight,
        clock: Callable[[], int],
        wake: Callable[[], None],
    ) -> None:
        self._casts = casts
        self._topics = topics
        self._sight = sight
        self._clock = clock
        self._wake = wake

    def topic(self, scope: AccessScope) -> str:
        """The topic of the caller."""
        return self._topics.of(scope.tenant, scope.subject)

    def subscribe(self, scope: AccessScope, topic: str, wish: CastWish) -> str:
        """Subscribe an application to the caller's topic; returns the secret that its channel is opened by.

        Raises `NotFound` for a topic that is not theirs, `Invalid` for events that there are not and a name
        that is no plain line, `Forbidden` where the token grants none of them.
        """
        self._require(scope, topic)
        name = wish.name[:_LONGEST_NAME]
        require_plain_line(name, _LONGEST_NAME, "subscriber.name")
        asked = _events(wish.events)
        granted = [each for each in asked if may_cast(scope, each, READ)]
        if not granted:
            raise Forbidden(
                "the scopes of the token let none of these events be received",
                location="hub.events",
                code="forbidden",
            )
        now = self._clock()
        secret = wish.channel or new_handle()
        if wish.channel:
            self._own(scope, wish.channel)
        most = LONGEST_LEASE if wish.most is None else wish.most
        lease = min(wish.lease or USUAL_LEASE, LONGEST_LEASE, most)
        terms = {
            "events": granted,
            "name": name or scope.client or scope.subject,
            "standing": standing_of(scope),
            "topic": topic,
        }
        kept = CastSubscription(digest_of(secret), scope.subject, now + lease * _MICROSECONDS, terms)
        self._casts.subscribe(scope, kept, now)
        self._wake()
        return secret

    def unsubscribe(self, scope: AccessScope, topic: str, channel: str) -> None:
        """End a subscription; raises `NotFound` where the caller has none of that channel."""
        self._require(scope, topic)
        self._casts.end(scope, self._own(scope, channel))
        self._wake()

    def send(self, scope: AccessScope, topic: str, raw: Any) -> str | None:
        """Send an event to the caller's topic; returns the version of the context, None without one.

        Raises `NotFound` for a topic that is not theirs, `Invalid` for what is no message, `Forbidden` where
        the token does not let it be sent or it names what they do not see, `Conflict` where what it changes
        is not open or has another version.
        """
        self._require(scope, topic)
        message = cast_message(raw, topic, instant(self._clock()))
        if not may_cast(scope, message.name, WRITE):
            raise Forbidden(
                "the scopes of the token do not let %(name)s be sent", code="forbidden", name=message.name
            )
        self._sight.require(scope, message.context)
        return self.publish(scope, message)

    def publish(self, scope: AccessScope, message: CastMessage) -> str | None:
        """Tell all applications of the caller of an event that is theirs to send; raises `Conflict`."""
        topic, version = self.topic(scope), uuid4().hex
        found = self._casts.change(
            scope, lambda state, number: topics.published(state, number, message, topic, version)
        )
        self._wake()
        return found

    def current(self, scope: AccessScope, topic: str) -> CastJson:
        """The current context of the caller's topic, as far as they see it.

        Raises `NotFound` for a topic that is not theirs.
        """
        self._require(scope, topic)
        state, _ = self._casts.state(scope)
        found = topics.current_context(state)
        kind = found["context.type"]
        if not kind or not may_cast(scope, f"{kind}-open", READ):
            return topics.current_context({})
        shown = self._sight.shown(scope, found["context"])
        kept = {each["key"] for each in shown}
        needed = {each["key"] for each in found["context"]} - {"content", "patient", "encounter"}
        return {**found, "context": shown} if needed <= kept else topics.current_context({})

    def _require(self, scope: AccessScope, topic: str) -> None:
        if not self._topics.is_of(scope, topic):
            raise NotFound("there is no such topic", location="hub.topic")

    def _own(self, scope: AccessScope, channel: str) -> str:
        """The digest of a channel of the caller; raises `NotFound`."""
        digest = digest_of(channel[:LONGEST_HANDLE])
        known = self._casts.subscription(scope, digest, self._clock())
        if known is None or known.subject != scope.subject:
            raise NotFound("there is no such subscription", location="hub.channel.endpoint")
        return digest


def _events(names: Sequence[str]) -> list[str]:
    """The events of their names; raises `Invalid` for one that there is not."""
    if not 0 < len(names) <= _MOST_EVENTS:
        raise Invalid("hub.events names 1 to %(most)s events", location="hub.events", most=_MOST_EVENTS)
    found: dict[str, None] = {}
    for name in names:
        matched = events_named(name)
        if not matched:
            raise Invalid("there is no event %(name)s here", location="hub.events", name=name[:64])
        found |= dict.fromkeys(matched)
    return list(found)
