"""The ward tells a question apart: somebody is at each edge of it, and somebody just beyond."""

from datetime import date
from random import Random
from typing import Any

import pytest

from tests.factories.wards.population import ward
from tests.factories.wards.terms import look_alikes, measured, named, results, terms
from tests.factories.wards.values import failing, fitting
from tests.factories.wards.windows import Window, window
from tests.factories.wards.witnesses import branches, near_misses, witnesses

AS_OF = date(2026, 11, 22)
CREATININE = [{"system": "http://loinc.org", "code": each} for each in ("2160-0", "14682-9")]
DIABETES = [{"system": "http://snomed.info/sct", "code": "44054006"}]


def tree(population: Any, **parts: Any) -> dict[str, Any]:
    return {"version": "1", "asOf": AS_OF.isoformat(), "population": population, **parts}


def age(op: str, value: Any) -> dict[str, Any]:
    return {"age": {"op": op, "value": value, "unit": "a"}}


def born(question: dict[str, Any]) -> set[str]:
    return {each.person["birthDate"] for each in witnesses(question, Random(1), "w", 12)}


def test_somebody_turned_45_today_and_somebody_will_tomorrow() -> None:
    assert {"1981-11-22", "1981-11-23"} <= born(tree(age("ge", 45)))


def test_somebody_is_46_since_today_where_over_45_is_asked() -> None:
    assert {"1980-11-22", "1980-11-23"} <= born(tree(age("gt", 45)))


def test_two_ages_are_met_together() -> None:
    both = tree({"all": [age("ge", 19), age("lt", 65)]})

    first = next(witnesses(both, Random(1), "w", 4)).person["birthDate"]

    assert "1961-11-23" <= first <= "2007-11-22"


@pytest.mark.parametrize(
    ("op", "value", "inside", "outside"),
    [
        ("ge", 1.5, 1.5, 1.4),
        ("gt", 1.5, 1.6, 1.5),
        ("lt", 30, 29, 30),
        ("le", 30, 30, 31),
        ("between", [7.5, 10.5], 7.5, 7.4),
    ],
)
def test_numbers_are_at_the_edge(op: str, value: Any, inside: float, outside: float) -> None:
    asked = {"op": op, "value": value, "unit": "mg/dL"}

    assert fitting(asked, measured(CREATININE), 0).number == pytest.approx(inside)
    assert failing(asked, measured(CREATININE), 0).number == pytest.approx(outside)


def test_a_number_is_written_in_another_unit_too() -> None:
    asked = {"op": "gt", "value": 1.5, "unit": "mg/dL"}

    written = fitting(asked, measured(CREATININE), 1)

    assert (written.result.unit, written.number > 1.5 * 88.4) == ("umol/L", True)


def test_a_window_has_days_on_both_sides_of_its_edges() -> None:
    found = window({"within": "P2Y", "before": "asOf"}, {}, AS_OF)

    assert found == Window(date(2024, 11, 22), AS_OF)
    assert found.outside() == (date(2024, 11, 21), date(2026, 11, 23))


def test_a_window_hangs_on_the_day_of_an_event() -> None:
    found = window({"within": "P90D", "after": "dx"}, {"dx": (date(2026, 1, 2), date(2026, 1, 7))}, AS_OF)

    assert found == Window(date(2026, 1, 2), date(2026, 4, 2))


def test_look_alikes_are_none_of_what_is_asked() -> None:
    groups = {each.group for each in look_alikes(named("condition", DIABETES))}

    assert "type-1-diabetes" in groups
    assert "type-2-diabetes" not in groups


def test_every_group_that_is_near_is_in_the_table() -> None:
    known = {(each.kind, each.group) for each in terms()}

    assert {(each.kind, near) for each in terms() for near in each.near} <= known


def test_a_number_comes_back_from_every_unit() -> None:
    assert all(each.base(each.written(7.0)) == pytest.approx(7.0) for each in results())


def test_each_condition_is_missed_by_somebody() -> None:
    asked = {"all": [age("ge", 18), {"condition": {"codes": DIABETES}}]}

    missed = {(each.key, each.fault) for one in near_misses(branches(asked)[0], {}) for each in one}

    assert {("age", None), ("condition", "code"), ("condition", "never")} <= missed


def test_the_same_questions_make_the_same_ward() -> None:
    asked = [tree({"condition": {"codes": DIABETES, "period": {"within": "P1Y", "before": "asOf"}}})]

    assert list(ward(asked, 7).people()) == list(ward(asked, 7).people())
    assert list(ward(asked, 7).people()) != list(ward(asked, 8).people())
