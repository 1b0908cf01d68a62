"""One request gets so much of the graph, whatever it is made of; and nothing is done for who has left."""

import time
from collections.abc import Iterator

import pytest

from graph.budget import (
    CREDIT,
    MOST_PLANNED,
    MOST_PLANS,
    MOST_PRICE,
    ROOM,
    SIFTED,
    RequestBudget,
    begin_budget,
    current_budget,
    hold,
    plan,
    plans,
    spend,
)
from graph.errors import OverTime, TimedOut, TooLarge
from graph.session import Graph
from graph.watch import LOOK_SECONDS

ENDLESS = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y WITH * WHERE x * y < 0 RETURN count(*)"


@pytest.fixture(autouse=True)
def no_budget_afterwards() -> Iterator[None]:
    yield
    begin_budget(None)


def test_a_question_may_cost_so_much() -> None:
    budget = RequestBudget()
    budget.spend(MOST_PRICE)
    with pytest.raises(TooLarge, match=f"costs {MOST_PRICE + 1}, at most {MOST_PRICE}"):
        budget.spend(MOST_PRICE + 1)


def test_the_questions_of_a_request_share_their_credit() -> None:
    budget = RequestBudget()
    for _ in range(CREDIT // MOST_PRICE):
        budget.spend(MOST_PRICE)
    with pytest.raises(TooLarge, match=f"at most {CREDIT}"):
        budget.spend(MOST_PRICE)


def test_a_request_may_have_so_much_planned_and_what_is_planned_already_again() -> None:
    begin_budget(RequestBudget())
    asked = [f"{each} " + "EXISTS { }" * MOST_PLANNED for each in range(MOST_PLANS // MOST_PLANNED + 1)]

    assert [plans(each) for each in asked] == [True] * (len(asked) - 1) + [False]
    assert all(plans(each) for each in asked[:-1])
    assert not plans("EXISTS { }" * (MOST_PLANNED + 1))
    with pytest.raises(TooLarge, match=f"at most {MOST_PLANNED} subqueries"):
        plan("a form", MOST_PLANNED + 1)


def test_questions_in_pieces_draw_on_the_credit() -> None:
    begin_budget(RequestBudget())
    costly = "EXISTS { }" * (MOST_PLANNED + 1)

    assert not any(plans(costly) for _ in range(CREDIT // SIFTED))
    with pytest.raises(TooLarge, match=f"at most {CREDIT}"):
        plans(costly)


def test_the_parts_of_an_answer_share_its_room() -> None:
    budget = RequestBudget()
    budget.hold(ROOM)
    with pytest.raises(TooLarge, match=f"at most {ROOM} bytes"):
        budget.hold(1)


def test_what_is_no_request_pays_nothing() -> None:
    assert current_budget() is None
    spend(10 * CREDIT)
    hold(10 * ROOM)


def test_the_time_of_the_graph_is_shared(graph: Graph) -> None:
    begin_budget(RequestBudget(0.5))

    with pytest.raises(OverTime, match=r"0\.5 seconds") as ended:
        graph.read(ENDLESS)

    assert ended.value.code == "too-costly"
    with pytest.raises(OverTime):
        graph.read("RETURN 1 AS one")


def test_what_a_request_does_without_the_graph_takes_none_of_its_time(graph: Graph) -> None:
    begin_budget(RequestBudget(0.5))
    time.sleep(0.6)
    assert graph.read("RETURN 1 AS one") == [{"one": 1}]


def test_a_wait_for_a_turn_takes_time_too(graph: Graph) -> None:
    begin_budget(RequestBudget(0.2))
    with graph._reading, graph._reading, pytest.raises(OverTime):
        graph.read("RETURN 1 AS one")


def running(graph: Graph) -> int:
    """How many endless questions the server works on."""
    text = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery = $asked RETURN count(*) AS found"
    return int(graph.read(text, asked=ENDLESS)[0]["found"])


def test_the_graph_stops_when_the_client_leaves(graph: Graph) -> None:
    leaves = time.monotonic() + 2 * LOOK_SECONDS
    begin_budget(RequestBudget(60.0, departed=lambda: time.monotonic() > leaves))

    with pytest.raises(TimedOut, match="left"):
        graph.read(ENDLESS)

    with pytest.raises(TimedOut):
        graph.read("RETURN 1 AS one")
    begin_budget(None)
    assert running(graph) == 0


def test_a_client_that_waits_gets_its_answer(graph: Graph) -> None:
    begin_budget(RequestBudget(departed=lambda: False))
    assert graph.read("RETURN 1 AS one") == [{"one": 1}]
