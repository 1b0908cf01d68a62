"""Watches what is moved into the graph, and makes an alert of what a rule is about.

It looks at each segment when that is in the graph, before it leaves the spool, so nothing goes unseen when a
process dies; what is looked at twice makes one alert, by its key. What is counted is counted in the graph, so
accesses of all processes and machines count together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any
from uuid import uuid4

import structlog

from app.audit.rules import ALONE, AlertRule
from app.security.scopes import system_scope
from graph.audit.alerts import AccessCount, Alert, AlertStore
from graph.scope import AccessScope

_MICROSECONDS = 1_000_000
_NOBODY = ("", "-")
_log = structlog.get_logger("hilum.audit")


class AuditWatch:
    """Holds entries to rules; `zone` is where their hours are."""

    def __init__(self, alerts: AlertStore, rules: Sequence[AlertRule], zone: tzinfo) -> None:
        self._alerts = alerts
        self._rules = rules
        self._zone = zone

    def look(self, tenant: str, keys: Iterable[str]) -> int:
        """Look at entries that are in the graph; how many alerts are new. Raises `Unavailable`."""
        scope = system_scope(tenant, "audit-watch")
        entries = self._alerts.entries(scope, list(dict.fromkeys(keys)))
        made = 0
        for rule in self._rules:
            held = [entry for entry in entries if rule.holds(entry, self._zone)]
            for alert, period in self._found(scope, rule, held):
                if self._alerts.make(scope, alert, period):
                    made += 1
                    _log.warning("alert", rule=rule.name, alert=alert.id, count=alert.count)
        return made

    def _found(
        self, scope: AccessScope, rule: AlertRule, held: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[Alert, str]]:
        """What a rule finds in entries that it is about: alerts, and the period of which each is one."""
        if rule.by == ALONE:
            for entry in held:
                yield _alert(rule, "subject", entry, 1), entry["id"]
            return
        for (who, period), last in _last_of_each(rule, held).items():
            if self._alerts.is_made(scope, rule.name, who, str(period)):
                continue
            count = self._alerts.count(scope, _counted(rule, who, last["at"]))
            if count >= rule.least:
                yield _alert(rule, rule.by, last, count), str(period)


def _last_of_each(
    rule: AlertRule, held: Iterable[Mapping[str, Any]]
) -> Mapping[tuple[str, int], Mapping[str, Any]]:
    """The last entry by each one in each period."""
    found: dict[tuple[str, int], Mapping[str, Any]] = defaultdict(dict)
    for entry in sorted(held, key=lambda each: int(each["at"])):
        if (who := entry.get(rule.by, "")) not in _NOBODY:
            found[who, entry["at"] // (rule.seconds * _MICROSECONDS)] = entry
    return found


def _counted(rule: AlertRule, who: str, at: int) -> AccessCount:
    return AccessCount(
        by=rule.by,
        who=who,
        since=at - rule.seconds * _MICROSECONDS,
        until=at,
        actions=rule.actions or None,
        routes=rule.routes or None,
        statuses=rule.statuses,
        patients=rule.patients,
    )


def _alert(rule: AlertRule, by: str, entry: Mapping[str, Any], count: int) -> Alert:
    return Alert(
        id=uuid4().hex, rule=rule.name, at=entry["at"], by=by, who=entry[by], count=count, entry=entry["id"]
    )
