"""Rules find what somebody should look at in the audit, each thing once, however often it is looked at."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.audit.alerting import AuditWatch
from app.audit.rules import AlertRule, alert_rules
from app.security.scopes import system_scope
from app.settings import ConfigError
from graph.audit.alerts import AccessCount, Alert, AlertStore
from graph.audit.entries import AuditStore
from graph.errors import Conflict, Forbidden, NotFound
from graph.keys import resource_key
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.scopes import scope_of

SECOND = 1_000_000
NOON = 1_700_000_000 // 86_400 * 86_400 * SECOND + 12 * 3600 * SECOND
ENTRY: Mapping[str, Any] = {
    "subject": "kim",
    "role": "clinician",
    "purpose": "TREAT",
    "method": "GET",
    "route": "/fhir/<type:kind>/<resource_id>",
    "action": "R",
    "interaction": "read",
    "address": "192.0.2.7",
    "status": 200,
}
Hold = Callable[..., list[Mapping[str, Any]]]


@pytest.fixture
def alerts(graph: Graph) -> AlertStore:
    return AlertStore(graph)


@pytest.fixture
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def moved(graph: Graph, tenant: str, numbers: Iterator[int]) -> Hold:
    """Puts entries into the graph, one a second; their rows."""

    def move(times: int = 1, patients: int = 0, at: int = NOON, **more: Any) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        for place in range(times):
            number = next(numbers)
            properties = {**ENTRY, "id": f"e{number}", "tenant": tenant, "at": at + place * SECOND, **more}
            whom = [resource_key(tenant, "Patient", f"p{number}-{each}") for each in range(patients)]
            rows.append(
                {
                    "key": f"{tenant}|-|audit|e{number}",
                    "properties": {name: value for name, value in properties.items() if value is not None},
                    "concerning": whom,
                }
            )
        AuditStore(graph).add(system_scope(tenant), rows)
        return rows

    return move


def found(alerts: AlertStore, tenant: str) -> list[tuple[str, str, int]]:
    page = alerts.page(system_scope(tenant), 100)
    return [(each.rule, each.who, each.count) for each in reversed(page)]


@pytest.fixture
def watch(alerts: AlertStore) -> AuditWatch:
    """The rules of the release."""
    return AuditWatch(alerts, alert_rules(None), UTC)


SHIPPED: Mapping[str, tuple[dict[str, Any], dict[str, Any], tuple[str, int]]] = {
    "break-glass": (
        {"route": "/break-glass", "action": "C", "status": 201},
        {"route": "/break-glass", "action": "C", "status": 409},
        ("kim", 1),
    ),
    "mass-export": (
        {"interaction": "operation-export-system-get", "status": 202},
        {"interaction": "operation-export-system-get", "status": 403},
        ("kim", 1),
    ),
    "many-patients": ({"times": 5, "patients": 100}, {"times": 4, "patients": 100}, ("kim", 500)),
    "failed-sign-in": (
        {"times": 10, "route": "/auth/token", "action": "E", "status": 401, "subject": "-"},
        {"times": 9, "route": "/auth/token", "action": "E", "status": 401, "subject": "-"},
        ("192.0.2.7", 10),
    ),
    "refused": ({"times": 20, "status": 403}, {"times": 19, "status": 403}, ("kim", 20)),
}
"""What makes an alert by a rule of the release, what does not quite, and what the alert says."""


def test_every_rule_of_the_release_is_tried_here() -> None:
    assert [rule.name for rule in alert_rules(None)] == list(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_rule_finds_what_it_is_about(
    watch: AuditWatch, alerts: AlertStore, moved: Hold, tenant: str, name: str
) -> None:
    enough, _, (who, number) = SHIPPED[name]

    watch.look(tenant, moved(**enough))

    assert found(alerts, tenant) == [(name, who, number)]


@pytest.mark.parametrize("name", SHIPPED)
def test_less_is_no_alert(watch: AuditWatch, alerts: AlertStore, moved: Hold, tenant: str, name: str) -> None:
    watch.look(tenant, moved(**SHIPPED[name][1]))

    assert found(alerts, tenant) == []


def test_what_is_looked_at_again_is_one_alert(
    watch: AuditWatch, alerts: AlertStore, moved: Hold, tenant: str
) -> None:
    rows = moved(20, status=403)

    assert [watch.look(tenant, rows) for _ in range(3)] == [1, 0, 0]
    assert watch.look(tenant, moved(1, status=403, at=NOON + 30 * SECOND)) == 0  # it goes on


def test_accesses_count_together_whichever_batch_they_came_in(
    watch: AuditWatch, alerts: AlertStore, moved: Hold, tenant: str
) -> None:
    made = [watch.look(tenant, moved(10, status=403, at=NOON + each * 60 * SECOND)) for each in range(2)]

    assert made == [0, 1]
    assert found(alerts, tenant) == [("refused", "kim", 20)]


def test_who_cannot_have_enough_yet_is_not_counted(
    alerts: AlertStore, moved: Hold, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []
    count_in_graph = alerts.count

    def counting(scope: AccessScope, asked: AccessCount) -> int:
        counts.append(count_in_graph(scope, asked))
        return counts[-1]

    monkeypatch.setattr(alerts, "count", counting)
    watch = AuditWatch(alerts, alert_rules(None), UTC)
    rows = [moved(1, patients=100, at=NOON + each * 60 * SECOND) for each in range(4)]
    for _ in range(10):
        for each in rows:
            assert watch.look(tenant, each) == 0
    assert counts == [100, 200, 300, 400]

    assert watch.look(tenant, moved(1, patients=99, at=NOON + 300 * SECOND)) == 0
    assert watch.look(tenant, moved(1, patients=1, at=NOON + 301 * SECOND)) == 1
    assert counts == [100, 200, 300, 400, 499, 500]


def test_what_another_machine_moves_counts_with_the_next(
    alerts: AlertStore, moved: Hold, tenant: str
) -> None:
    one, other = (AuditWatch(alerts, alert_rules(None), UTC) for _ in range(2))

    made = [(each.look(tenant, moved(1, status=403))) for _ in range(10) for each in (one, other)]

    assert made == [0] * 19 + [1]


def test_those_of_others_and_of_long_ago_do_not_count(
    watch: AuditWatch, alerts: AlertStore, moved: Hold, tenant: str
) -> None:
    watch.look(tenant, moved(10, status=403))
    watch.look(tenant, moved(10, status=403, subject="lee"))
    watch.look(tenant, moved(10, status=403, at=NOON + 3600 * SECOND))

    assert found(alerts, tenant) == []


def test_what_has_not_ended_is_looked_at_when_it_has(
    watch: AuditWatch, alerts: AlertStore, moved: Hold, tenant: str, graph: Graph
) -> None:
    begun = moved(route="/break-glass", action="C", status=None)
    assert watch.look(tenant, begun) == 0

    outcome = {"key": begun[0]["key"], "properties": {"tenant": tenant, "status": 201}, "concerning": []}
    AuditStore(graph).add(system_scope(tenant), [outcome])
    assert watch.look(tenant, [outcome]) == 1


def test_a_rule_may_be_about_the_hours_of_a_day(
    alerts: AlertStore, moved: Hold, tenant: str, tmp_path: Path
) -> None:
    rule = {"name": "at-night", "description": "…", "outside": ["07:00", "19:00"], "roles": ["clinician"]}
    (tmp_path / "rules.json").write_text(json.dumps([rule]))
    watch = AuditWatch(alerts, alert_rules(tmp_path / "rules.json"), UTC)

    watch.look(tenant, moved())
    watch.look(tenant, moved(at=NOON + 12 * 3600 * SECOND, role="auditor"))
    assert found(alerts, tenant) == []
    watch.look(tenant, moved(at=NOON + 12 * 3600 * SECOND))
    assert found(alerts, tenant) == [("at-night", "kim", 1)]


@pytest.mark.parametrize(
    "text",
    ["", "{}", '[{"name": "X", "description": ""}]', '[{"name": "x", "description": "", "colour": 1}]'],
)
def test_a_file_that_holds_no_rules_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.json").write_text(text)
    with pytest.raises(ConfigError, match="HILUM_ALERT_RULES"):
        alert_rules(tmp_path / "rules.json")


def test_the_log_names_the_rule_and_nobody(watch: AuditWatch, moved: Hold, tenant: str) -> None:
    with capture_logs() as lines:
        watch.look(tenant, moved(20, status=403))

    (line,) = [each for each in lines if each["event"] == "alert"]
    assert line.keys() == {"event", "log_level", "rule", "alert", "count"}
    assert "kim" not in json.dumps(line)


def test_somebody_acknowledges_an_alert_once(
    watch: AuditWatch, alerts: AlertStore, moved: Hold, tenant: str
) -> None:
    scope = system_scope(tenant, "officer")
    watch.look(tenant, moved(20, status=403))
    (alert,) = alerts.page(scope, 10, waiting=True)
    assert alerts.open(scope) == 1

    done: Alert = alerts.acknowledge(scope, alert.id, "was a test", NOON)

    assert (done.acknowledged_by, done.acknowledged_at, done.comment) == ("officer", NOON, "was a test")
    assert alerts.page(scope, 10, waiting=True) == ()
    assert alerts.page(scope, 10, waiting=False) == (done,)
    assert alerts.open(scope) == 0
    with pytest.raises(Conflict):
        alerts.acknowledge(scope, alert.id, "", NOON)
    with pytest.raises(NotFound):
        alerts.acknowledge(scope, "nothing", "", NOON)


def test_only_who_reads_the_audit_sees_them(alerts: AlertStore) -> None:
    with pytest.raises(Forbidden):
        alerts.page(scope_of("clinician"), 10)


def test_a_rule_is_plain_data() -> None:
    assert AlertRule(name="x", description="y").holds(dict(ENTRY, at=NOON), UTC)
