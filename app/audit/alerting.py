"""Watches what is moved into the graph, and makes an alert of what a rule is about.

It looks at each segment when that is in the graph, before it leaves the spool, so nothing goes unseen when a
process dies; what is looked at twice makes one alert, by its key. What is counted is counted in the graph, so
accesses of all processes and machines count together; but not before there can be enough of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any
from uuid import uuid4

import structlog

from app.audit.rules import ALONE, AlertRule
from app.audit.shortfalls import Shortfalls
from app.security.scopes import system_scope
from graph.audit.alerts import AccessCount, Alert, AlertStore, patients_among
from graph.scope import AccessScope

_MICROSECONDS = 1_000_000
_NOBODY = ("", "-")
_WHOLE = {"at", "subject", "status"}
_log = structlog.get_logger("hilum.audit")


class AuditWatch:
    """Holds entries to rules; `zone` is where their hours are."""

    def __init__(self, alerts: AlertStore, rules: Sequence[AlertRule], zone: tzinfo) -> None:
        self._alerts = alerts
        self._rules = rules
        self._zone = zone
        self._shortfalls = Shortfalls()

    def look(self, tenant: str, moved: Iterable[Mapping[str, Any]]) -> int:
        """Look at entries that are in the graph, by `{key, properties, concerning}` of what was moved there.

        Says how many alerts are new. Raises `Unavailable`.
        """
        scope = system_scope(tenant, "audit-watch")
        entries = self._ended(scope, moved)
        made = 0
        for rule in self._rules:
            held = [entry for entry in entries if rule.holds(entry, self._zone)]
            for alert, period in self._found(scope, rule, held):
                if self._alerts.make(scope, alert, period):
                    made += 1
                    _log.warning("alert", rule=rule.name, alert=alert.id, count=alert.count)
        return made

    def _ended(self, scope: AccessScope, moved: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """The entries that have ended; those of which only a part was moved now are read from the graph."""
        whole: list[Mapping[str, Any]] = []
        parts: list[str] = []
        for row in moved:
            if row["properties"].keys() >= _WHOLE:
                whole.append({**row["properties"], "concerning": row["concerning"]})
            else:
                parts.append(row["key"])
        return whole + (self._alerts.entries(scope, list(dict.fromkeys(parts))) if parts else [])

    def _found(
        self, scope: AccessScope, rule: AlertRule, held: Sequence[Mapping[str, Any]]
    ) -> Iterator[tuple[Alert, str]]:
        """What a rule finds in entries that it is about: alerts, and the period of which each is one."""
        if rule.by == ALONE:
            for entry in held:
                yield _alert(rule, "subject", entry, 1), entry["id"]
            return
        for (who, period), entries in _of_each(rule, held).items():
            last = max(entries, key=_moment)
            came = _patients(scope, entries) if rule.patients else {each["id"] for each in entries}
            until = self._shortfalls.come(rule, scope.tenant, who, last["at"], came)
            if until is None or self._alerts.is_made(scope, rule.name, who, str(period)):
                continue
            count = self._alerts.count(scope, _counted(rule, who, until))
            self._shortfalls.counted(rule, scope.tenant, who, count)
            if count >= rule.least:
                yield _alert(rule, rule.by, last, count), str(period)


def _patients(scope: AccessScope, entries: Iterable[Mapping[str, Any]]) -> set[str]:
    return patients_among(scope, (key for entry in entries for key in entry["concerning"]))


def _moment(entry: Mapping[str, Any]) -> int:
    return int(entry["at"])


def _of_each(
    rule: AlertRule, held: Iterable[Mapping[str, Any]]
) -> Mapping[tuple[str, int], list[Mapping[str, Any]]]:
    """The entries by each one in each period, earlier periods first."""
    found: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for entry in sorted(held, key=_moment):
        if (who := entry.get(rule.by, "")) not in _NOBODY:
            found[who, entry["at"] // (rule.seconds * _MICROSECONDS)].append(entry)
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
