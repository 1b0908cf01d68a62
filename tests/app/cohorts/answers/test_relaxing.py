"""Of all single changes that reach a wanted number, the one that gives up the least is named."""

from typing import Any

import pytest

from app.cohorts.answers.listing import Counts
from app.cohorts.answers.relaxing import Relaxations, relaxations

AGES = list(range(20, 90))
QUESTION: dict[str, Any] = {
    "version": "1",
    "events": {
        "lab": {"kind": "observation", "codes": [{"code": "2160-0"}], "value": {"op": "gt", "value": 2.0}}
    },
    "population": {
        "all": [
            {"age": {"op": "ge", "value": 60}},
            {"condition": {"codes": [{"code": "1"}], "period": {"within": "P1Y", "before": "asOf"}}},
            {"exists": "lab"},
        ]
    },
}


def world(question: dict[str, Any]) -> Counts:
    """One patient of each age: half were diagnosed within a year, all within five; results go up to 3."""
    matched = set(AGES)
    for each in question["population"]["all"]:
        if "age" in each:
            matched &= {age for age in AGES if age >= each["age"]["value"]}
        elif "condition" in each:
            length = each["condition"].get("period", {}).get("within", "always")
            parts = {"P1Y": 2, "P2Y": 2, "P3Y": 2}
            matched &= {age for age in AGES if age % parts.get(length, 1) == 0}
        elif "exists" in each:
            value = question["events"]["lab"].get("value", {"value": 0})["value"]
            matched &= {age for age in AGES if age >= value * 10}
    return Counts(len(matched), 0)


def test_an_age_goes_down_by_as_little_as_reaches_it() -> None:
    best = relaxations(QUESTION, 17, world).least

    assert best is not None
    assert (best.path, best.was, best.now, best.matched) == ("$.population.all[0].age.value", 60, 56, 17)
    assert best.question["population"]["all"][0] == {"age": {"op": "ge", "value": 56}}


def test_the_question_itself_stays_as_it_was() -> None:
    before = repr(QUESTION)

    relaxations(QUESTION, 1_000, world)

    assert repr(QUESTION) == before


def test_where_only_a_longer_period_reaches_it_the_shortest_is_named() -> None:
    question = {**QUESTION, "population": {"all": QUESTION["population"]["all"][1:]}}

    best = relaxations(question, 60, world).least

    assert best is not None
    assert (best.path, best.now) == ("$.population.all[0].condition.period.within", "P5Y")


@pytest.mark.parametrize("wanted", [71, 100_000])
def test_where_no_one_change_reaches_it_none_is_named(wanted: int) -> None:
    assert relaxations(QUESTION, wanted, world).least is None


def test_a_number_that_is_withheld_reaches_nothing() -> None:
    assert relaxations(QUESTION, 1, lambda _: Counts(None, None)) == Relaxations(None, [])


def test_the_best_is_the_first_of_all_that_reach_it() -> None:
    found = relaxations(QUESTION, 20, world)

    assert found.is_complete
    assert found.least is not None
    assert all(found.least.cost <= each.cost for each in found.others)
    assert all(world(each.question).matched == each.matched >= 20 for each in (found.least, *found.others))


def test_what_was_found_before_a_request_ended_is_told() -> None:
    counted = iter(range(6))

    found = relaxations(QUESTION, 17, lambda raw: None if next(counted, None) is None else world(raw))

    assert found.least is not None
    assert not found.is_complete
