"""What most questions look at is read before the first one comes."""

from typing import Any

import pytest

from app.cohorts.answers import preparing
from app.cohorts.answers.preparing import USUAL, ask_ahead
from app.security.scopes import usual_scope
from graph.clock import now
from graph.columns.columns import Columns
from graph.errors import Unavailable
from graph.session import Row
from tests.app.cohorts.conftest import Gateway, Open, mission
from tests.factories.fhir import patient
from tests.factories.graphs import noted


@pytest.fixture
def gateway(gateways: Open) -> Gateway:
    gateway = gateways()
    gateway.put(patient("ann", id="ann", birthDate="1970-01-01", gender="female"))
    return gateway


def asked_ahead(gateway: Gateway) -> None:
    asking = gateway.services.asking
    ask_ahead(asking.cohorts, asking.columns, usual_scope(gateway.services.sites.own.tenant), now())


def test_the_first_question_finds_what_was_asked_ahead(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = noted(gateway.services.graph, monkeypatch)
    gateway.ask(mission())
    cold = len(texts)
    texts.clear()

    asked_ahead(gateway)
    texts.clear()
    gateway.ask(mission(asOf="2026-11-21"))

    assert 0 < len(texts) < cold


def test_who_most_callers_are_and_who_asks_ahead_see_the_same(gateway: Gateway) -> None:
    scope = usual_scope(gateway.services.sites.own.tenant)
    counts = gateway.services.cohorts.ask(scope, USUAL[0], now())["counts"]

    assert counts == gateway.ask(USUAL[0])["counts"]


def test_a_graph_that_is_away_is_nobody_s_fault(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(text: str, **parameters: Any) -> list[Row]:
        raise Unavailable("the record store does not answer now", retry_after=2)

    monkeypatch.setattr(gateway.services.graph, "read", away)

    asked_ahead(gateway)


def test_of_a_large_tenant_all_is_there_once_it_was_asked_ahead(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, tenant = gateway.services.asking, gateway.services.sites.own.tenant
    large = Columns(gateway.services.graph, large=0)
    monkeypatch.setattr(asking, "columns", large)
    monkeypatch.setattr(asking.cohorts, "_columns", large)

    asked_ahead(gateway)
    read = large.settle(tenant)
    for each in USUAL:
        asking.cohorts.ask(usual_scope(tenant), each, now())

    assert large.settle(tenant) == read > 0


def test_asking_ahead_ends_where_there_is_no_room_for_what_is_read(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, tenant = gateway.services.asking, gateway.services.sites.own.tenant
    cramped = Columns(gateway.services.graph, large=0, room=1)
    monkeypatch.setattr(preparing, "_MOST_TRIES", 3)
    monkeypatch.setattr(asking.cohorts, "_columns", cramped)

    ask_ahead(asking.cohorts, cramped, usual_scope(tenant), now())

    assert cramped.settle(tenant) > 0
