"""What an application is told: events of workitems that it subscribed to, as far as its user sees them.

A channel remembers the last event that it sent, in the graph too: whoever opens it again is sent what was
missed. An event may come twice, where a process died between sending it and remembering that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from app.imaging.worklist.matching import understood
from app.imaging.worklist.request import WorkitemSearchRequest, path_named
from app.imaging.worklist.subscribing import check_title
from app.site import Sites
from graph.allowances import Deed
from graph.packing import unpacked
from graph.query.rows import TASK
from graph.scope import AccessScope
from graph.workitems.events import FILTERED, WORKLIST, ReportedEvent, UpsEvent
from graph.workitems.subscriptions import (
    SubscriptionStore,
    WorkitemSubscription,
)

EVENT_CLASS = "1.2.840.10008.5.1.4.34.6.4"
RESTARTED, GOING_DOWN = "RESTARTED", "GOING DOWN"
BATCH = 200
_MESSAGES = 1 << 16  # a Message ID has 16 bits
_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class EventReport:
    """An event as it is sent: its place in the order of events, and the data set of the report."""

    sequence: int
    dataset: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The data set in the JSON model."""
        return orjson.dumps(self.dataset).decode()


class EventChannels:
    """Tells what of the events is for whom."""

    def __init__(self, subscriptions: SubscriptionStore, sites: Sites) -> None:
        self._subscriptions = subscriptions
        self._sites = sites

    def opened(self, scope: AccessScope, title: str) -> int:
        """The last event that an application of the caller was sent, or that there was when it subscribed.

        Raises `Invalid` for a title that is none.
        """
        scope.require("workitem.read")
        scope.require_allowed(Deed.READ, TASK)
        check_title(title)
        position = self._subscriptions.position(scope, title)
        if position is not None:
            return position
        since = [each.since for each in self._subscriptions.of_title(scope, title)]
        return min(since, default=self._subscriptions.last_event(scope))

    def was_told(self, scope: AccessScope, title: str) -> bool:
        """Whether an application of the caller was ever sent an event."""
        return self._subscriptions.position(scope, title) is not None

    def resumed(self, scope: AccessScope, said: int | None, known: int) -> int:
        """The event after which to go on: the one that the client says, unless there is none such yet."""
        return known if said is None or said > self.last(scope) else said

    def last(self, scope: AccessScope) -> int:
        """The number of the last event."""
        return self._subscriptions.last_event(scope)

    def since(self, scope: AccessScope, after: int) -> list[ReportedEvent]:
        """The next events after one, whoever they are for."""
        return self._subscriptions.events(scope, after, BATCH)

    def reports(self, scope: AccessScope, title: str, events: Sequence[ReportedEvent]) -> list[EventReport]:
        """The reports of those events that are for an application of the caller, as their rights are now."""
        scope = scope.allowed(Deed.READ, TASK)
        subscribed = self._subscriptions.of_title(scope, title)
        asked = [(each, self._asks(scope, each)) for each in subscribed]
        covers = scope.right.covers
        return [_report(each) for each in events if covers(each.judged) and _is_for(title, each, asked)]

    def sent(self, scope: AccessScope, title: str, position: int) -> None:
        """Remember the last event that an application of the caller was sent."""
        self._subscriptions.move(scope, title, position)

    def _asks(
        self, scope: AccessScope, subscription: WorkitemSubscription
    ) -> Callable[[ReportedEvent], bool]:
        """Whether a subscription to a worklist takes in the workitem of an event."""
        keys = [(path, value) for name, value in subscription.filter if (path := path_named(name))]
        asked = WorkitemSearchRequest(keys=tuple(keys), limit=1)
        condition = understood(asked, self._sites.of(scope).zone, in_memory=True).rest

        def takes_in(event: ReportedEvent) -> bool:
            if subscription.suspended_at is not None and _created(event) > subscription.suspended_at:
                return False
            if subscription.target == WORKLIST:
                return True
            return bool(event.dataset) and condition.holds(orjson.loads(unpacked(event.dataset)))

        return takes_in


_Asked = tuple[WorkitemSubscription, Callable[[ReportedEvent], bool]]


def _is_for(title: str, event: ReportedEvent, asked: Sequence[_Asked]) -> bool:
    """Whether an event is for an application: its own subscription to a workitem comes first."""
    told = event.sent.event
    if told.title is not None and told.title != title:
        return False
    after = [each for each in asked if each[0].since < event.sent.sequence]
    own = next((each for each, _ in after if each.target == told.uid), None)
    if own is not None:
        return not own.refused
    return any(takes_in(event) for each, takes_in in after if each.target in (WORKLIST, FILTERED))


def _created(event: ReportedEvent) -> int:
    """When the workitem of an event was created, in µs."""
    moment = datetime.fromisoformat(str(orjson.loads(event.links)["created"]))
    return int(moment.timestamp() * _MICROSECONDS)


def _report(reported: ReportedEvent) -> EventReport:
    sent = reported.sent
    return EventReport(
        sent.sequence,
        {
            **_head(sent.event.uid, sent.event.type, sent.sequence),
            **sent.event.attributes,
        },
    )


def status_report(status: str) -> str:
    """The report that the service itself is `RESTARTED` or `GOING DOWN` (Event Type ID 4)."""
    told = {"00741242": {"vr": "CS", "Value": [status]}}
    if status == RESTARTED:  # what was subscribed and what is on the worklist is as it was
        told |= {tag: {"vr": "CS", "Value": ["WARM START"]} for tag in ("00741244", "00741246")}
    return orjson.dumps({**_head(WORKLIST, UpsEvent.SCP_STATUS_CHANGE, 0), **told}).decode()


def _head(uid: str, kind: UpsEvent, sequence: int) -> dict[str, Any]:
    """What every report begins with (PS3.7 table 10.3-1)."""
    return {
        "00000002": {"vr": "UI", "Value": [EVENT_CLASS]},
        "00000110": {"vr": "US", "Value": [sequence % _MESSAGES]},
        "00001000": {"vr": "UI", "Value": [uid]},
        "00001002": {"vr": "US", "Value": [int(kind)]},
    }
