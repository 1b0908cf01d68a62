"""Columns hold what records say: whoever asks gets the rows that they see, as they are now."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from graph.columns import written
from graph.columns.columns import CallerColumns, Columns
from graph.columns.serials import IntArray
from graph.query.expression import Expression, Match, Present, Text
from graph.session import Graph
from tests.factories.graphs import noted
from tests.graph.columns.rows import CODE, OF_PATIENT, RECORDED, caller, coded, diagnose, recorded_before


def asked(columns: CallerColumns, leaf: Expression) -> set[int] | None:
    rows = columns.found("Condition", leaf)
    return None if rows is None else set(rows.tolist())


def found(columns: CallerColumns, code: str = "a") -> set[int] | None:
    return asked(columns, coded(code))


def awaited(ask: Callable[[], IntArray | None]) -> set[int]:
    """What is found once it was read behind the questions."""
    ends = time.monotonic() + 30.0
    while time.monotonic() < ends:
        rows = ask()
        if rows is not None:
            return set(rows.tolist())
        time.sleep(0.02)
    raise AssertionError("nothing was read")


def test_rows_are_found_by_codes_dates_and_whether_there_are_any(graph: Graph, tenant: str) -> None:
    first = diagnose(graph, tenant, "c1", "a", day=1.0)
    second = diagnose(graph, tenant, "c2", "b", day=5.0)
    columns = Columns(graph).of(caller(tenant))

    assert found(columns, "a") == {first}
    assert asked(columns, coded("a", "b")) == {first, second}
    assert asked(columns, recorded_before(3.0)) == {first}
    assert asked(columns, Present(CODE)) == {first, second}
    assert asked(columns, Present(RECORDED)) == {first, second}


def test_what_no_column_holds_is_told_to_be_for_the_graph(graph: Graph, tenant: str) -> None:
    diagnose(graph, tenant, "c1", "a")
    columns = Columns(graph).of(caller(tenant))

    assert columns.found("Condition", Text(CODE, Match.PREFIX, "a")) is None
    assert columns.link(("Condition", "Observation"), OF_PATIENT) is None


def test_callers_share_what_is_held_and_see_what_is_theirs(graph: Graph, tenant: str) -> None:
    ann = diagnose(graph, tenant, "c1", "a", of="ann")
    bob = diagnose(graph, tenant, "c2", "a", of="bob")
    columns = Columns(graph)

    assert found(columns.of(caller(tenant))) == {ann, bob}
    assert found(columns.of(caller(tenant, "ann"))) == {ann}
    assert found(columns.of(caller(tenant, "bob"))) == {bob}


def test_a_link_leads_to_and_from_those_that_are_seen(graph: Graph, tenant: str) -> None:
    row = diagnose(graph, tenant, "c1", "a", of="ann")
    diagnose(graph, tenant, "c2", "a", of="bob")
    columns = Columns(graph).of(caller(tenant, "ann"))
    patients, link = columns.every("Patient"), columns.link(("Patient",), OF_PATIENT)
    assert patients is not None
    assert link is not None

    pairs = link.pairs(patients)

    assert pairs.ends.tolist() == [row]
    assert link.led_to(pairs.ends).tolist() == pairs.starts.tolist() == patients.tolist()


def test_nothing_is_of_another_tenant(graph: Graph, tenant: str) -> None:
    diagnose(graph, f"{tenant}0", "c1", "a")

    assert found(Columns(graph).of(caller(tenant))) == set()


def test_what_is_written_is_put_in_place_of_what_was_held(graph: Graph, tenant: str) -> None:
    columns = Columns(graph)
    first = diagnose(graph, tenant, "c1", "a", of="ann")
    assert found(columns.of(caller(tenant))) == {first}

    second = diagnose(graph, tenant, "c2", "a", of="bob")
    diagnose(graph, tenant, "c1", "b", of="ann", day=9.0)

    now = columns.of(caller(tenant))
    assert found(now, "a") == {second}
    assert found(now, "b") == {first}
    assert asked(now, recorded_before(3.0)) == {second}


@pytest.mark.parametrize("most", [0, 1, 100])
def test_much_that_is_written_has_it_read_anew(
    graph: Graph, tenant: str, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(written, "MOST_WRITTEN", most)
    columns = Columns(graph)
    diagnose(graph, tenant, "c1", "a")
    found(columns.of(caller(tenant)))

    rows = {diagnose(graph, tenant, name, "a") for name in ("c1", "c2", "c3")}

    assert found(columns.of(caller(tenant))) == rows


def test_what_is_written_without_a_version_is_there_by_the_mark_that_it_leaves(
    graph: Graph, tenant: str
) -> None:
    columns = Columns(graph)
    row = diagnose(graph, tenant, "c1", "a")
    assert found(columns.of(caller(tenant))) == {row}

    diagnose(graph, tenant, "c1", "b", versioned=False)

    assert found(columns.of(caller(tenant)), "a") == set()
    assert found(columns.of(caller(tenant)), "b") == {row}


def test_while_nothing_is_written_nothing_is_read_but_the_counter(
    graph: Graph, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnose(graph, tenant, "c1", "a")
    columns = Columns(graph)
    found(columns.of(caller(tenant)))
    texts = noted(graph, monkeypatch)

    assert found(columns.of(caller(tenant)))

    assert len(texts) == 1


def test_of_a_large_tenant_what_is_not_held_is_read_behind_the_question(graph: Graph, tenant: str) -> None:
    row = diagnose(graph, tenant, "c1", "a")
    columns = Columns(graph, large=0)

    assert found(columns.of(caller(tenant))) is None
    assert columns.of(caller(tenant)).link(("Patient",), OF_PATIENT) is None

    assert awaited(lambda: columns.of(caller(tenant)).found("Condition", coded("a"))) == {row}
    assert awaited(lambda: columns.of(caller(tenant)).found("Condition", recorded_before(3.0))) == {row}


def test_with_no_room_answers_are_the_same(graph: Graph, tenant: str) -> None:
    columns = Columns(graph, room=1)
    row = diagnose(graph, tenant, "c1", "a")

    for _ in range(2):
        assert found(columns.of(caller(tenant))) == {row}


def test_a_first_question_that_another_overtakes_misses_nothing(
    graph: Graph, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = diagnose(graph, tenant, "c1", "a")
    columns, read = Columns(graph), graph.read
    written_since: list[int] = []

    def late(text: str, **parameters: Any) -> list[dict[str, Any]]:
        monkeypatch.undo()
        assert found(columns.of(caller(tenant))) == {first}
        written_since.append(diagnose(graph, tenant, "c2", "a"))
        return read(text, **parameters)

    monkeypatch.setattr(graph, "read", late)

    assert found(columns.of(caller(tenant))) == {first, *written_since}


def test_what_was_written_is_put_in_place_by_two_statements(
    graph: Graph, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagnose(graph, tenant, "c1", "a")
    columns = Columns(graph)
    assert found(columns.of(caller(tenant))) is not None
    assert columns.of(caller(tenant)).link(("Patient",), OF_PATIENT) is not None
    diagnose(graph, tenant, "c2", "a")

    statements = noted(graph, monkeypatch)
    columns.of(caller(tenant))

    assert len(statements) == 2
