"""Who touched a record is found by its index: what a page costs does not grow with what the audit holds."""

from collections.abc import Iterator

import pytest
from neo4j import Driver, GraphDatabase

from app.security.scopes import system_scope
from graph.audit.entries import AuditStore, AuditWindow, page_text
from graph.keys import resource_key
from graph.local.state import Neo4jAddress
from graph.session import Graph, Row


@pytest.fixture
def driver(neo4j_address: Neo4jAddress) -> Iterator[Driver]:
    """A driver of its own: PROFILE's figures are in the summary, which `Graph` does not give."""
    auth = (neo4j_address.user, neo4j_address.password)
    with GraphDatabase.driver(neo4j_address.uri, auth=auth) as opened:
        yield opened


def entries(tenant: str, numbers: range) -> list[Row]:
    """Accesses of many patients, every hundredth of one."""
    return [
        {
            "key": f"{tenant}|-|audit|{number:06d}",
            "properties": {"id": f"{number:06d}", "tenant": tenant, "at": number, "action": "R"},
            "concerning": [resource_key(tenant, "Patient", "one" if number % 100 == 0 else str(number))],
        }
        for number in numbers
    ]


def hits(driver: Driver, tenant: str, window: AuditWindow) -> int:
    text, parameters = page_text(system_scope(tenant), window)
    profiled = driver.execute_query(f"PROFILE {text}", parameters)
    assert len(profiled.records) == window.limit
    return _hits(profiled.summary.profile)


def _hits(plan: dict[str, object]) -> int:
    below: list[dict[str, object]] = plan.get("children", [])  # type: ignore[assignment]
    return int(str(plan["dbHits"])) + sum(map(_hits, below))


def test_a_page_costs_what_it_shows(graph: Graph, driver: Driver, tenant: str) -> None:
    store, scope = AuditStore(graph), system_scope(tenant)
    of_one = AuditWindow(limit=5, concerned=[[resource_key(tenant, "Patient", "one")]])
    of_all = AuditWindow(limit=5)
    store.add(scope, entries(tenant, range(500)))
    few = [hits(driver, tenant, window) for window in (of_one, of_all)]
    for start in range(500, 5_000, 500):
        store.add(scope, entries(tenant, range(start, start + 500)))

    many = [hits(driver, tenant, window) for window in (of_one, of_all)]

    assert many[0] <= few[0] + 50 * 10  # as many more of the patient there are, and no other
    assert many[1] <= few[1] + 10
